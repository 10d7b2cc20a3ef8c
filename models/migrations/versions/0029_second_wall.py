"""PostgreSQL shows a transaction only the rows of those for whom it says that it reads (docs/decisions/0027)."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

from models.migrations.walling import MY_DEPARTMENT, MY_OFFICE, told, wall_in

revision = "0029"
down_revision = "0028"


WAITING = f"{MY_OFFICE} AND {told('waiting')} <> ''"
"""Who asks for the list of a referral by an open step asks it of every finding of its act."""
OWN_STATES, KINDS = (
    f"(SELECT string_to_array(current_setting('bihuan.{name}', true), ','))::text[]"
    for name in ("own", "kinds")
)
LISTED = (
    f"{MY_OFFICE} AND department = {told('department')} AND state <> ''"
    f" AND bihuan_serves(office_id, department) AND ({told('head')} = '1' OR state = ANY ({OWN_STATES})"
    " OR bihuan_has_hand(id) OR bihuan_waits(party_id, domain, violation))"
)
"""The list of a criminal referral, as models/referral_list.py has it."""
IS_SYSTEM, MY_SYSTEM = f"{told('system')} <> ''", f"system_id = {told('system')}"
MATTER = (
    f"{MY_OFFICE} AND CASE WHEN {IS_SYSTEM} THEN {MY_SYSTEM}"
    " WHEN referral_id IS NOT NULL THEN bihuan_sees_referral(referral_id)"
    f" ELSE {told('sees')} = '*' OR department = {told('sees')} END"
)
MESSAGE = (
    f"{MY_OFFICE} AND CASE WHEN {IS_SYSTEM} THEN {MY_SYSTEM}"
    f" WHEN queue = 'criminal' THEN bihuan_sees_referral(proceeding_id) ELSE {told('sees')} <> '' END"
)
RECEIPT = f"{MY_OFFICE} AND CASE WHEN {IS_SYSTEM} THEN {MY_SYSTEM} ELSE bihuan_sees_message(message_id) END"
BUNDLE = (
    f"{MY_OFFICE} AND CASE WHEN queue = 'criminal' THEN bihuan_sees_referral(series)"
    f" ELSE {told('sees')} <> '' END"
)
NOTICE = (
    f"{MY_OFFICE} AND CASE WHEN finding_id IS NULL AND inspection_id IS NULL THEN kind = ANY ({KINDS})"
    f" ELSE {told('sees')} = '*' OR department = {told('sees')} END"
)
"""What names neither may be about a referral."""
RECUSAL = f"{MY_OFFICE} AND bihuan_sees_case(record_id)"

SEEN: Mapping[str, str | None] = {
    "referral": LISTED,
    "referral_deadline": f"{MY_OFFICE} AND bihuan_sees_referral(referral_id)",
    "referral_hand": f"{MY_OFFICE} AND login_key = {told('login')}",
    "referral_reader": None,
    "referral_reading": None,
    "finding": f"({MY_DEPARTMENT}) OR ({WAITING})",
    "proceeding": f"{MY_OFFICE} AND ({told('sees')} = '*' OR {told('waiting')} <> '' OR"
    f" EXISTS (SELECT 1 FROM finding AS one WHERE one.id = finding_id AND one.department = {told('sees')}))",
    "inspection": f"({MY_DEPARTMENT}) OR ({MY_OFFICE} AND EXISTS (SELECT 1 FROM finding AS one"
    f" WHERE one.inspection_id = inspection.id AND one.department = {told('sees')}))",
    "deadline": MY_DEPARTMENT,
    "entry": f"{MY_OFFICE} AND bihuan_sees_case(record_id)",
    "payload": f"{MY_OFFICE} AND bihuan_sees_case(record_id)",
    "document": f"{MY_OFFICE} AND bihuan_sees_case(record_id)",
    "attachment": f"{MY_OFFICE} AND bihuan_sees_case(finding_id)",
    "notice": NOTICE,
    "message": MESSAGE,
    "sealed_message": f"{MY_OFFICE} AND bihuan_sees_message(message_id)",
    "receipt": RECEIPT,
    "recusal": RECUSAL,
    "recusal_decision": f"{MY_OFFICE} AND EXISTS (SELECT 1 FROM recusal AS of_it WHERE of_it.id = recusal_id)",
    "incoming": MATTER,
    "incoming_deadline": f"{MY_OFFICE} AND bihuan_sees_case(incoming_id)",
    "incoming_person": f"{MY_OFFICE} AND bihuan_sees_case(incoming_id)",
    "incoming_arrival": f"{MY_OFFICE} AND {IS_SYSTEM} AND {MY_SYSTEM}",
    "carrier_bundle": BUNDLE,
    "carrier_content": f"{MY_OFFICE} AND bihuan_sees_message(message_id)",
    "carrier_packing": f"{MY_OFFICE} AND EXISTS (SELECT 1 FROM carrier_bundle AS b WHERE b.id = bundle_id)",
    "carrier_answer": f"{MY_OFFICE} AND EXISTS (SELECT 1 FROM carrier_bundle AS b WHERE b.id = bundle_id)",
    "backtest_change": MY_DEPARTMENT,
    "backtest_turn": f"{MY_OFFICE} AND ({told('sees')} = '*' OR bihuan_sees_case(finding_id))",
    "backtest_criminal": None,
    "command_key": None,
    "log_leaf": None,
    "refused_attempt": None,
}
"""Which rows of each table somebody may read who is not the house; None: none."""

SETTING = "current_setting('bihuan.{}', true)"
MINE = f"{SETTING.format('sees')} IN ('*', one.department)"
FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "bihuan_serves(office text, place text)": (
        "the account that asks serves in that department",
        "EXISTS (SELECT 1 FROM user_account AS one WHERE one.login_key = "
        f"{SETTING.format('login')} AND one.office_id = office AND one.department = place AND NOT one.disabled)",
    ),
    "bihuan_has_hand(wanted text)": (
        "the account that asks acted on the referral or is in its team",
        "EXISTS (SELECT 1 FROM referral_hand AS one WHERE one.referral_id = wanted"
        f" AND one.login_key = {SETTING.format('login')})",
    ),
    "bihuan_waits(party text, field text, act text)": (
        "a finding of the act, or one of its proceedings, is where the one who asks has a step that waits for it",
        f"{SETTING.format('waiting')} <> '' AND EXISTS (SELECT 1 FROM finding AS one WHERE one.party_id = party"
        " AND one.domain = field AND one.violation = act AND ("
        f"'finding/' || one.state = ANY (string_to_array({SETTING.format('waiting')}, ','))"
        " OR EXISTS (SELECT 1 FROM proceeding AS held WHERE held.finding_id = one.id"
        f" AND held.kind || '/' || held.state = ANY (string_to_array({SETTING.format('waiting')}, ',')))))",
    ),
    "bihuan_sees_referral(wanted text)": (
        "the one who asks is on the list of that referral",
        f"{SETTING.format('login')} <> '' AND EXISTS (SELECT 1 FROM referral AS one WHERE one.id = wanted)",
    ),
    "bihuan_sees_case(wanted text)": (
        "the one who asks sees the finding, inspection, matter or referral of that id",
        f"EXISTS (SELECT 1 FROM finding AS one WHERE one.id = wanted AND {MINE})",
        f"EXISTS (SELECT 1 FROM inspection AS one WHERE one.id = wanted AND {MINE})",
        "bihuan_sees_referral(wanted)",
        "EXISTS (SELECT 1 FROM incoming AS one WHERE one.id = wanted)",
    ),
    "bihuan_sees_message(wanted text)": (
        "the one who asks sees the message of that id",
        "EXISTS (SELECT 1 FROM message AS one WHERE one.id = wanted)",
    ),
}
"""Each with what it means and when that is so: where any of these holds, asked in turn.

They run with the rights of whoever asks, so that the policies hold inside them too.
"""


DUE_BEFORE = "CASE WHEN closed THEN '' ELSE coalesce(due_effective, '') END"
DUE = "CASE WHEN closed OR due_effective IS NULL THEN '' ELSE due_effective END"
"""The same without a function, by which no index is entered behind a policy."""
NUMBER = "coalesce(substr(ledger_no, 1, 60), '')"


def _lists(due: str) -> None:
    """The lists of findings are in the order of these indexes."""
    told = (sa.text(f"({due})"), sa.text(f"({NUMBER})"))
    for name in ("finding_list", "finding_list_department"):
        op.drop_index(name, "finding")
    op.create_index("finding_list", "finding", ["office_id", *told, "id", "closed"])
    op.create_index("finding_list_department", "finding", ["office_id", "department", *told, "id"])


def upgrade() -> None:
    """On PostgreSQL whoever does not say that it is the house writes no row of a case, and reads what it may see."""
    _lists(DUE)
    if op.get_bind().dialect.name != "postgresql":
        return
    for head, (meaning, *holds) in FUNCTIONS.items():
        asked = " ".join(f"IF {one} THEN RETURN true; END IF;" for one in holds)
        op.execute(
            f"CREATE FUNCTION {head} RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$"
            f" BEGIN /* {meaning} */ {asked} RETURN false; END $$"
        )
    for table, seen in SEEN.items():
        wall_in(table, seen)


def downgrade() -> None:
    """The database knows nobody again."""
    _lists(DUE_BEFORE)
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in SEEN:
        for name in ("shown", "entered", "changed", "removed"):
            op.execute(f"DROP POLICY {table}_{name} ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for head in reversed(list(FUNCTIONS)):
        op.execute(f"DROP FUNCTION {head}")
