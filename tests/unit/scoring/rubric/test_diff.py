"""What a comparison of two versions says, and what it does not."""

import msgspec
import pytest

from scoring.rubric import Criterion, Kind, Level, Rubric, Section, Text, diff_rubrics


def criterion(code, **parts):
    return Criterion(code=code, kind=parts.pop("kind", Kind.yes_no), title=Text(en=code), **parts)


def rubric(*criteria, **parts):
    return Rubric(code="r", sections=(Section(code="s", criteria=criteria),), **parts)


def changes(old, new):
    return [(change.code, change.place.criterion, change.before, change.after) for change in diff_rubrics(old, new)]


A, B, C = criterion("a", weight=8), criterion("b"), criterion("c")


def test_changed_weight_names_both():
    assert changes(rubric(A), rubric(msgspec.structs.replace(A, weight=10))) == [("weight_changed", "a", 8, 10)]


def test_reworded_title_is_not_removed_and_added():
    reworded = msgspec.structs.replace(A, title=Text(en="anew"))

    assert changes(rubric(A), rubric(reworded)) == [("title_reworded", "a", Text(en="a"), Text(en="anew"))]


def test_added_and_removed_criteria_carry_their_numbers():
    found = diff_rubrics(rubric(A, B), rubric(A, C))

    assert [(change.code, change.number) for change in found] == [("criterion_added", 2), ("criterion_removed", 2)]


def test_only_the_moved_criterion_is_moved():
    assert changes(rubric(A, B, C), rubric(C, A, B)) == [("criterion_moved", "c", 3, 1)]


def test_insertion_moves_nobody():
    assert [code for code, *_ in changes(rubric(A, C), rubric(A, B, C))] == ["criterion_added"]


def test_criterion_in_another_section_is_rehomed():
    first, second = Section(code="s", title=Text(en="S")), Section(code="t", title=Text(en="T"))
    old = Rubric(code="r", sections=(msgspec.structs.replace(first, criteria=(A,)), second))
    new = Rubric(code="r", sections=(first, msgspec.structs.replace(second, criteria=(A,))))

    assert changes(old, new) == [("criterion_rehomed", "a", Text(en="S"), Text(en="T"))]


@pytest.mark.parametrize(
    ("level", "found"),
    [
        (Level(code="met", value=0.9), "level_value_changed"),
        (Level(code="met", value=1, text=Text(en="Fully")), "level_reworded"),
        (Level(code="met", value=1, fatal=True), "level_fatal_changed"),
    ],
)
def test_levels_are_compared_one_by_one(level, found):
    old = criterion("a", kind=Kind.scale, levels=(Level(code="met", value=1),))
    new = msgspec.structs.replace(old, levels=(level,))

    assert [code for code, *_ in changes(rubric(old), rubric(new))] == [found]


def test_reordered_levels_are_one_change():
    levels = (Level(code="met", value=1), Level(code="partly", value=0.5), Level(code="not_met", value=0))
    old = criterion("a", kind=Kind.scale, levels=levels)
    new = msgspec.structs.replace(old, levels=levels[::-1])

    assert [code for code, *_ in changes(rubric(old), rubric(new))] == ["levels_reordered"]
