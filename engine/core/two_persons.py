"""What takes two persons outside the cases: grants, keys, rules, calendars, templates, systems, the clock, all records.

One table: administration, the rulebook, pages and documentation read it. Templates that come with the program change with
it; those of an office are in force once a second person has confirmed them.
"""

from __future__ import annotations

from dataclasses import dataclass

SYSTEM, SECURITY, AUDIT = "system_admin", "security_admin", "audit_admin"
ADMINISTRATORS = frozenset({SYSTEM, SECURITY, AUDIT})
"""The three administrators (三员): they see no cases, watch one another, and grant themselves nothing."""
GRANTS, KEYS, RULES, CALENDARS, SYSTEMS = "grants", "keys", "rules", "calendars", "systems"
TEMPLATES, CLOCK, RECORDS = "templates", "clock", "records"
HOLD_RELEASE, ERASURE = "hold.release", "erasure.carry_out"
KEEPERS = frozenset({"department_head", "legal_reviewer", "principal_head"})
"""Who puts a legal hold on a case, and who may lift it. The three administrators see no cases."""


@dataclass(frozen=True, slots=True)
class TwoPersons:
    """An act that one person proposes and another one confirms: never the same natural person, by any account."""

    action: str
    changes: str
    proposes: frozenset[str]
    """The roles of which whoever proposes it holds one."""
    confirms: frozenset[str]
    zh: str
    en: str
    own_asked: bool = False
    """True where the person concerned may ask for it; they never confirm it, and elsewhere do neither."""


def _by(role: str, action: str, changes: str, zh: str, en: str, *, own_asked: bool = False) -> TwoPersons:
    return TwoPersons(action, changes, frozenset({role}), frozenset({role}), zh, en, own_asked)


TWO_PERSONS: dict[str, TwoPersons] = {
    one.action: one
    for one in (
        _by(SECURITY, "user.add", GRANTS, "新增账号", "a new account"),
        _by(
            SECURITY, "user.change", GRANTS, "变更账号的角色、部门、姓名或者所属人员", "an account is changed"
        ),
        _by(SECURITY, "user.same_person", GRANTS, "认定两个账号属于同一人", "two accounts are of one person"),
        _by(SECURITY, "user.disable", GRANTS, "停用账号", "an account is disabled"),
        _by(SECURITY, "user.passwd", KEYS, "重置密码", "a new password", own_asked=True),
        _by(
            SECURITY,
            "user.reset_second_factor",
            KEYS,
            "重置第二因素",
            "a second factor is reset",
            own_asked=True,
        ),
        _by(SYSTEM, "token.issue", KEYS, "签发访问令牌", "a bearer token is issued", own_asked=True),
        _by(SECURITY, "token.revoke", KEYS, "撤销访问令牌", "a bearer token is revoked"),
        _by(SECURITY, "delegation.add", GRANTS, "代为办理委托", "roles are lent for somebody"),
        _by(SECURITY, "delegation.end", GRANTS, "终止委托", "a delegation ends early"),
        _by(SYSTEM, "system.add", SYSTEMS, "接入系统", "a system is linked"),
        _by(SYSTEM, "system.change", SYSTEMS, "变更接入系统", "a linked system is changed"),
        _by(SYSTEM, "system.allow", SYSTEMS, "变更可连接的地址", "where a system may be called"),
        _by(SYSTEM, "system.disable", SYSTEMS, "停用接入系统", "a linked system is suspended"),
        _by(SYSTEM, "system.enable", SYSTEMS, "恢复接入系统", "a linked system is resumed"),
        _by(SYSTEM, "system.rotate_key", KEYS, "更换签名密钥", "a new key for signing"),
        _by(SYSTEM, "system.encryption_key", KEYS, "更换加密密钥", "a new key for sealing"),
        _by(SYSTEM, "calendar.load", CALENDARS, "载入节假日安排", "a calendar notice is loaded"),
        _by(SYSTEM, "documents.accept", TEMPLATES, "变更文书模板", "templates of papers are changed"),
        _by(SYSTEM, "clock.accept", CLOCK, "确认时钟跳变", "a leap of the clock is accepted"),
        _by(SYSTEM, "restore", RECORDS, "恢复备份", "a backup is restored"),
        TwoPersons(
            "log.rotate_key",
            KEYS,
            frozenset({SYSTEM, AUDIT}),
            frozenset({SYSTEM, AUDIT}),
            "更换日志的签名密钥",
            "the key that signs the log is changed",
        ),
        TwoPersons(
            "audit_accept",
            RECORDS,
            frozenset({SYSTEM, AUDIT}),
            frozenset({SYSTEM, AUDIT}),
            "确认数据库与签名记录不符",
            "a database that is not what was signed is accepted",
        ),
        TwoPersons(
            HOLD_RELEASE,
            RECORDS,
            KEEPERS,
            KEEPERS,
            "解除保全",
            "a legal hold is released",
        ),
        TwoPersons(
            ERASURE,
            RECORDS,
            frozenset({"department_head", "legal_reviewer"}),
            frozenset({"principal_head"}),
            "依法销毁案件内容",
            "what a closed case says is erased",
        ),
        TwoPersons(
            "rulebook.approve",
            RULES,
            frozenset({"legal_reviewer"}),
            frozenset({"legal_reviewer", "principal_head"}),
            "发布规则库",
            "an edition of the rulebook",
        ),
    )
}

ONE_PERSON: dict[str, str] = {
    "rulebook.propose": "the first half of an act of two",
    "proposal.withdraw": "it ends what the same person had asked for; nothing changes by it",
    "rulebook.withdraw": "the rules that stand go on standing",
    "delegation.add": "whoever leaves lends roles of their own; a head those of a colleague who is away, never to themselves",
    "delegation.end": "it only takes away what was lent",
    "record.begun": "what stood before entries said so, stated once as it stands, by the house itself; nobody gets anything",
    "session.failed": "a count of sign-ins that failed, by the house itself",
    "backup": "a sealed copy, which only the holder of the key opens",
    "copy.masked": "a copy in which nothing is said of a real person",
    "personal.report": "what the ledger holds about a person, told to whoever may read it all anyway",
    "hold.put_on": "it only keeps what is there",
    "sheet.export": "rows of the ledger that whoever takes them may read anyway",
    "exchange.release": "what waits since a restoration goes its way, as it was decided",
    "duty.hand_in": "a report of the department's own",
    "system.ping": "a question to a linked system, which changes nothing",
}
"""Entries of the administrative record that one person may make alone, and why."""


def mixed(roles: frozenset[str]) -> bool:
    """True when one account would hold two of the three administrators, or one beside a role that sees cases."""
    return not roles.isdisjoint(ADMINISTRATORS) and len(roles) > 1
