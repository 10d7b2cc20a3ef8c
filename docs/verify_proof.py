"""Checks a proof file of Bihuan without Bihuan: Python's standard library and `cryptography`, nothing else.

    python verify_proof.py FILE.zip [--key log.pub] [--checkpoint NOTE]

Proven is: what the entries say is what was committed to; each entry follows from the one before it; each stands in the log
whose checkpoint was signed; an older checkpoint in the file is the beginning of it; and each key of the log but the first was
handed over to by the one before, which counts up to there. Not proven is that what was entered is true, what came after the
checkpoint, or by which rules the house went. Give a public key of the log as you know it from elsewhere (the newest: a former
one may have been stolen), and a checkpoint that you were handed before: without them the file only agrees with itself.
"""

import argparse
import base64
import hashlib
import json
import sys
import zipfile
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

CHAINED = (
    *("record_id", "sequence", "version", "chart", "trigger", "proceeding_id", "state", "by", "role"),
    *("occurred_at", "recorded_at", "late", "commitment"),
)
FORMAT = "bihuan-proof/1"
HANDS_OVER = ("former ", "next ")
MEMBERS_MAX, BYTES_MAX = 1_000, 256 * 1024 * 1024


class Wrong(Exception):
    """Something in the file does not hold."""


def need(holds, words):
    """Raises Wrong unless it holds."""
    if not holds:
        raise Wrong(words)


def sha(data):
    """SHA-256."""
    return hashlib.sha256(data).digest()


def canonical(value):
    """JSON with sorted names and no blanks, as it was hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def raw(text):
    """The bytes of canonical base64."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as fault:
        raise Wrong("base64 expected") from fault
    need(base64.b64encode(data).decode() == text, "canonical base64 expected")
    return data


def read_key(line):
    """(name, id, public key) of `name+id+base64`."""
    name, _, rest = line.strip().partition("+")
    id, _, encoded = rest.partition("+")
    key = raw(encoded)
    need(len(key) == 33 and key[0] == 1, "the key is no Ed25519 key")
    need(sha(name.encode() + b"\n" + key)[:4].hex() == id, "the id does not belong to the key")
    return name, bytes.fromhex(id), key[1:]


def read_note(note, key):
    """(origin, size, root, further lines) of a checkpoint, after its signature held; None where another key signed."""
    name, id, public = key
    text, blank, below = note.rpartition("\n\n")
    need(blank and below.endswith("\n"), "no signed note")
    text, held = text + "\n", False
    for line in below.split("\n")[:-1]:
        dash, signer, encoded = [*line.split(" "), "", ""][:3]
        need(dash == "—", "a signature line is malformed")
        signature = raw(encoded)
        if signer == name and signature[:4] == id:
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], text.encode())
            except InvalidSignature as fault:
                raise Wrong("the signature of the checkpoint does not hold") from fault
            held = True
    if not held:
        return None
    lines = text.split("\n")
    need(len(lines) >= 4 and lines[0] == name and lines[1].isascii() and lines[1].isdigit(), "no checkpoint")
    return lines[0], int(lines[1]), raw(lines[2]), lines[3:-1]


def read_hand_over(note, former):
    """(size, root, next key) of the note by which that key hands over, after both signatures held."""
    signed = read_note(note, former)
    need(signed, "a hand-over that the key before has not signed")
    told = [line for line in signed[3] if line.startswith(HANDS_OVER)]
    need([line[:5] for line in told] == [start[:5] for start in HANDS_OVER], "no hand-over")
    named, following = (read_key(line.split(" ")[1]) for line in told)
    need(named == former and following[0] == former[0], "a hand-over between other keys")
    need(read_note(note, following), "a hand-over that the next key has not signed")
    return signed[1], signed[2], following


def read_chain(files):
    """(key, size up to which it counts, root there, note by which it handed over) of each key; of the last the key alone."""
    key, chain = read_key(files["log.pub"]), []
    for number in range(1, 1 + sum(name.startswith("handover-") for name in files)):
        note = files.get(f"handover-{number:04d}.note")
        need(note, "a hand-over is missing")
        size, root, following = read_hand_over(note, key)
        chain.append((key, size, root, note))
        key = following
        need(key not in [one[0] for one in chain], "a key was handed over to twice")
    return [*chain, (key, None, None, None)]


def read_checkpoint(note, chain):
    """(origin, size, root) of a checkpoint that a key of the chain signed while it counted."""
    for key, end, _, _ in reversed(chain):
        signed = read_note(note, key)
        if signed:
            plain = not any(line.startswith(HANDS_OVER) for line in signed[3])
            need(plain or note in [one[3] for one in chain], "a hand-over that the file does not know")
            need(end is None or signed[1] <= end, "signed by a former key after it had handed over")
            return signed[:3]
    raise Wrong("the checkpoint is not signed by a key of this log")


def node(left, right):
    """The hash of a node (RFC 6962)."""
    return sha(b"\x01" + left + right)


def included(index, size, leaf, proof, root):
    """True when the proof leads from the leaf to the root."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node(other, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node(found, other)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def consistent(size, root, size_now, root_now, proof):
    """True when the tree of the first size is the beginning of that of the second."""
    if size == size_now or size == 0:
        return not proof and root == (root_now if size else sha(b""))
    if not 0 < size < size_now:
        return False
    path = [root, *proof] if size & (size - 1) == 0 else proof
    if not path:
        return False
    at, last = size - 1, size_now - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    then = now = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            then, now = node(other, then), node(other, now)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            now = node(now, other)
        at, last = at >> 1, last >> 1
    return last == 0 and then == root and now == root_now


def check_entry(entry, record, expected, previous, size, root):
    """One entry: its place in the chain, what it says, and its place in the log. Returns its hash."""
    where = f"{record} {expected}"
    need((entry["record_id"], entry["sequence"]) == (record, expected), f"{where}: another entry stands here")
    need(entry["previous"] == previous, f"{where}: does not follow from the entry before")
    digest = sha(canonical([previous, *(entry[name] for name in CHAINED)])).hex()
    need(entry["hash"] == digest, f"{where}: the entry was changed")
    if entry["body"] is not None:
        said = sha(f"{entry['salt']}\n{entry['body']}".encode()).hex()
        need(said == entry["commitment"], f"{where}: what it says is not what was committed to")
    leaf = sha(b"\x00" + sha(f"{entry['leaf_salt']}\n{digest}".encode()))
    path = [raw(one) for one in entry["inclusion"]]
    need(included(entry["index"], size, leaf, path, root), f"{where}: does not stand in the log")
    return digest


def erased_of(entries):
    """How many payloads the law had destroyed, as entries behind them say; each must be gone. Others may not be shown."""
    said = [one for one in entries if one["trigger"] == "erasure_carried_out" and one["body"] is not None]
    named = [(one, at.split(" ")) for one in said for at in json.loads(one["body"])["facts"]["destroyed"]]
    for entry, (at, held) in named:
        gone = entries[int(at) - 1] if 0 < int(at) < entry["sequence"] else {}
        need(gone.get("commitment") == held, f"{at}: not what is said to be destroyed")
        need(gone["body"] is None, f"{at}: said to be destroyed, and there")
    return len({at for _, (at, _) in named})


def check_records(proof, size, root):
    """(record, kind, entries, said, lawfully erased, left out) of each record, after every entry held."""
    told = []
    need(proof["records"] and proof["records"][0]["record"] == proof["finding"], "the finding is missing")
    for one in proof["records"]:
        previous = "0" * 64
        for number, entry in enumerate(one["entries"], 1):
            previous = check_entry(entry, one["record"], number, previous, size, root)
        said = sum(entry["body"] is not None for entry in one["entries"])
        erased = erased_of(one["entries"])
        told.append((one["record"], one["kind"], len(one["entries"]), said, erased, one["left_out"]))
    return told


def check_hand_overs(chain, said, size, root):
    """((size, root), what is told) of each hand-over, after the log at it proved to be the beginning of this one."""
    need(len(said) == len(chain) - 1, "a hand-over has no proof")
    for one, (_, then, root_then, _) in zip(said, chain, strict=False):
        if then > size:
            yield None, f"HAND-OVER NOT COMPARED: at {then} leaves, which the log had before it was replaced"
            continue
        path = [raw(step) for step in one["proof"]]
        need(consistent(then, root_then, size, root, path), "the log at a hand-over is not its beginning")
        yield (then, root_then), f"hand-over: another key signs from {then} leaves on, by both keys"


def check(files, key_line=None, known_note=None):
    """What is proven, line by line; `files` are the members of the zip. Raises Wrong."""
    chain, lines = read_chain(files), []
    keys = [one[0] for one in chain]
    need(key_line is None or read_key(key_line) in keys, "the file names another key than yours, or is older")
    proof = json.loads(files["proof.json"])
    need(proof["format"] == FORMAT, "another format")
    origin, size, root = read_checkpoint(files["checkpoint.note"], chain)
    need(read_note(files["checkpoint.note"], keys[-1]), "the checkpoint is not signed by the newest key")
    need((proof["origin"], proof["size"]) == (origin, size), "the proof belongs to another checkpoint")
    lines.append(f"checkpoint: {origin}, {size} leaves, root {root.hex()}")
    roots = {(size, root)}
    if "since.note" in files:
        _, size_then, root_then = read_checkpoint(files["since.note"], chain)
        path = [raw(one) for one in proof["consistency"]["proof"]]
        need(consistent(size_then, root_then, size, root, path), "the older checkpoint is not its beginning")
        roots.add((size_then, root_then))
        lines.append(f"since: {size_then} leaves are its beginning")
    for handed, told in check_hand_overs(chain, proof.get("hand_overs", []), size, root):
        roots.add(handed)
        lines.append(told)
    for record, kind, count, said, erased, left in check_records(proof, size, root):
        told = f"{count} entries, {said} with what they say, {erased} lawfully erased"
        lines.append(f"{kind} {record}: {told} ({left} more came after, it says)")
    for name, value in sorted(proof["digests"].items()):
        lines.append(f"said, not proven: {name} {canonical(value).decode()}")
    if known_note is not None:
        need(read_checkpoint(known_note, chain)[1:] in roots, "your checkpoint is none of those in the file")
        lines.append("your checkpoint is in the file")
    if key_line is None:
        lines.append(f"KEY NOT COMPARED: {files['log.pub'].strip()}")
    return lines


def read(name):
    """The members of the zip as texts."""
    with zipfile.ZipFile(name) as archive:
        infos = archive.infolist()
        need(len(infos) <= MEMBERS_MAX and sum(one.file_size for one in infos) <= BYTES_MAX, "too large")
        need(len({one.filename for one in infos}) == len(infos), "a member stands there twice")
        return {one.filename: archive.read(one).decode() for one in infos}


def main():
    """Prints what is proven, or what does not hold; exits with 1 then."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("file")
    parser.add_argument("--key", help="a public key of the log, or a file with it")
    parser.add_argument("--checkpoint", help="a file with a checkpoint that you were given before")
    asked = parser.parse_args()
    try:
        key = asked.key if asked.key is None or "+" in asked.key else Path(asked.key).read_text("utf-8")
        note = None if asked.checkpoint is None else Path(asked.checkpoint).read_text("utf-8")
        print("\n".join(check(read(asked.file), key, note)))
    except Wrong as wrong:
        print(f"NOT PROVEN: {wrong}", file=sys.stderr)
        return 1
    except (OSError, KeyError, TypeError, ValueError, AttributeError, zipfile.BadZipFile) as fault:
        print(f"NOT PROVEN: no proof file ({type(fault).__name__})", file=sys.stderr)
        return 1
    print("proven")
    return 0


if __name__ == "__main__":
    sys.exit(main())
