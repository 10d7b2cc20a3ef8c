"""Encryption keys of linked systems, the carriers' among them, what was sealed, and figures of the exchange told by indexes."""

from __future__ import annotations

import base64
import hashlib
import json

import sqlalchemy as sa
from alembic import op

from models.columns import Instant, Json

revision = "0019"
down_revision = "0020"
SEALED = "sealed_message"
X25519 = 0x20
SENTENCE = "this table is append-only"
INDEXES = {
    "message_by_state": ("message", ["system_id", "queue", "state", "recorded_at"]),
    "message_by_delivery": ("message", ["system_id", "queue", "delivered_at"]),
    "receipt_by_day": ("receipt", ["system_id", "received_at"]),
}


def upgrade() -> None:
    """Only what is carried was sealed to a key so far; no system is suspended."""
    op.add_column("linked_system", sa.Column("encryption_keys", Json, nullable=False, server_default="[]"))
    op.add_column(
        "linked_system", sa.Column("suspended", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_table(
        SEALED,
        sa.Column("message_id", sa.String(64), primary_key=True),
        sa.Column("thumbprint", sa.String(43), primary_key=True),
        sa.Column("office_id", sa.String(40), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", Instant(), nullable=False),
    )
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)
    _guard()
    _carrier_keys()


def _carrier_keys() -> None:
    """The key that bundles are sealed to is an encryption key like every other; its JWK is named by its thumbprint."""
    bind = op.get_bind()
    system = sa.table(
        "linked_system",
        sa.column("id", sa.String()),
        sa.column("carrier_key", sa.String()),
        sa.column("created_at", Instant()),
        sa.column("encryption_keys", Json),
    )
    for row in bind.execute(sa.select(system).where(system.c.carrier_key.is_not(None))).all():
        jwk = _jwk(base64.b64decode(row.carrier_key.removeprefix("bhek_")))
        told = json.dumps(jwk, sort_keys=True, separators=(",", ":")).encode()
        name = _encoded(hashlib.sha256(told).digest())
        key = {
            "jwk": {**jwk, "kid": name},
            "thumbprint": name,
            "since": row.created_at.isoformat(),
            "until": None,
        }
        bind.execute(sa.update(system).where(system.c.id == row.id).values(encryption_keys=[key]))
    op.drop_column("linked_system", "carrier_key")


def _jwk(raw: bytes) -> dict[str, str]:
    """The key as text had it: the number of its kind in RFC 9180, then the point."""
    if raw[0] == X25519:
        return {"kty": "OKP", "crv": "X25519", "x": _encoded(raw[1:])}
    return {"kty": "EC", "crv": "P-256", "x": _encoded(raw[2:34]), "y": _encoded(raw[34:])}


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _guard() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {SEALED}_kept BEFORE UPDATE OR DELETE ON {SEALED} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {SEALED}_whole BEFORE TRUNCATE ON {SEALED} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
        return
    for act, name in (("UPDATE", "stays"), ("DELETE", "kept")):
        op.execute(
            f"CREATE TRIGGER {SEALED}_{name} BEFORE {act} ON {SEALED} "
            f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )


def downgrade() -> None:
    """Keys, what was sealed and the indexes are gone."""
    op.add_column("linked_system", sa.Column("carrier_key", sa.String(120)))
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table)
    op.drop_table(SEALED)
    for column in ("encryption_keys", "suspended"):
        op.drop_column("linked_system", column)
