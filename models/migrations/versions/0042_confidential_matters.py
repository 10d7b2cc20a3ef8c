"""What a confidential inbound matter says can be sealed, whether or not it belongs to a referral.

Migrations know no key: what is plain is sealed when the house opens next (engine/referral_sealing.py).
"""

from __future__ import annotations

from alembic import op

revision = "0042"
down_revision = "0041"
SENTENCE = "this table is append-only"


def _sealing(matters: str) -> str:
    """The one change of a payload that is let through: of a referral or such a matter, plain before and sealed afterwards."""
    return (
        "OLD.body LIKE '{%' AND NEW.body NOT LIKE '{%' AND NEW.salt = '' AND NEW.record_id = OLD.record_id"
        " AND NEW.sequence = OLD.sequence AND NEW.office_id = OLD.office_id"
        " AND (EXISTS (SELECT 1 FROM referral WHERE referral.id = OLD.record_id)"
        f" OR EXISTS (SELECT 1 FROM incoming WHERE incoming.id = OLD.record_id AND {matters}))"
    )


def upgrade() -> None:
    """The guard on payloads lets those of confidential matters be sealed too, and nothing else."""
    _guard(_sealing("(referral_id IS NOT NULL OR confidential)"))


def downgrade() -> None:
    """Those of referrals alone; what was sealed stays so, and a program before this one cannot read it."""
    _guard(_sealing("referral_id IS NOT NULL"))


def _guard(sealing: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_unless_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN IF {sealing} THEN RETURN NEW; END IF; RAISE EXCEPTION '{SENTENCE}'; END $$"
        )
        return
    op.execute("DROP TRIGGER payload_stays")
    op.execute(
        f"CREATE TRIGGER payload_stays BEFORE UPDATE ON payload WHEN NOT ({sealing}) "
        f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
    )
