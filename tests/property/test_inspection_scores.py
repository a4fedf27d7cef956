"""What holds for every rubric and every set of answers."""

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.rubric import (
    Answer,
    Criterion,
    Criticality,
    FieldIs,
    Item,
    Kind,
    Level,
    Measure,
    Rubric,
    Section,
    State,
    Step,
    Target,
    Text,
    diff_rubrics,
    lint_rubric,
    read_rubric,
    score_inspection,
    write_json,
    write_yaml,
)

FRACTIONS = st.floats(0, 1, allow_nan=False)
WEIGHTS = st.floats(0, 100, allow_nan=False)
TEXTS = st.builds(Text, en=st.text(max_size=20), zh=st.text("您好谢谢yes:no#- \n'\"", max_size=10))


@st.composite
def criteria(draw, code):
    kind = draw(st.sampled_from(list(Kind)))
    levels, items, measure = (), (), None
    if kind in (Kind.scale, Kind.informational):
        values = draw(st.lists(FRACTIONS, min_size=2, max_size=4))
        levels = tuple(Level(code=f"l{n}", value=value, text=draw(TEXTS)) for n, value in enumerate(values))
    if kind is Kind.checklist:
        items = tuple(Item(code=f"i{n}", na_allowed=draw(st.booleans())) for n in range(draw(st.integers(1, 4))))
    if kind is Kind.measured:
        steps = (Step(up_to=30, value=1), Step(up_to=60, value=draw(FRACTIONS)), Step(value=0))
        target = draw(st.sampled_from([Target(target=30, limit=90), Target(target=5, limit=1), Target(steps=steps)]))
        measure = Measure(metric="handle_seconds", targets=(target,))
    return Criterion(
        code=code,
        kind=kind,
        title=draw(TEXTS),
        weight=0 if kind is Kind.informational else draw(WEIGHTS),
        criticality=draw(st.sampled_from(list(Criticality))),
        na_allowed=draw(st.booleans()),
        levels=levels,
        items=items,
        measure=measure,
        applies_if=draw(st.sampled_from([None, FieldIs(field="channel", values=("phone",))])),
    )


@st.composite
def rubrics(draw):
    count = draw(st.integers(1, 6))
    parts = [draw(criteria(f"c{n}")) for n in range(count)]
    at = draw(st.integers(0, count))
    sections = (Section(code="first", criteria=tuple(parts[:at])), Section(code="second", criteria=tuple(parts[at:])))
    return Rubric(code="any", title=draw(TEXTS), sections=sections)


@st.composite
def inspections(draw):
    rubric = draw(rubrics())
    answers = {}
    for criterion in rubric.criteria():
        if draw(st.booleans()):
            answers[criterion.code] = draw(possible_answers(criterion))
    facts = {
        "channel": draw(st.sampled_from(["phone", "chat"])),
        "handle_seconds": draw(st.none() | st.floats(0, 500)),
    }
    return rubric, {code: answer for code, answer in answers.items() if answer is not None}, facts


def possible_answers(criterion):
    options = [st.just(Answer(na=True))] if criterion.na_allowed else []
    if criterion.answer_levels:
        options.append(st.sampled_from([Answer(level.code) for level in criterion.answer_levels]))
    if criterion.kind is Kind.checklist:
        done = st.frozensets(st.sampled_from([item.code for item in criterion.items]))
        options.append(st.builds(Answer, done=done))
    return st.one_of(options) if options else st.none()


@given(inspections())
def test_quality_stays_between_0_and_100(given_inspection):
    result = score_inspection(*given_inspection)

    assert result.quality is None or 0 <= result.quality <= 100
    assert result.best_quality is None or result.best_quality >= (result.quality or 0) - 1e-9
    assert result.score in (result.quality, 0)


@given(inspections())
def test_sections_add_up_to_the_whole(given_inspection):
    result = score_inspection(*given_inspection)

    assert abs(sum(section.points for section in result.sections) - result.points) < 1e-9
    assert abs(sum(section.weight for section in result.sections) - result.weight) < 1e-9


@given(inspections(), st.randoms(use_true_random=False))
def test_order_of_criteria_changes_no_figure(given_inspection, random):
    rubric, answers, facts = given_inspection
    shuffled = list(rubric.criteria())
    random.shuffle(shuffled)

    before = score_inspection(rubric, answers, facts)
    after = score_inspection(Rubric(code="any", sections=(Section(code="all", criteria=shuffled),)), answers, facts)

    assert (before.quality, before.score, before.is_critical) == (after.quality, after.score, after.is_critical)


@given(inspections())
def test_full_value_everywhere_is_exactly_100(given_inspection):
    result = score_inspection(*given_inspection)

    scored = [line for line in result.criteria if line.state is State.scored]
    if result.weight and all(line.value == 1 for line in scored):
        assert result.quality == 100


@given(inspections())
def test_criterion_that_falls_away_leaves_the_rest_alone(given_inspection):
    rubric, answers, facts = given_inspection
    result = score_inspection(rubric, answers, facts)
    counting = {line.code for line in result.criteria if line.state is State.scored}

    kept = tuple(criterion for criterion in rubric.criteria() if criterion.code in counting)
    alone = score_inspection(Rubric(code="any", sections=(Section(code="all", criteria=kept),)), answers, facts)

    assert alone.quality == result.quality


@given(inspections(), st.data())
def test_not_scoreable_as_written_counts_as_if_the_criterion_were_not_there(given_inspection, data):
    rubric, answers, facts = given_inspection
    code = data.draw(st.sampled_from([criterion.code for criterion in rubric.criteria()]))

    said = score_inspection(rubric, answers | {code: Answer(unscoreable=True)}, facts)
    kept = tuple(criterion for criterion in rubric.criteria() if criterion.code != code)
    without = score_inspection(Rubric(code="any", sections=(Section(code="all", criteria=kept),)), answers, facts)

    assert said.criterion(code).state in (State.not_applicable, State.switched_off)
    assert (said.quality, said.score, said.is_critical) == (without.quality, without.score, without.is_critical)
    assert (said.points, said.weight, said.open_weight) == (without.points, without.weight, without.open_weight)


@given(inspections())
def test_answers_read_back_as_they_were_stored(given_inspection):
    _, answers, _ = given_inspection

    for answer in (*answers.values(), Answer(unscoreable=True)):
        assert Answer.from_plain(answer.to_plain()) == answer


@settings(deadline=None, max_examples=40)  # PyYAML takes its time
@given(rubrics())
def test_files_read_back_as_they_were_written(rubric):
    assert read_rubric(write_yaml(rubric)) == rubric
    assert read_rubric(write_json(rubric)) == rubric


@given(rubrics(), rubrics())
def test_diff_is_empty_exactly_when_rubrics_are_equal(one, other):
    assert diff_rubrics(one, one) == []
    assert bool(diff_rubrics(one, other)) is (one != other)


@given(rubrics())
def test_lint_takes_any_draft(rubric):
    assert isinstance(lint_rubric(rubric), list)


@given(inspections())
def test_answers_survive_storing(given_inspection):
    _, answers, _ = given_inspection

    assert {code: Answer.from_plain(answer.to_plain()) for code, answer in answers.items()} == answers
