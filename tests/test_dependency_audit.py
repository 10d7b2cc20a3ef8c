"""The audit of dependencies in `./dev check`: a known fault fails it, a registry that does not answer is told."""

from __future__ import annotations

import json

import pytest

from tests.dependency_audit import status

FINE = {"name": "anyio", "version": "4.16.0", "vulns": []}
FAULTY = {"name": "jinja2", "version": "3.0.0", "vulns": [{"id": "CVE-0", "fix_versions": []}]}
UNKNOWN = {"name": "ours", "skip_reason": "not found"}
NPM_FAULT = {"vulnerabilities": {"echarts": {"range": "<9", "severity": "high"}}}


@pytest.mark.parametrize(
    ("registry", "answer", "code", "said"),
    [
        ("pip", json.dumps({"dependencies": [FINE]}), 0, ""),
        ("pip", json.dumps({"dependencies": [FINE, FAULTY]}), 1, "known fault: jinja2 3.0.0: CVE-0\n"),
        ("pip", json.dumps({"dependencies": [FINE, UNKNOWN]}), 0, "1 packages are not known"),
        ("pip", json.dumps({"dependencies": [UNKNOWN]}), 0, "no registry answers"),
        ("pip", "", 0, "no registry answers"),
        ("npm", json.dumps({"vulnerabilities": {}}), 0, ""),
        ("npm", json.dumps(NPM_FAULT), 1, "known fault: echarts <9: high\n"),
        ("npm", json.dumps({"message": "405"}), 0, "no registry answers"),
    ],
)
def test_a_known_fault_fails_and_silence_is_told(
    registry: str, answer: str, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(registry, answer, strict=False) == code
    told = capsys.readouterr().err
    assert said in told and bool(said) == bool(told)
    assert status(registry, answer, strict=True) == (1 if said else 0)
