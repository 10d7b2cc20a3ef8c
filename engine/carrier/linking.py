"""Whether a system may be linked as one that bundles are carried to."""

from __future__ import annotations

from engine.carrier.envelope import KeyTextFault, check_public_key
from engine.core.refusals import Faults


def check_carrier(carrier: bool, url: str | None, key: str | None, faults: Faults) -> None:
    """Faults of a way that excludes another, and of a key that is none."""
    if carrier and url is not None:
        faults.add("/carrier", "exclusive", "与 --url 互斥", "excludes url")
    if key is None:
        return
    if not carrier:
        faults.add("/carrier_key", "exclusive", "只用于携带送达（--carrier）", "goes with carrier alone")
    try:
        check_public_key(key)
    except KeyTextFault:
        words = ("应为 bhek_ 开头的加密公钥", "a key bhek_… to seal bundles to expected")
        faults.add("/carrier_key", "format", *words)
