"""Invents the conversations of a month as import records, each with the faults planted in it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from qa_app.conversations.importers.record import (
    Channel,
    ConversationRecord,
    MessageRecord,
    Speaker,
    SurveyRecord,
    TurnRecord,
)
from qa_app.demo.company import AGENTS, DemoAgent
from qa_app.demo.faults import Fault, choose_faults
from qa_app.demo.texts import LONG_STORY, PRODUCTS, SURVEY_WORDS, TOPICS, WORDS, Topic

__all__ = ["SOURCE", "Invented", "invent_month", "planted_quality"]

SOURCE = "lantern"
WITHIN_SD = 12.0
CRITICAL_SHARE = 0.02
SURVEY_SHARE = 0.30
ABANDONED_SHARE = 0.03
VOLUME_SHARE = 0.85
CRITICAL = ("identity_privacy", "correct_information")


@dataclass(slots=True)
class Invented:
    """A record with its faults, its critical error, and the turn (from 0) in which each step was said."""

    record: ConversationRecord
    agent: DemoAgent
    language: str
    faults: tuple[Fault, ...] = ()
    critical: str | None = None
    steps: dict[str, int] = field(default_factory=dict)


class _Talk:
    """Builds the turns of one conversation, remembering where each step stands."""

    def __init__(self, random: Random, language: str, slots: dict[str, str]) -> None:
        self.random, self.language, self.slots = random, language, slots
        self.turns: list[tuple[Speaker, str, float]] = []
        self.steps: dict[str, int] = {}

    def say(self, speaker: Speaker, texts: tuple[str, ...], gap: tuple[float, float], step: str = "") -> None:
        """Add a turn after a pause drawn between the two seconds."""
        if not texts:
            return
        if step:
            self.steps[step] = len(self.turns)
        text = self.random.choice(texts).format(**self.slots)
        self.turns.append((speaker, text, self.random.uniform(*gap)))

    def agent(self, step: str, *, poor: bool, gap: tuple[float, float] = (8, 28)) -> None:
        """Let the agent take a step, well or poorly; a step without a good wording is simply not taken."""
        wording = WORDS[step]
        self.say("agent", (wording.poor if poor else wording.good)[self.language], gap, step)

    def customer(self, step: str, *, poor: bool = False, gap: tuple[float, float] = (10, 40)) -> None:
        """Let the customer say something."""
        wording = WORDS[step]
        self.say("customer", (wording.poor if poor else wording.good)[self.language], gap)


def invent_month(month: str, seed: int, *, age: int, until: datetime | None = None) -> Iterator[Invented]:
    """Yield every conversation of a month in order of agent.

    `age` counts the months since the story began: improving agents gain with it. A running month ends at `until`.
    """
    year, number = (int(part) for part in month.split("-"))
    for agent in AGENTS:
        random = Random(f"{seed}:{month}:{agent.number}")  # noqa: S311 (invented data, repeatable on purpose)
        count = max(3, round(agent.volume * VOLUME_SHARE * random.uniform(0.9, 1.1)))
        for index in range(count):
            made = _invent(random, agent, f"{month}-{agent.number}-{index:03d}", year, number, age)
            if until is None or (made.record.opened_at or until) < until:
                yield made


def planted_quality(agent: DemoAgent, age: int) -> float:
    """Return the quality planted for a month: improving agents gain each month."""
    return min(96.0, agent.quality + agent.monthly_gain * age)


def _moment(random: Random, year: int, month: int) -> datetime:
    day = random.randint(1, monthrange(year, month)[1])
    second = int(random.triangular(8 * 3600, 19 * 3600, 11 * 3600))
    # Working hours of Shanghai, the demo's zone, as UTC.
    return datetime(year, month, day, tzinfo=UTC) + timedelta(seconds=second - 8 * 3600)


def _invent(random: Random, agent: DemoAgent, key: str, year: int, month: int, age: int) -> Invented:
    language = "zh" if any("一" <= char <= "鿿" for char in agent.name) or random.random() < 0.3 else "en"
    topic: Topic = random.choices(TOPICS, weights=(8, 4, 5, 3, 4, 3, 3))[0]
    own: dict[str, Channel] = {"hotline": "phone", "chat": "chat"}
    channel: Channel = own.get(agent.team) or ("email" if random.random() < 0.25 else "chat")
    opened = _moment(random, year, month)
    record = ConversationRecord(
        source=SOURCE, external_id=key, channel=channel, agent_id=agent.number, agent_name=agent.name,
        customer_id=f"C{random.randint(1, 6000):05d}",
        customer_type=random.choices(("new", "returning", "VIP"), (4, 5, 1))[0],
        topic=topic.code.replace("_", " ").capitalize(),
        need_type=topic.need_type, priority=topic.priority, opened_at=opened,
    )  # fmt: skip
    if random.random() < ABANDONED_SHARE:
        record.answered, record.resolved, record.messages = False, False, _unanswered(random, topic, language, opened)
        record.wait_seconds = random.uniform(30, 240)
        return Invented(record, agent, language)
    loss = max(0.0, 100.0 - random.gauss(planted_quality(agent, age), WITHIN_SD))
    faults = choose_faults(random, agent.team, loss)
    critical = random.choice(CRITICAL) if random.random() < CRITICAL_SHARE else None
    made = Invented(record, agent, language, faults, critical)
    _talk_through(random, made, topic, opened)
    return made


def _unanswered(random: Random, topic: Topic, language: str, opened: datetime) -> list[MessageRecord]:
    text = random.choice(topic.opening[language]).format(product=random.choice(PRODUCTS[language]))
    return [MessageRecord(speaker="customer", text=text, sequence=1, sent_at=opened)]


def _talk_through(random: Random, made: Invented, topic: Topic, opened: datetime) -> None:
    language, agent = made.language, made.agent
    slots = {
        "agent": agent.name,
        "product": random.choice(PRODUCTS[language]),
        "order": f"{random.randint(10_000_000, 99_999_999)}",
        "phone": f"138{random.randint(10_000_000, 99_999_999)}",
    }  # fmt: skip
    talk = _Talk(random, language, slots)
    _script(talk, made, topic, quick=made.record.channel != "email")
    made.steps = talk.steps
    if made.record.channel == "phone":
        closed_at = _as_call(random, made, talk, opened)
    else:
        closed_at = _as_messages(random, made, talk, opened)
    _rate(random, made, slots, closed_at)


def _script(talk: _Talk, made: Invented, topic: Topic, *, quick: bool) -> None:
    """Say everything in order; a fault turns its step poor or adds the sentence that shows it."""
    failed = {fault.criterion for fault in made.faults}
    story = (LONG_STORY[talk.language],) if talk.random.random() < 0.01 else topic.opening[talk.language]
    talk.say("customer", story, (0, 0))
    first = (6, 28) if quick else (600, 30_000)
    talk.agent("greeting", poor="greeting" in failed, gap=first)
    talk.agent("need_confirmed", poor=bool(failed & {"need_confirmed", "order_identified"}), gap=(2, 6))
    talk.customer("customer_number")
    talk.agent("progress", poor="progress_told" in failed)
    if "progress_told" in failed:
        talk.customer("customer_waits", gap=(150, 240))
    talk.agent("empathy", poor="empathy" in failed)
    for step in ("polite_forms", "patience", "ownership", "clear_complete"):
        if failed & ({step} if step != "clear_complete" else {step, "product_facts", "after_sales_rule"}):
            talk.agent(step, poor=True)
    if made.critical:
        talk.agent(made.critical, poor=True)
    talk.say(
        "agent",
        WORDS["solved"].poor[talk.language] if "solved" in failed else topic.answer[talk.language],
        (20, 70),
        "solved",
    )
    talk.customer("customer_content", poor="solved" in failed or "ownership" in failed)
    talk.agent("follow_up", poor="follow_up" in failed)
    talk.agent("closing", poor="closing" in failed, gap=(3, 9))
    talk.customer("customer_goodbye")


def _as_messages(random: Random, made: Invented, talk: _Talk, opened: datetime) -> datetime:
    at, messages = opened, []
    for number, (speaker, text, gap) in enumerate(talk.turns, 1):
        at += timedelta(seconds=round(gap))
        scripted = speaker == "agent" and random.random() < 0.35
        messages.append(MessageRecord(speaker=speaker, text=text, sequence=number, sent_at=at, scripted=scripted))
    record = made.record
    record.messages = messages
    record.resolved = not any(fault.criterion == "solved" for fault in made.faults)
    record.resolved_at = at if record.resolved else None
    record.closed_at = at
    record.reopen_count = int(random.random() < 0.04)
    return at


def _as_call(random: Random, made: Invented, talk: _Talk, opened: datetime) -> datetime:
    """Turn the talk into speech: pauses are short, each turn lasts as long as its words."""
    at, turns = 0.8, []
    for speaker, text, gap in talk.turns:
        start = at + (min(gap, 4.0) if gap < 100 else 9.0) * 0.3
        length = max(0.8, len(text) / (5.5 if made.language == "zh" else 17.0))
        end = round(start + length, 2)
        turns.append(TurnRecord(speaker=speaker, text=text, start_seconds=round(start, 2), end_seconds=end))
        at = start + length
    record = made.record
    record.transcript = turns
    record.answered = True
    wait = round(random.lognormvariate(2.2, 0.5), 1)
    hold = round(random.uniform(10, 400), 1) if random.random() < 0.3 else 0.0
    talk_seconds, wrap_up = round(at + 1.5, 1), round(random.lognormvariate(4.2, 0.6), 1)
    record.wait_seconds = record.first_response_seconds = wait
    record.talk_seconds, record.hold_seconds, record.wrap_up_seconds = talk_seconds, hold, wrap_up
    record.handle_seconds = round(talk_seconds + hold + wrap_up, 1)
    record.resolved = not any(fault.criterion == "solved" for fault in made.faults)
    closed_at = opened + timedelta(seconds=wait + talk_seconds + hold)
    record.closed_at = closed_at
    record.resolved_at = closed_at if record.resolved else None
    return closed_at


def _rate(random: Random, made: Invented, slots: dict[str, str], closed_at: datetime) -> None:
    """Ask twice as many customers as answer; what they say follows what they lived through."""
    if random.random() > 2 * SURVEY_SHARE:
        return
    question = "How satisfied are you?" if made.language == "en" else "您对本次服务满意吗？"
    survey = SurveyRecord(metric="csat", scale="stars", question=question)
    made.record.surveys = [survey]
    if random.random() < 0.5:
        return
    lost = sum(fault.points for fault in made.faults) + (25 if made.critical else 0)
    stars = max(1, min(5, round(random.gauss(5.1 - lost / 24, 0.6))))
    survey.score, survey.answered_at = float(stars), closed_at
    if stars in SURVEY_WORDS[made.language] and random.random() < 0.25:
        survey.comment = SURVEY_WORDS[made.language][stars].format(**slots)
