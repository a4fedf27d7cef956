"""Tells of coaching at Lantern Home: actions in every state, tests, ratings, the case library, trainings.

Everything is told after the months were closed: what they froze stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qa_app.clock import travel
from qa_app.coaching import library, ratings, service, trainings
from qa_app.coaching.materials import add_link, add_script
from qa_app.coaching.quarters import quarter_before, quarter_of
from qa_app.coaching.ratings import QUESTIONS, NewRound
from qa_app.coaching.results import import_results
from qa_app.coaching.results_reading import ResultRow
from qa_app.coaching.service import Agreement, NewAction
from qa_app.coaching.trainings import TrainingFacts
from qa_app.demo.company import AGENTS
from qa_app.demo.months import month_after, month_start
from qa_app.models import (
    ActionSource,
    Agent,
    Answer,
    AttendanceState,
    CaseKind,
    CoachingAction,
    Evidence,
    Inspection,
    Rating,
    TrainingKind,
    User,
)
from qa_app.rubrics.queries import load_definition

__all__ = ["tell_coaching"]

LEAD, HR = "lead@example.com", "hr@example.com"
SUPERVISOR_OF = {"2": "supervisor.hotline@example.com", "3": "supervisor.chat@example.com",
                 "4": "supervisor.shop@example.com"}  # fmt: skip
IMPROVES, BELOW = "0304", "0207"
CASES = (
    (CaseKind.excellent, "投诉变成感谢", "先复述顾客的问题，再说下一步和时间，最后确认顾客满意。", "投诉，安抚"),
    (CaseKind.instructive, "A closing that was forgotten", "The matter was solved, but nobody asked whether anything "
     "else was open: the customer called again the same day.", "closing, repeat contact"),
    (CaseKind.excellent, "Says it before being asked", "The agent tells what happens next at every step; the customer "
     "never has to ask.", "progress, delivery"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told about one action: of whom, when, and how it went on."""

    number: str
    practice: str
    sentence: str
    opened: datetime
    reply: str = ""
    done: datetime | None = None
    drop: str = ""
    by_criterion: bool = True


def tell_coaching(session: Session, people: Mapping[str, User], months: Sequence[str], *, latest: datetime) -> int:
    """Tell it all, as it stood at `latest`; returns how many actions there are."""
    agents = {agent.employee_number: agent for agent in session.scalars(select(Agent))}
    told = [_open(session, people, agents, one, latest) for one in _actions(months, latest)]
    with travel(latest):
        service.measure_due(session)
    _tell_tests(session, people[HR], months, latest)
    _tell_ratings(session, people, latest)
    _tell_cases(session, people, latest)
    _tell_trainings(session, people, agents, latest)
    return len(told)


def _actions(months: Sequence[str], latest: datetime) -> tuple[_Told, ...]:
    early = month_start(months[2]) + timedelta(days=16)
    lately = latest - timedelta(days=6)
    return (
        _Told(IMPROVES, "每通会话先复述顾客的需求，再给办法。", "我先确认一下：您是想要……对吗？", early,
              reply="这周试了，顾客打断得少了。", done=early + timedelta(days=12), by_criterion=False),
        _Told(BELOW, "Listen to two calls together and write down where the customer had to ask twice.",
              "Let me tell you what I do next, and when you hear from me.", early + timedelta(days=40),
              reply="It helps to write the next step down while I speak.", done=early + timedelta(days=55)),
        _Told("0203", "Name the next step before the customer asks.", "I check this with the depot now; two minutes.",
              lately, reply="I will try it on the morning shift."),
        _Told("0302", "结束前问一句还有没有别的需要。", "除了这件事，还有别的可以帮您吗？", lately - timedelta(12)),
        _Told("0405", "Answer the question first, then explain.", "Yes, it fits. The reason is …", lately),
        _Told("0210", "Hold announced with a reason and a time.", "May I put you on hold for one minute?",
              early + timedelta(days=60), done=latest - timedelta(days=9)),
        _Told("0407", "Closing phrase.", "Is there anything else?", early + timedelta(days=70),
              drop="Everybody forgets it: it is about the process, not about one person."),
    )  # fmt: skip


def _open(
    session: Session, people: Mapping[str, User], agents: Mapping[str, Agent], told: _Told, latest: datetime
) -> CoachingAction:
    agent, coach = agents[told.number], people[SUPERVISOR_OF[told.number[1]]]
    moment = min(told.opened, latest - timedelta(hours=1))
    lost = _lost_point(session, agent, before=moment) if told.by_criterion else None
    with travel(moment):
        agreed = Agreement(coach, service.proposed_due_day(session), told.practice, told.sentence)
        if lost is None:
            new = NewAction(agent, ActionSource.trend, "QA score", agreed, title_zh="质检得分")
        else:
            new = _about(session, agent, lost, agreed)
        action = service.open_action(session, coach, new)
        add_script(session, coach, action, words=told.sentence)
        add_link(session, coach, action, title="Service handbook, chapter 4", url="https://handbook.example.com/4")
    if told.reply:
        with travel(min(moment + timedelta(days=2), latest)):
            service.reply_to_action(session, people[f"agent{told.number}@example.com"], action, text=told.reply)
    if told.done is not None:
        with travel(min(told.done, latest)):
            service.finish_action(session, coach, action, result="Practised together, twice.")
    if told.drop:
        with travel(min(moment + timedelta(days=3), latest)):
            service.drop_action(session, coach, action, reason=told.drop)
    return action


def _lost_point(session: Session, agent: Agent, *, before: datetime) -> Answer | None:
    """The costliest answer of the agent's random inspections until then, with words to quote if there are any."""
    return session.scalars(
        select(Answer)
        .join(Inspection, Inspection.id == Answer.inspection_id)
        .where(
            Inspection.agent_id == agent.id, Inspection.submitted_at < before, Inspection.is_random,
            Answer.lost_points > 0,
        )
        .order_by(Answer.lost_points.desc(), Inspection.submitted_at.desc(), Answer.criterion)
        .limit(1)
    ).first()  # fmt: skip


def _about(session: Session, agent: Agent, lost: Answer, agreed: Agreement) -> NewAction:
    rubric = load_definition(lost.inspection.rubric_version)
    criterion = rubric.criterion(lost.criterion)
    assert criterion is not None  # the answer was given to it
    places = select(Evidence.id).where(
        Evidence.inspection_id == lost.inspection_id, Evidence.criterion == lost.criterion, Evidence.quote != ""
    )
    return NewAction(
        agent=agent,
        source=ActionSource.lost_point,
        title=criterion.title.en,
        title_zh=criterion.title.zh,
        agreement=agreed,
        criterion=f"{rubric.code}.{lost.criterion}",
        inspection_id=lost.inspection_id,
        evidence_ids=session.scalars(places.order_by(Evidence.id).limit(2)).all(),
    )


def _tell_tests(session: Session, hr: User, months: Sequence[str], latest: datetime) -> None:
    """Results of the two quarters before the running one; good agents know more, but not by much."""
    newest = quarter_before(quarter_of(month_after(months[-1])))
    rows: list[ResultRow] = []
    for quarter in (quarter_before(newest), newest):
        for place, agent in enumerate(AGENTS):
            know = min(100, round(52 + 0.4 * agent.quality + (place * 7 + int(quarter[-1]) * 5) % 13))
            values = {"employee_number": agent.number, "quarter": quarter, "written": str(know),
                      "practical": str(max(40, know - (place * 5) % 17))}  # fmt: skip
            rows.append(ResultRow(len(rows) + 2, values))
    with travel(latest):
        import_results(session, hr, rows, file="tests.xlsx")


def _tell_ratings(session: Session, people: Mapping[str, User], latest: datetime) -> None:
    """One round that is closed and answered by most, one that is open and waits."""
    day = latest.date()
    past, soon = day - timedelta(days=20), day + timedelta(days=9)
    with travel(latest - timedelta(days=19)):
        closed = ratings.open_round(session, people[HR], _round("Last round 上一轮", past, past + timedelta(days=10)))
        users = {user.id: user for user in people.values()}
        waiting = session.scalars(select(Rating).where(Rating.round_id == closed.id).order_by(Rating.id)).all()
        for place, rating in enumerate(waiting):
            if place % 6 == 5:
                continue  # some never answer
            answers = {question: 3 + (place + number) % 3 for number, question in enumerate(QUESTIONS)}
            ratings.send_rating(session, users[rating.rater_id], rating, answers=answers)
    with travel(latest):
        ratings.open_round(session, people[HR], _round("This round 本轮", day, soon))


def _round(name: str, opens_on: date, closes_on: date) -> NewRound:
    month = f"{opens_on:%Y-%m}"
    return NewRound(name, month, month, opens_on, closes_on, peers_each=4)


def _tell_cases(session: Session, people: Mapping[str, User], latest: datetime) -> None:
    """Three cases: two with the lead's consent, one that waits for it."""
    found = session.scalars(
        select(Inspection)
        .where(Inspection.submitted_at.is_not(None), Inspection.content.is_not(None), Inspection.score >= 90)
        .order_by(Inspection.submitted_at.desc(), Inspection.id)
        .limit(len(CASES))
    ).all()
    for place, (inspection, (kind, title, lesson, tags)) in enumerate(zip(found, CASES, strict=False)):
        with travel(latest - timedelta(days=3 - place)):
            facts = library.CaseFacts(kind, title, lesson, library.read_tags(tags))
            case = library.propose_case(session, inspection.inspector, inspection, facts)
            if place < 2:
                library.accept_case(session, people[LEAD], case)


def _tell_trainings(
    session: Session, people: Mapping[str, User], agents: Mapping[str, Agent], latest: datetime
) -> None:
    """A monthly training that was held, and one for new hires that is to come."""
    lead = people[LEAD]
    team = [agents[agent.number] for agent in AGENTS if agent.team == "chat"]
    with travel(latest - timedelta(days=16)):
        held = trainings.keep_training(
            session, lead,
            TrainingFacts(TrainingKind.monthly, "退款新规则 New rules for refunds", latest - timedelta(days=12),
                          "沈一诺", "Room 3", "https://handbook.example.com/refunds", "Bring one case of your own."),
        )  # fmt: skip
        trainings.invite_agents(session, lead, held, team)
    with travel(latest - timedelta(days=11)):
        kept = (AttendanceState.present, AttendanceState.present, AttendanceState.present, AttendanceState.excused,
                AttendanceState.absent)  # fmt: skip
        states = {agent.id: kept[place % len(kept)] for place, agent in enumerate(team)}
        trainings.note_attendance(session, lead, held, states)
    with travel(latest):
        soon = trainings.keep_training(
            session, lead,
            TrainingFacts(TrainingKind.new_hire, "First week on the phone", latest + timedelta(days=5), "Jonas Ekholm"),
        )  # fmt: skip
        trainings.invite_agents(session, lead, soon, [agents["0214"], agents["0213"]])
