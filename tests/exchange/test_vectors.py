"""Known answers of others: Standard Webhooks for both signatures, and the cases of the CloudEvents JSON format.

The signatures are those that the libraries of Standard Webhooks (MIT) and the Svix server (MIT), which it comes from,
are tested with. The cases have the names that the conformance suite of CloudEvents (Apache-2.0, format/json) gives
them; each is a change to one of our receipts, because the house reads receipts and no other events.
"""

from __future__ import annotations

import copy
import json
import re
from datetime import datetime
from typing import Any

import pytest

from api.partner.line import Line, keys_in
from engine.core.receipt_form import kind_named, read_event
from engine.core.refusals import Refusal
from engine.signing import public_key_of, signature, verified
from rules.exchange import load_receipts
from tests.exchange.linked import Linked, message
from tests.partner import Ed25519Key, HmacKey
from tests.schemas import FOLDER, example

ID, TIMESTAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PRIVATE = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
PUBLIC = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
V1 = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
V1A = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="

DEPARTMENTS = ("fire_rescue", "market_regulation", "public_security", "procuratorate", "taxation")


@pytest.mark.parametrize(
    ("signing", "checking", "known"),
    [({"secret": SECRET}, {"secret": SECRET}, V1), ({"private": PRIVATE}, {"public": PUBLIC}, V1A)],
    ids=["v1", "v1a"],
)
def test_signatures_are_the_published_ones_and_no_others_are_taken(
    signing: dict[str, str], checking: dict[str, str], known: str
) -> None:
    assert signature([signing], ID, TIMESTAMP, BODY) == known
    assert verified([checking], known, ID, TIMESTAMP, BODY)
    assert verified([checking], f"v1,AAAA {known} v2,BBBB", ID, TIMESTAMP, BODY)
    for header, id, timestamp, body in (
        (known, "msg_other", TIMESTAMP, BODY),
        (known, ID, TIMESTAMP + 1, BODY),
        (known, ID, TIMESTAMP, BODY + b" "),
        (known.swapcase(), ID, TIMESTAMP, BODY),
        (known.removeprefix("v1a,").removeprefix("v1,"), ID, TIMESTAMP, BODY),
        (known[:-4], ID, TIMESTAMP, BODY),
        (("v1a," if known is V1 else "v1,") + known.partition(",")[2], ID, TIMESTAMP, BODY),
    ):
        assert not verified([checking], header, id, timestamp, body)


def test_the_public_key_of_the_published_pair_is_the_published_one() -> None:
    assert public_key_of(PRIVATE) == PUBLIC


def test_partners_that_sign_for_themselves_agree() -> None:
    base = f"{ID}.{TIMESTAMP}.".encode() + BODY
    assert HmacKey(SECRET).sign(base) == V1
    assert Ed25519Key(PUBLIC).fits(V1A, base)
    assert keys_in(f"{PRIVATE} {PUBLIC}") == [{"private": PRIVATE}, {"public": PUBLIC}]
    assert PRIVATE not in repr(Line.to("http://x", "s", keys_in(f"{PRIVATE} {PUBLIC}"), None))  # type: ignore[arg-type]  # no clock is asked


# ---------------------------------------------------------------- CloudEvents

GONE = object()
INVALID: dict[str, dict[str, Any]] = {
    "invalidNoSpecVersion": {"specversion": GONE},
    "invalidNoId": {"id": GONE},
    "invalidNoType": {"type": GONE},
    "invalidNoSource": {"source": GONE},
    "invalidTimeGarbage": {"time": "lunchtime"},
    "invalidTimeToMinute": {"time": "2018-04-05T18:31Z"},
    "invalidTimeOffsetX": {"time": "2018-04-05T18:31:00X"},
    "invalidTimeOffsetOutOfRange": {"time": "2018-04-05T18:31:00+25:00"},
    "invalidTimeOffsetNonInteger": {"time": "2018-04-05T18:31:00+xx:00"},
    "invalidTimeOffsetHourOnly": {"time": "2018-04-05T18:31:00+05"},
    "invalidEmptyId": {"id": ""},
    "invalidEmptyType": {"type": ""},
    "invalidEmptySource": {"source": ""},
    "invalidEmptySpecVersion": {"specversion": ""},
    "invalidUnknownSpecVersion": {"specversion": "0.9"},
    "invalidNonRfc2046DataContentType": {"datacontenttype": "xyz"},
    "invalidEmptyDataContentType": {"datacontenttype": ""},
    "invalidEmptyDataSchema": {"dataschema": ""},
    "invalidEmptySubject": {"subject": ""},
    "invalidNumericId": {"id": 25},
    "invalidObjectId": {"id": {"xyz": "abc"}},
    "invalidCapitalizedExtension": {"MyExtension": "bad"},
    "invalidPunctuatedExtension": {"my.extension": "bad"},
    "invalidNonIntegerExtensionValue": {"myextension": 1.5},
    "invalidBothDataAndDataBase64": {"data_base64": "eyAieHl6IjogMTIzIH0="},
}
VALID: dict[str, dict[str, Any]] = {
    "validMinimalWithTimeUtc": {"time": "2018-04-05T17:31:00Z"},
    "validMinimalWithTimeUsingPositiveOffset": {"time": "2018-04-05T18:31:00+01:00"},
    "validMinimalWithTimeUsingNegativeOffset": {"time": "2018-04-05T16:31:00-01:00"},
}
STRICTER: dict[str, dict[str, Any]] = {
    "validMinimal": dict.fromkeys(("datacontenttype", "dataschema", "subject", "time", "data"), GONE),
    "validMinimalWithNullForOptional": dict.fromkeys(("datacontenttype", "dataschema", "subject", "time")),
    "validMinimalWithTimeToNanosecondsUtc": {"time": "2018-04-05T17:31:00.000000000Z"},
    "validRelativeSource": {"source": "#fragment"},
    "validSimpleTextData": {"datacontenttype": "text/plain", "data": "Simple text"},
    "validAllExtensionTypes": {"extinteger": 10, "extboolean": True, "extbinary": "TWE="},
}
"""Events that CloudEvents allows and the contract's receipts do not: refused, and never half understood."""
NAME = re.compile(r"[a-z0-9]{1,20}")


def changed(change: dict[str, Any]) -> dict[str, Any]:
    event: dict[str, Any] = copy.deepcopy(example("receipt_signed_for"))
    for name, value in change.items():
        event.pop(name, None)
        if value is not GONE:
            event[name] = value
    return event


def read(event: dict[str, Any]) -> None:
    kind = kind_named(event)
    if kind is None:
        raise Refusal("facts_invalid")
    read_event(event, kind, load_receipts()[kind].members, DEPARTMENTS)


def faults_as_event(event: Any) -> list[str]:
    """What CloudEvents 1.0 has against it, read by the letter of its JSON format."""
    wrong = [name for name in ("specversion", "id", "source", "type") if not _text(event.get(name))]
    wrong += [name for name in event if name != "data_base64" and not NAME.fullmatch(name)]
    wrong += [name for name in ("subject", "dataschema", "datacontenttype") if event.get(name) == ""]
    if event.get("specversion") != "1.0":
        wrong.append("specversion")
    if "/" not in str(event.get("datacontenttype", "a/b")):
        wrong.append("datacontenttype")
    if "data" in event and "data_base64" in event:
        wrong.append("data_base64")
    wrong += [
        name for name, value in event.items() if name != "data" and isinstance(value, float | dict | list)
    ]
    try:
        time = str(event["time"])
        if (
            not re.fullmatch(r".{19}(\.\d+)?(Z|[+-]\d\d:\d\d)", time)
            or not datetime.fromisoformat(time).tzinfo
        ):
            raise ValueError(time)
    except (KeyError, ValueError):
        wrong.append("time")
    return wrong


def _text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


@pytest.mark.parametrize("name", INVALID)
def test_what_is_no_event_is_no_receipt(name: str) -> None:
    event = changed(INVALID[name])
    assert faults_as_event(event)
    with pytest.raises(Refusal) as refusal:
        read(event)
    assert refusal.value.code == "facts_invalid"


@pytest.mark.parametrize("name", VALID)
def test_what_is_written_otherwise_is_the_same_receipt(name: str) -> None:
    event = changed(VALID[name])
    assert faults_as_event(event) == []
    read(event)


@pytest.mark.parametrize("name", STRICTER)
def test_what_the_contract_asks_beyond_cloudevents_is_asked(name: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read(changed(STRICTER[name]))
    assert refusal.value.code == "facts_invalid"


MESSAGES = sorted(path.stem for path in (FOLDER / "examples").glob("message_*.json"))


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_of_the_contract_is_an_event(name: str) -> None:
    assert faults_as_event(example(name)) == []


def test_what_the_house_composes_is_an_event(sqlite_linked: Linked) -> None:
    sqlite_linked.link("yuanping-fire", "fire_rescue")
    finding, _ = sqlite_linked.sent()
    assert faults_as_event(json.loads(message(sqlite_linked, finding).body)) == []
