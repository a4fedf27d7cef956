"""Samples in an inspector's queue: the chat and the rubric of the design pictures, and small ones for rules."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from qa_app.inspections import service
from qa_app.models import (
    Assignment,
    Conversation,
    Inspection,
    RoleName,
    RubricVersion,
    Sample,
    SampleState,
    User,
)
from scoring.rubric import (
    Comparison,
    Criterion,
    Criticality,
    FieldIs,
    Guidance,
    Item,
    Kind,
    Level,
    Measure,
    Rubric,
    Section,
    Target,
    Text,
)
from tests.factories.conversations import OPENED_AT, create_chat
from tests.factories.people import create_agent, create_team, create_user
from tests.factories.rubrics import create_published

__all__ = [
    "LAMP_CHAT",
    "answer",
    "create_assignment",
    "create_lamp_sample",
    "create_open_inspection",
    "rule_rubric",
    "service_rubric",
]

LAMP_CHAT = (
    ("customer", 0, "Hi, my floor lamp was supposed to arrive on Saturday. Tracking hasn’t moved for four days."),
    ("agent", 23, "Hello, this is Tobias from Lantern Home. I’m sorry about the wait. May I have the order number?"),
    ("customer", 47, "LH-2026-71, my phone is 13812345678. It’s a birthday present 🎁 for Thursday, so I’m nervous."),
    ("agent", 80, "Thank you. Please wait a moment, I will check with the carrier at once."),
    ("customer", 276, "Are you still there?"),
    ("agent", 294, "Yes, sorry for the silence. The parcel missed a scan at the depot on Friday; it isn’t lost."),
    ("customer", 329, "So will it be here by Thursday or not?"),
    ("agent", 361, "That’s the logistics department’s mistake, not ours. They usually need two to three working days."),
    ("customer", 399, "That’s not much help. I need it by Thursday."),
    (
        "agent",
        445,
        "I understand it is a present and that Thursday matters. I can send a second lamp by express today; "
        "it arrives on Wednesday before 18:00, and you simply refuse the late parcel. Would that work?",
    ),
    ("customer", 471, "Oh, yes, that would be perfect. Thank you!"),
    (
        "agent",
        510,
        "Done: express order LH-2026-02, Wednesday 09:00–18:00. The tracking link follows within the hour. "
        "Is there anything else I can do for you?",
    ),
    ("customer", 549, "No, that’s all. Great help in the end!"),
)


def _text(en: str, zh: str) -> Text:
    return Text(en=en, zh=zh)


def _yes_no(code: str, en: str, zh: str, weight: float, **more: object) -> Criterion:
    return Criterion(code=code, kind=Kind.yes_no, weight=weight, title=_text(en, zh), **more)


def _scale(code: str, en: str, zh: str, weight: float, **more: object) -> Criterion:
    levels = (
        Level(code="fully", value=1.0, text=_text("Fully", "完全")),
        Level(code="partly", value=0.5, text=_text("Partly", "部分")),
        Level(code="no", value=0.0, text=_text("No", "未做到")),
    )
    return Criterion(code=code, kind=Kind.scale, weight=weight, title=_text(en, zh), levels=levels, **more)


def _measured(code: str, en: str, zh: str, weight: float, metric: str, target: float, limit: float) -> Criterion:
    measure = Measure(metric=metric, targets=(Target(target=target, limit=limit),))
    return Criterion(code=code, kind=Kind.measured, weight=weight, title=_text(en, zh), measure=measure)


BLAMING = Guidance(
    text=_text("Who is at fault inside the company does not matter to the customer.", "内部责任与客户无关。"),
    good=_text(
        "“I’ll ask our depot and tell you by three.” Speaks as one company.", "“我马上向仓库核实，三点前回复您。”"
    ),
    bad=_text("“That’s logistics, not us.” The customer is left with the fault.", "“这是物流的问题，不归我们管。”"),
)


def service_rubric() -> Rubric:
    """Return the thirteen criteria of the design picture, with one that applies only after a hold."""
    hold = FieldIs(field="hold_seconds", comparison=Comparison.above, values=(0,))
    opening = (
        _yes_no("greeting", "Greeting and self-introduction", "开场白与自报工号", 5),
        _scale("need", "Need confirmed in own words", "复述并确认需求", 10),
        _yes_no("identity", "Identity check", "核实身份", 0, criticality=Criticality.compliance, na_allowed=True),
    )
    handling = (
        _yes_no(
            "correct", "Correct information", "信息准确", 15, criticality=Criticality.customer, evidence_required=True
        ),
        _scale("complete", "Complete answer", "解答完整", 15),
        _scale("empathy", "Empathy and soothing", "同理与安抚", 10, evidence_required=True),
        _scale("progress", "Progress told before being asked", "主动告知处理进度", 10),
        _yes_no("hold", "Hold announced", "等待前告知", 0, applies_if=hold),
    )
    language = (
        _yes_no("polite", "Polite forms, no forbidden words", "礼貌用语，无禁语", 8),
        _yes_no(
            "blaming", "No blaming of another department", "不推诿其他部门", 7, evidence_required=True, guidance=BLAMING
        ),
    )
    closing = (
        _yes_no("closing", "Closing phrase, further help offered", "结束语，询问其他需要", 5),
        _yes_no("confirmed", "Resolution confirmed by the customer", "客户确认已解决", 5, na_allowed=True),
    )
    measured = (
        _measured(
            "first_response", "First response within 30 s", "30 秒内首次响应", 5, "first_response_seconds", 30, 90
        ),
        _measured("replies", "Every reply within 60 s", "每次回复不超过 60 秒", 5, "response_gap_seconds_max", 60, 180),
    )
    sections = (
        ("opening", "Opening and need", "一、开场与需求", opening),
        ("handling", "Handling", "二、处理", handling),
        ("language", "Language", "三、用语", language),
        ("ending", "Closing", "四、结束", closing),
        ("measured", "Measured from the log", "五、由系统测得", measured),
    )
    return Rubric(
        code="chat_service",
        title=_text("Chat service", "在线服务评分表"),
        channels=("chat",),
        sections=tuple(
            Section(code=code, title=_text(en, zh), criteria=criteria) for code, en, zh, criteria in sections
        ),
    )


def rule_rubric() -> Rubric:
    """Return four criteria that between them ask every rule of submitting."""
    items = tuple(Item(code=code, text=_text(code, code), na_allowed=True) for code in ("name", "number"))
    criteria = (
        _yes_no("greeting", "Greeting", "问候", 40, na_allowed=True, evidence_required=True),
        Criterion(
            code="facts", kind=Kind.checklist, weight=40, title=_text("Facts", "要点"), items=items, na_allowed=True
        ),
        _yes_no("privacy", "Privacy kept", "保护隐私", 0, criticality=Criticality.compliance, na_allowed=True),
        _measured("first_response", "First response", "首次响应", 20, "first_response_seconds", 30, 90),
    )
    section = Section(code="all", title=_text("All", "全部"), criteria=criteria)
    return Rubric(code="rules", title=_text("Rules", "规则"), channels=("chat",), sections=(section,))


def create_assignment(
    session: Session,
    inspector: User,
    version: RubricVersion,
    conversation: Conversation,
    *,
    sample: Sample | None = None,
    due_at: datetime | None = None,
) -> Assignment:
    """Return an open assignment of a random-looking sample (without a draw: a targeted one)."""
    if sample is None:
        sample = Sample(
            conversation=conversation,
            agent_id=conversation.agent_id,
            rubric_version_id=version.id,
            state=SampleState.assigned,
            targeted_reason="test",
            created_at=OPENED_AT,
        )
        session.add(sample)
    assignment = Assignment(sample=sample, inspector_id=inspector.id, assigned_at=OPENED_AT, due_at=due_at)
    session.add(assignment)
    session.flush()
    return assignment


def create_lamp_sample(
    session: Session, inspector: User, version: RubricVersion, *, name: str = "Tobias Renn", **values: object
) -> Assignment:
    """Return the chat about the floor lamp, waiting for an inspector of another team."""
    agent = create_agent(session, name, team=create_team(session, "Chat 1"))
    opened_at = datetime(2026, 10, 12, 14, 2, 11, tzinfo=UTC)
    values = {"topic": "Delivery delayed", "customer_type": "returning", "opened_at": opened_at, **values}
    return create_assignment(session, inspector, version, create_chat(session, agent, LAMP_CHAT, **values))


def create_open_inspection(session: Session, *, rubric: Rubric | None = None) -> tuple[User, Inspection]:
    """Return an inspector with a draft just opened."""
    inspector = create_user(session, RoleName.inspector, name="Priya Nandakumar")
    version = create_published(session, rubric or rule_rubric())
    assignment = create_lamp_sample(session, inspector, version)
    inspection = service.open_inspection(session, inspector, assignment)
    session.flush()
    return inspector, service.load_draft(session, inspection.id)


def answer(code: str, level: str | None = None, **value: object) -> service.AnswerChange:
    """Return a change as the page sends it."""
    reason, disputed = str(value.pop("reason", "")), bool(value.pop("disputed", False))
    given = {"level": level} if level else (value or None)
    return service.AnswerChange(code, given, reason, disputed)
