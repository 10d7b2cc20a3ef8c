"""Where people sign in for all programs of the authority, as the environment names it."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from engine.core.refusals import Refusal

PREFIX = "BIHUAN_OIDC_"
BACK = "/login/sso/back"
LOGIN_CLAIM = "preferred_username"


@dataclass(frozen=True, slots=True)
class Provider:
    """An OpenID Connect provider; it says who somebody is, never what they may do."""

    issuer: str
    client_id: str
    public_url: str
    """Where browsers find this house, without a path: people come back there."""
    secret_file: Path | None = None
    login_claim: str = LOGIN_CLAIM
    """The claim that is the login; `email` counts only where the provider has verified it."""

    @property
    def comes_back_to(self) -> str:
        """The address that the provider sends people back to."""
        return self.public_url.rstrip("/") + BACK

    def secret(self) -> str | None:
        """What this house shows the provider; None where it is a public client."""
        return self.secret_file.read_text(encoding="utf-8").strip() if self.secret_file else None


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who somebody is by the word of the provider, and how it names person and session; these two as digests."""

    login: str
    subject: str
    provider_session: str | None

    def names(self) -> dict[str, str | None]:
        """How the provider names person and session."""
        return {"subject": self.subject, "provider_session": self.provider_session}


def provider_from(environment: Mapping[str, str]) -> Provider | None:
    """The provider that the environment names; None where it names none.

    Raises `parameter_invalid` where a name is missing, or an address is neither https nor of this machine.
    """
    issuer = environment.get(f"{PREFIX}ISSUER", "")
    if not issuer:
        return None
    given = {name: environment.get(f"{PREFIX}{name}", "") for name in ("CLIENT_ID", "PUBLIC_URL")}
    for name, value in (("ISSUER", issuer), ("PUBLIC_URL", given["PUBLIC_URL"])):
        if not is_safe(value):
            raise _fault(f"{PREFIX}{name} 应为 https 地址 · must be an https address")
    if not given["CLIENT_ID"]:
        raise _fault(f"缺少 {PREFIX}CLIENT_ID · {PREFIX}CLIENT_ID is missing")
    secret = environment.get(f"{PREFIX}CLIENT_SECRET_FILE")
    return Provider(
        issuer,
        given["CLIENT_ID"],
        given["PUBLIC_URL"],
        Path(secret).absolute() if secret else None,
        environment.get(f"{PREFIX}LOGIN_CLAIM") or LOGIN_CLAIM,
    )


def is_safe(address: str) -> bool:
    """True for https, and for http to this machine alone."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "https":
        return bool(host) and "@" not in parts.netloc
    try:
        return parts.scheme == "http" and (host == "localhost" or ipaddress.ip_address(host).is_loopback)
    except ValueError:
        return False


def _fault(words: str) -> Refusal:
    return Refusal("parameter_invalid", detail=words)
