"""The draw byte by byte.

Source: methods.md, section 1, and domain.md, section 7 ("Draw"). The expected figures were computed from the text of
these two by a separate script that imports hashlib and hmac and nothing of ours.
"""

import pytest

from scoring.sampling.draw import commit_to_seed, derive_key, draw_numbers, draw_sample, to_uniform
from scoring.sampling.frame import freeze_frame

SEED = bytes(range(32))
PLAN = "d-2026-11"
POPULATION = {
    "star:7": "A1",
    "star:10": "A1",
    "star:9": "A2",
    "热线:3": "A1",
    "chat:é": "A2",
    "star:1": "A1",
}


@pytest.fixture
def frame():
    return freeze_frame(list(POPULATION), list(POPULATION.values()))


def test_the_commitment_is_the_digest_of_a_zero_byte_and_the_seed():
    assert commit_to_seed(SEED).hex() == "699cacdb4c39d8e0bb1223352765a7f7acdc51dec6694f7b54c3d0a47f0cc409"


def test_the_frame_has_these_bytes_and_this_digest(frame):
    assert frame.text == (
        b"chat:\xc3\xa9\x1fA2\x1f1.0\nstar:1\x1fA1\x1f1.0\nstar:10\x1fA1\x1f1.0\nstar:7\x1fA1\x1f1.0\n"
        b"star:9\x1fA2\x1f1.0\n\xe7\x83\xad\xe7\xba\xbf:3\x1fA1\x1f1.0"
    )
    assert frame.digest.hex() == "708a4e10b50284d00107dd1c76727923b764d6b73bfe3aa3f4e27069ba99a57f"


@pytest.mark.parametrize(
    ("public_part", "key"),
    [
        ("", "39fe32a95b622620c4631098d27fb78d5344c0fa95bdd416f7f94a639ea126da"),
        ("骰子 4 2 6", "831f754e4a18182174312d202828b1cfd64a9377267fd78758d7a646ffdb4c4b"),
    ],
)
def test_the_key_binds_seed_frame_and_public_part(frame, public_part, key):
    assert derive_key(SEED, frame.digest, public_part).hex() == key


def test_every_conversation_has_this_number(frame):
    key = derive_key(SEED, frame.digest)

    numbers = dict(zip(frame.ids, draw_numbers(key, PLAN, frame.ids).tolist(), strict=True))

    assert numbers == {
        "chat:é": 6418099398709359,
        "star:1": 2514933421099108,
        "star:10": 7100038434614512,
        "star:7": 6253385905387025,
        "star:9": 3897228673904161,
        "热线:3": 8272514598491802,
    }
    assert to_uniform(numbers["star:1"]) == 0.27921369895035447


@pytest.mark.parametrize(
    ("public_part", "order", "digest"),
    [
        (
            "",
            ["star:1", "star:7", "star:10", "热线:3", "star:9", "chat:é"],
            "f5a093596f20c087e9beabc1b95ab41963c237d8538413a0aa20147014bf32d4",
        ),
        (
            "骰子 4 2 6",
            ["star:1", "star:10", "热线:3", "star:7", "star:9", "chat:é"],
            "aa2695587b6835e291dbb954437a964a025508f238deb40d7dc29ceed65404fe",
        ),
    ],
)
def test_the_order_is_this_one(frame, public_part, order, digest):
    drawn = draw_sample(frame, derive_key(SEED, frame.digest, public_part), PLAN, {"A1": 2, "A2": 1})

    assert [*drawn.ordered_ids("A1"), *drawn.ordered_ids("A2")] == order
    assert drawn.order_digest().hex() == digest
    assert drawn.taken("A1") == tuple(order[:2])
    assert drawn.taken("A2") == tuple(order[4:5])
    assert drawn.replacement("A1", 0) == order[2]
