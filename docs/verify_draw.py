#!/usr/bin/env python3
"""Verify a draw from its export, with Python alone: python3 verify_draw.py EXPORT.zip (or the unpacked folder).

It recomputes everything from seed, frozen list and public part, prints five checks and ends with status 0 or 1.
It imports nothing of Assay: read it, change it, write it anew.
"""

import hashlib
import hmac
import json
import math
import sys
import zipfile
from pathlib import Path


def find_chances(sizes, n):
    """Share n chances in proportion to size; whoever would reach 1 is certain, and the others share the rest."""
    certain, chances = set(), [float(n > 0)] * len(sizes)
    while 0 < n < len(sizes):
        total = math.fsum(size for i, size in enumerate(sizes) if i not in certain)
        chances = [1.0 if i in certain else (n - len(certain)) * size / total for i, size in enumerate(sizes)]
        if certain == (certain := {i for i, chance in enumerate(chances) if chance >= 1}):
            break
    return chances


def find_key(number, chance):
    """Turn a number and a chance into the key of the order, q = u(1-p)/(p(1-u)); equal chances keep the order."""
    u = (number + 0.5) / 2**53
    odds = u * (1 - chance) / (chance * (1 - u)) if chance and u < 1 else math.inf
    return (0.0 if chance >= 1 else odds), number


def order_strata(draw, frame, planned):
    """Number every conversation and sort each stratum by key, then by id."""
    seed, frame_digest = bytes.fromhex(draw["seed"]), hashlib.sha256(frame).digest()
    key = hmac.digest(seed, b"draw.v1" + frame_digest + draw["public_part"].encode(), "sha256")
    strata = {}
    for line in frame.decode().split("\n"):
        name, stratum, size = line.split("\x1f")
        digest = hmac.digest(key, (draw["plan"] + "\x1f" + name).encode(), "sha256")
        strata.setdefault(stratum, []).append((int.from_bytes(digest[:8], "big") >> 11, name, float(size)))
    for stratum, rows in strata.items():
        chances = find_chances([size for *_, size in rows], planned.get(stratum, 0))
        keyed = sorted((find_key(number, p), name) for (number, name, _), p in zip(rows, chances, strict=True))
        strata[stratum] = [(number, name) for (_, number), name in keyed]
    return {stratum: strata[stratum] for stratum in sorted(strata)}


def find_wrong_replacements(draw, order, planned):
    """Go through the replacements as they were made: each must be the next of its stratum."""
    usable = {(stratum, name) for stratum in planned for _, name in order.get(stratum, [])[: planned[stratum]]}
    made, wrong = {}, []
    for entry in draw["replacements"]:
        stratum, old, new = entry["stratum"], entry["replaced"], entry["replacement"]
        made[stratum] = made.get(stratum, planned.get(stratum, 0)) + 1
        following = next((name for _, name in order.get(stratum, [])[made[stratum] - 1 : made[stratum]]), None)
        wrong += [new or old] if (stratum, old) not in usable or new != following else []
        usable = usable - {(stratum, old)} | {(stratum, new)}
    return wrong


def verify(draw, frame):
    """Yield every check as (what was compared, whether it holds, misfits), as far as seed and list themselves hold."""
    commitment = hashlib.sha256(b"\x00" + bytes.fromhex(draw["seed"])).hexdigest()
    yield "commitment = digest of the seed", commitment == draw["commitment"], []
    names = [line.split("\x1f")[0] for line in frame.decode().split("\n")]
    canonical = names == sorted(set(names)) and len(names) == draw["frame"]["size"]
    same = hashlib.sha256(frame).hexdigest() == draw["frame"]["digest"]
    yield f"frame digest = the list of {len(names)} conversations, sorted and unique", same and canonical, []
    if same and canonical and commitment == draw["commitment"]:
        planned = {entry["stratum"]: entry["planned"] for entry in draw["strata"]}
        order = order_strata(draw, frame, planned)
        text = "\n".join("\x1f".join((s, str(number), name)) for s in order for number, name in order[s])
        yield "order = recomputed order", hashlib.sha256(text.encode()).hexdigest() == draw["order_digest"], []
        expected = {s: [name for _, name in order.get(s, [])[:n]] for s, n in planned.items()}
        taken = {entry["stratum"]: entry["taken"] for entry in draw["strata"]}
        wrong = sorted({name for s in taken for name in set(taken[s]) ^ set(expected[s])})
        yield f"the {sum(planned.values())} taken = the first of {len(taken)} strata", taken == expected, wrong
        wrong = find_wrong_replacements(draw, order, planned)
        yield f"the {len(draw['replacements'])} replacements = the next in order", not wrong, wrong


def main():
    """Read the export named on the command line, a folder or a ZIP, and print its checks."""
    root = Path(sys.argv[1]) if Path(sys.argv[1]).is_dir() else zipfile.Path(sys.argv[1])
    draw, frame = json.loads((root / "draw.json").read_bytes()), (root / "frame.txt").read_bytes()
    print(f"Draw {draw['plan']}, month {draw['month']}{', committed late' if draw['committed_late'] else ''}")
    checks = list(verify(draw, frame))
    for text, holds, wrong in checks:
        print(("ok    " if holds else "WRONG ") + text + ("".join(f"\n        {name}" for name in wrong)))
    sound = all(holds for _, holds, _ in checks)
    print("Every sample is the one the seed chooses." if sound else "This draw does not verify.")
    sys.exit(0 if sound else 1)


if __name__ == "__main__":
    main()
