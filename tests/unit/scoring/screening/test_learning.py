"""The learned score: cross-fitted to the letter, calibrated, repeatable, kept in a file that cannot run."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from scoring.errors import CountError, InputError, ScreeningFileError
from scoring.screening.figures import judge_event, judge_level
from scoring.screening.files import read_model, write_model
from scoring.screening.folds import assign_folds
from scoring.screening.learn import UNSEEN
from scoring.screening.model import digest_training_set, train_model
from scoring.screening.targets import CRITICAL, QUALITY, SCRIPTED
from tests.unit.scoring.screening.invented import invent_centre


@pytest.fixture(scope="module")
def centre():
    return invent_centre(600)


@pytest.fixture(scope="module")
def model(centre):
    transcripts, scores = centre
    return train_model(transcripts[:400], {QUALITY: scores[:400]}, also=transcripts[400:])


def test_it_predicts_what_it_has_not_seen_and_is_calibrated(centre, model) -> None:
    transcripts, scores = centre

    unseen = model.score(transcripts[400:])
    figures = judge_level(scores[400:], unseen.values["quality"], np.zeros(200, dtype=int), seed="t")

    # 8 points of tone beside 8 of noise and 4 of agent: nothing could correlate better than about 0.67.
    assert figures.correlation.value > 0.5
    assert figures.slope.lower < 1 < figures.slope.upper
    assert abs(figures.bias.value) < 2.5


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_learns_in_both_languages(language: str) -> None:
    transcripts, scores = invent_centre(300, language=language)

    scored = train_model(transcripts, {QUALITY: scores}).score(transcripts)

    assert np.corrcoef(scored.values["quality"], scores)[0, 1] > 0.45


def test_no_conversation_is_predicted_with_its_own_score(centre, model) -> None:
    transcripts, scores = centre
    fold = assign_folds([one.id for one in transcripts[:400]])
    mine = fold == fold[0]
    other = scores[:400].copy()
    other[mine] = 100 - other[mine]  # its whole tenth is scored the other way round

    again = train_model(transcripts[:400], {QUALITY: other}, also=transcripts[400:])

    before, after = (one.score(transcripts[:400]).values["quality"] for one in (model, again))
    assert np.array_equal(before[mine], after[mine])
    assert not np.array_equal(before[~mine], after[~mine])


def test_a_scored_one_has_its_fold_the_others_the_mean_of_ten(centre, model) -> None:
    transcripts, _ = centre

    scored = model.score(transcripts)

    assert (scored.folds[:400] == assign_folds([one.id for one in transcripts[:400]])).all()
    assert (scored.folds[400:] == UNSEEN).all()


def test_the_same_training_gives_the_same_bytes_in_any_order(centre, model) -> None:
    transcripts, scores = centre
    shuffled = np.random.default_rng(3).permutation(400)

    again = train_model(
        [transcripts[place] for place in shuffled], {QUALITY: scores[:400][shuffled]}, also=transcripts[:399:-1]
    )

    assert write_model(again) == write_model(model)


def test_a_score_does_not_depend_on_the_batch(centre, model) -> None:
    transcripts, _ = centre
    together = model.score(transcripts).values["quality"]

    alone = [model.score([one]).values["quality"][0] for one in transcripts[::50]]

    assert alone == together[::50].tolist()


def test_a_file_read_back_scores_the_same(centre, model) -> None:
    transcripts, _ = centre
    content = write_model(model)

    read = read_model(content)

    assert write_model(read) == content
    for one in ([transcripts[3]], transcripts[500:], []):
        assert read.score(one).values["quality"].tolist() == model.score(one).values["quality"].tolist()


def test_a_file_holds_plain_arrays_and_nothing_that_runs(model) -> None:
    with zipfile.ZipFile(io.BytesIO(write_model(model))) as pack:
        names = pack.namelist()
        for name in names[1:]:
            np.lib.format.read_array(io.BytesIO(pack.read(name)), allow_pickle=False)

    assert names[0] == "model.json"


def test_files_that_are_no_models_are_refused(model) -> None:
    content = write_model(model)
    poisoned = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as pack, zipfile.ZipFile(poisoned, "w") as target:
        for name in pack.namelist():
            part = pack.read(name)
            if name == "weights_quality.npy":
                packed = io.BytesIO()
                np.lib.format.write_array(packed, np.array([object()]), allow_pickle=True)
                part = packed.getvalue()
            target.writestr(name, part)

    for bad in (b"", b"PK", content[:-200], poisoned.getvalue(), content.replace(b"model.json", b"other.json")):
        with pytest.raises(ScreeningFileError):
            read_model(bad)


def test_too_few_scores_are_not_learned_from(centre) -> None:
    transcripts, scores = centre

    with pytest.raises(CountError, match="99"):
        train_model(transcripts[:99], {QUALITY: scores[:99]})


@pytest.mark.parametrize("bad", [101.0, -1.0])
def test_scores_off_the_scale_are_refused(centre, bad: float) -> None:
    transcripts, scores = centre
    wrong = scores[:200].copy()
    wrong[7] = bad

    with pytest.raises(InputError, match=r"labels\[7\]"):
        train_model(transcripts[:200], {QUALITY: wrong})


def test_noise_alone_is_predicted_by_the_mean(centre) -> None:
    transcripts, _ = centre
    noise = np.random.default_rng(5).uniform(60, 100, 300)

    predicted = train_model(transcripts[:300], {QUALITY: noise}).score(transcripts).values["quality"]

    assert predicted.std() < 4  # the noise itself has 11.5
    assert predicted.mean() == pytest.approx(noise.mean(), abs=1.5)


def test_rare_events_are_known_by_their_rate_alone(centre) -> None:
    transcripts, scores = centre
    events = np.zeros(600)
    events[:6] = 1

    model = train_model(transcripts, {QUALITY: scores, CRITICAL: events})

    critical = next(one for one in model.scores if one.target is CRITICAL)
    assert not critical.is_informed
    assert model.score(transcripts).values["critical"] == pytest.approx(0.01, abs=0.004)


def test_frequent_events_get_probabilities_that_hold() -> None:
    transcripts, scores = invent_centre(1200, noise=4.0)
    events = (scores < 75).astype(float)

    model = train_model(transcripts[:800], {CRITICAL: events[:800]})
    figures = judge_event(events[800:], model.score(transcripts[800:]).values["critical"])

    assert figures.auc.lower > 0.75
    assert figures.brier < 0.8 * figures.baseline_brier
    assert figures.bias.lower < 0 < figures.bias.upper


def test_what_is_to_be_predicted_is_no_feature(centre) -> None:
    transcripts, _ = centre
    share = np.array([one.given["scripted_share"] for one in transcripts])

    model = train_model(transcripts, {SCRIPTED: share})

    # The share is random here, so nothing but itself could predict it.
    assert "scripted_share" not in model.features.scale.names
    assert abs(np.corrcoef(model.score(transcripts).values["scripted"], share)[0, 1]) < 0.3


def test_the_digest_names_the_training_set() -> None:
    ids = ["b", "a"]
    labels = {QUALITY: np.array([80.0, np.nan]), CRITICAL: np.array([0.0, 1.0])}

    digest = digest_training_set(ids, labels)

    turned = {target: column[::-1] for target, column in labels.items()}
    assert digest == digest_training_set(ids[::-1], turned)
    assert digest != digest_training_set(ids, {**labels, CRITICAL: np.array([0.0, 0.0])})
