"""Learned scores on real chats (`star_chat`): the customers' answers and the scripted share, out of sample.

What is asserted is what the bench prints with room below: it must not get worse unnoticed. The whole table, with the
customers' word on manner and with agents not seen, is `python -m bench.star_chat_screening`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.chats import Chat, read_chats
from scoring.screening.figures import judge_event, judge_level
from scoring.screening.model import train_model
from scoring.screening.targets import RESOLVED, SCRIPTED


@pytest.fixture(scope="module")
def chats(data_dir: Path) -> list[Chat]:
    return sorted(read_chats("star_chat", data_dir), key=lambda chat: chat.name)


def test_whether_it_was_solved_is_predicted_for_chats_not_seen(chats: list[Chat]) -> None:
    known = [chat for chat in chats if chat.resolved is not None]
    answers = np.array([float(chat.resolved) for chat in known])
    transcripts = [chat.transcript() for chat in known]

    predicted = train_model(transcripts, {RESOLVED: answers}).score(transcripts).values["resolved"]

    figures = judge_event(answers, predicted)
    assert len(known) == 1_917  # 1,919 chats have the answer, two of them no reply
    assert figures.auc.lower > 0.92
    assert figures.brier < 0.5 * figures.baseline_brier
    assert figures.bias.lower < 0 < figures.bias.upper


def test_the_scripted_share_is_predicted_for_agents_not_seen(chats: list[Chat]) -> None:
    agents = sorted({chat.agent for chat in chats})
    learned_from = set(agents[::2])
    seen, unseen = ([c for c in chats if (c.agent in learned_from) is known][:900] for known in (True, False))

    model = train_model(
        [chat.transcript() for chat in seen], {SCRIPTED: np.array([chat.given["scripted_share"] for chat in seen])}
    )
    predicted = model.score([chat.transcript() for chat in unseen]).values["scripted"]

    shares = np.array([chat.given["scripted_share"] for chat in unseen])
    figures = judge_level(shares, predicted, np.unique([c.agent for c in unseen], return_inverse=True)[1], seed="t")
    assert figures.explained.lower > 0.4
    assert figures.within.lower > 0.6
