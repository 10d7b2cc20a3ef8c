"""What a referral says can be sealed: a place for the names of its papers, and a payload that becomes ciphertext once.

Migrations know no key: what is plain is sealed when the house opens next (engine/referral_sealing.py).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
SENTENCE = "this table is append-only"
SEALING = (
    "OLD.body LIKE '{%' AND NEW.body NOT LIKE '{%' AND NEW.salt = '' AND NEW.record_id = OLD.record_id"
    " AND NEW.sequence = OLD.sequence AND NEW.office_id = OLD.office_id"
    " AND (EXISTS (SELECT 1 FROM referral WHERE referral.id = OLD.record_id)"
    " OR EXISTS (SELECT 1 FROM incoming WHERE incoming.id = OLD.record_id AND referral_id IS NOT NULL))"
)
"""The one change of a payload that is let through: of a referral or a matter of it, plain before and sealed afterwards."""


def upgrade() -> None:
    """A paper may be called by what is sealed; the guard on payloads lets those of referrals be sealed and nothing else."""
    op.add_column("attachment", sa.Column("told", sa.LargeBinary()))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_unless_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN IF {SEALING} THEN RETURN NEW; END IF; RAISE EXCEPTION '{SENTENCE}'; END $$"
        )
        op.execute("DROP TRIGGER payload_stays ON payload")
        op.execute(
            "CREATE TRIGGER payload_stays BEFORE UPDATE ON payload "
            "FOR EACH ROW EXECUTE FUNCTION refuse_unless_sealed()"
        )
        return
    op.execute("DROP TRIGGER payload_stays")
    op.execute(
        f"CREATE TRIGGER payload_stays BEFORE UPDATE ON payload WHEN NOT ({SEALING}) "
        f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
    )


def downgrade() -> None:
    """No payload may be changed; what was sealed stays so, and a program before this one cannot read it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER payload_stays ON payload")
        op.execute("DROP FUNCTION refuse_unless_sealed()")
        op.execute(
            "CREATE TRIGGER payload_stays BEFORE UPDATE ON payload "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    else:
        op.execute("DROP TRIGGER payload_stays")
        op.execute(
            f"CREATE TRIGGER payload_stays BEFORE UPDATE ON payload BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )
    op.drop_column("attachment", "told")
