"""Every draw verifies, and whatever is done to it afterwards is named."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.sampling.draw import commit_to_seed, derive_key, draw_sample
from scoring.sampling.frame import freeze_frame
from scoring.sampling.verify import CheckName, CheckState, DrawRecord, Replacement, verify_draw

NAMES = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=6)


@st.composite
def records(draw_value):
    """Draw records as the application would publish them, equal or by size, with up to three replacements."""
    ids = draw_value(st.lists(NAMES, min_size=4, max_size=30, unique=True))
    strata = draw_value(st.lists(st.sampled_from(["甲", "b", "c"]), min_size=len(ids), max_size=len(ids)))
    seed = draw_value(st.binary(min_size=32, max_size=32))
    public_part = draw_value(st.text(max_size=5).filter(lambda text: text.isprintable()))
    weights = st.lists(st.floats(1e-6, 1e6), min_size=len(ids), max_size=len(ids))
    frame = freeze_frame(ids, strata, draw_value(st.none() | weights))
    sizes = {name: draw_value(st.integers(1, count)) for name, count in frame.count_by_stratum().items()}
    drawn = draw_sample(frame, derive_key(seed, frame.digest, public_part), "p1", sizes)
    record = DrawRecord(
        plan="p1",
        commitment=commit_to_seed(seed),
        seed=seed,
        frame_text=frame.text,
        frame_digest=frame.digest,
        public_part=public_part,
        order_digest=drawn.order_digest(),
        sizes=sizes,
        taken={name: drawn.taken(name) for name in sizes},
        replacements=(),
    )
    unusable = draw_value(st.integers(0, 3))
    return replace(record, replacements=tuple(_replace_first(drawn, frame.strata[0], unusable)))


def _replace_first(drawn, stratum, times):
    """Replace the first sample, then its replacement, and so on."""
    current = drawn.taken(stratum)[0]
    for made in range(times):
        following = drawn.replacement(stratum, made)
        yield Replacement(stratum, current, following)
        if following is None:
            return
        current = following


@given(records())
def test_an_untouched_draw_verifies(record):
    verification = verify_draw(record)

    assert verification.is_sound
    assert verification.tampered == ()
    assert verification.recomputed == record.frame_text.count(b"\n") + 1


def _flip(data: bytes, at: int) -> bytes:
    at %= len(data)
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@given(records(), st.integers(0, 10_000))
def test_another_seed_or_commitment_is_named(record, at):
    for touched in (replace(record, seed=_flip(record.seed, at)), replace(record, commitment=bytes(32))):
        verification = verify_draw(touched)

        assert verification.tampered == (CheckName.commitment,)
        assert [check.state for check in verification.checks[2:]] == [CheckState.not_judged] * 3


@given(records(), st.integers(0, 10_000))
def test_any_changed_byte_of_the_frame_is_named(record, at):
    assert verify_draw(replace(record, frame_text=_flip(record.frame_text, at))).tampered == (CheckName.frame,)


@given(records(), st.integers(0, 10_000))
def test_a_conversation_removed_from_the_frame_is_named(record, at):
    lines = record.frame_text.split(b"\n")
    del lines[at % len(lines)]

    assert verify_draw(replace(record, frame_text=b"\n".join(lines))).tampered == (CheckName.frame,)


@given(records())
def test_another_order_or_public_part_is_named(record):
    assert verify_draw(replace(record, order_digest=bytes(32))).tampered == (CheckName.order,)
    assert CheckName.order in verify_draw(replace(record, public_part=record.public_part + "x")).tampered
    assert CheckName.order in verify_draw(replace(record, plan="p2")).tampered


@given(records(), st.data())
def test_a_sample_chosen_by_hand_is_named(record, data):
    stratum = data.draw(st.sampled_from(sorted(record.taken)))
    honest = tuple(record.taken[stratum])
    at = data.draw(st.integers(0, len(honest) - 1))
    foreign = data.draw(NAMES.filter(lambda name: name != honest[at]))
    for chosen in (honest[:at] + honest[at + 1 :], (*honest, foreign), (*honest[:at], foreign, *honest[at + 1 :])):
        verification = verify_draw(replace(record, taken={**record.taken, stratum: chosen}))

        assert verification.tampered == (CheckName.taken,)
        assert verification.checks[3].misfits


@given(records(), st.data())
def test_a_replacement_out_of_order_is_named(record, data):
    stratum = data.draw(st.sampled_from(sorted(record.sizes)))
    picked = Replacement(stratum, record.taken[stratum][0], "never in the frame")

    verification = verify_draw(replace(record, replacements=(picked, *record.replacements)))

    assert verification.tampered == (CheckName.replacements,)
    assert "never in the frame" in verification.checks[4].misfits


@given(records())
def test_replacing_what_was_never_taken_is_named(record):
    stray = Replacement("no stratum", "x", None)

    assert verify_draw(replace(record, replacements=(stray,))).tampered == (CheckName.replacements,)


def test_sizes_that_cannot_be_drawn_are_blamed_on_what_was_taken():
    frame = freeze_frame(["a", "b"], ["x", "x"])
    seed = bytes(32)
    drawn = draw_sample(frame, derive_key(seed, frame.digest), "p", {"x": 1})
    record = DrawRecord(
        "p", commit_to_seed(seed), seed, frame.text, frame.digest, "", drawn.order_digest(), {"x": 9}, {"x": ("a",)}, ()
    )

    assert verify_draw(record).tampered == (CheckName.taken,)


@pytest.mark.parametrize("seed", [b"", bytes(31)])
def test_a_record_without_a_proper_seed_fails_its_commitment(seed):
    frame = freeze_frame(["a"], ["x"])
    record = DrawRecord("p", bytes(32), seed, frame.text, frame.digest, "", bytes(32), {}, {}, ())

    assert verify_draw(record).tampered == (CheckName.commitment,)
