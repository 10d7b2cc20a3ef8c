"""What a person must do before anything else, and how they are told."""

from __future__ import annotations

from engine.identity.visit import PASSWORD, SECOND_FACTOR

OWED = {
    PASSWORD: (
        "这个口令是他人设定的，须先由本人更改（/password，或者 POST /api/v1/session/password）。"
        " · Somebody else set this password: change it first, at /password or by POST /api/v1/session/password."
    ),
    SECOND_FACTOR: (
        "您的角色须启用验证码，请先在“我的账号”（/account）启用。"
        " · Your role needs a second factor: set one up on /account first."
    ),
}
"""The sentence for each thing that is owed."""
