#!/usr/bin/env python3
"""Verify a draw from its export, with Python alone: python3 verify_draw.py EXPORT.zip (or the unpacked folder).

It recomputes everything from the revealed seed, the frozen list and the public part, prints what it checked, and ends
with status 0 (all five checks passed) or 1. It imports nothing of Assay: read it, change it, write it anew.
"""

import hashlib
import hmac
import json
import sys
import zipfile
from pathlib import Path

SEPARATOR = "\x1f"


def read_export(path):
    """Read the two files that matter from a ZIP or a folder."""
    if path.is_dir():
        return json.loads((path / "draw.json").read_bytes()), (path / "frame.txt").read_bytes()
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("draw.json")), archive.read("frame.txt")


def order_strata(draw, frame):
    """Number every conversation and sort each stratum by number, then by id."""
    seed, frame_digest = bytes.fromhex(draw["seed"]), hashlib.sha256(frame).digest()
    key = hmac.digest(seed, b"draw.v1" + frame_digest + draw["public_part"].encode(), "sha256")
    strata = {}
    for line in frame.decode().split("\n"):
        name, stratum, size = line.split(SEPARATOR)
        if size != "1.0":
            raise ValueError(f"{name}: the size is {size}, not 1.0")
        digest = hmac.digest(key, (draw["plan"] + SEPARATOR + name).encode(), "sha256")
        strata.setdefault(stratum, []).append((int.from_bytes(digest[:8], "big") >> 11, name))
    return {stratum: sorted(strata[stratum]) for stratum in sorted(strata)}


def find_wrong_replacements(draw, order, planned):
    """Go through the replacements as they were made: each must be the next of its stratum."""
    usable = {(stratum, name) for stratum in planned for _, name in order.get(stratum, [])[: planned[stratum]]}
    made, wrong = {}, []
    for entry in draw["replacements"]:
        stratum, old, new = entry["stratum"], entry["replaced"], entry["replacement"]
        rank = planned.get(stratum, 0) + made.get(stratum, 0)
        following = next((name for _, name in order.get(stratum, [])[rank : rank + 1]), None)
        if (stratum, old) not in usable or new != following:
            wrong.append(new or old)
        usable.discard((stratum, old))
        usable.add((stratum, new))
        made[stratum] = made.get(stratum, 0) + 1
    return wrong


def verify(draw, frame):
    """Yield every check as (what was compared, whether it holds, which ids do not fit).

    With another seed or another list everything after it would differ for that reason alone, so it ends there.
    """
    commitment = hashlib.sha256(b"\x00" + bytes.fromhex(draw["seed"])).hexdigest()
    yield "commitment = digest of the seed", commitment == draw["commitment"], []
    lines = frame.decode().split("\n")
    names = [line.split(SEPARATOR)[0] for line in lines]
    canonical = names == sorted(set(names)) and len(names) == draw["frame"]["size"]
    same = hashlib.sha256(frame).hexdigest() == draw["frame"]["digest"]
    yield f"frame digest = the list of {len(names)} conversations, sorted and unique", same and canonical, []
    if not (same and canonical and commitment == draw["commitment"]):
        return
    order = order_strata(draw, frame)
    text = "\n".join(SEPARATOR.join((s, str(number), name)) for s in order for number, name in order[s])
    yield "order = recomputed order", hashlib.sha256(text.encode()).hexdigest() == draw["order_digest"], []
    planned = {entry["stratum"]: entry["planned"] for entry in draw["strata"]}
    expected = {s: [name for _, name in order.get(s, [])[:n]] for s, n in planned.items()}
    taken = {entry["stratum"]: entry["taken"] for entry in draw["strata"]}
    wrong = sorted({name for s in taken for name in set(taken[s]) ^ set(expected[s])})
    total = sum(map(len, taken.values()))
    yield f"the {total} taken = the first of each of {len(taken)} strata", taken == expected, wrong
    wrong = find_wrong_replacements(draw, order, planned)
    yield f"the {len(draw['replacements'])} replacements = the next in order", not wrong, wrong


def main():
    """Print the checks of the export named on the command line."""
    draw, frame = read_export(Path(sys.argv[1]))
    print(f"Draw {draw['plan']}, month {draw['month']}{', committed late' if draw['committed_late'] else ''}")
    sound = True
    for text, holds, wrong in verify(draw, frame):
        sound = sound and holds
        print(("ok    " if holds else "WRONG ") + text + ("".join(f"\n        {name}" for name in wrong)))
    print("Every sample is the one the seed chooses." if sound else "This draw does not verify.")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
