"""Guesses a mapping from the headings of a table: synonyms in English and Chinese.

For files that come without a mapping, and for the second step of the wizard.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa_app.conversations.importers.mapping import FieldSpec, ItemsSpec, MappingSpec
from qa_app.conversations.importers.problems import FileProblemCode, MappingError

SURVEY_SCORE = "surveys.score"
SURVEY_COMMENT = "surveys.comment"
# A day and a time of day in two columns are the opening time together.
OPENED_DAY, OPENED_TIME = "opened_day", "opened_time"
PERSONAL = "personal."

SYNONYMS: dict[str, tuple[str, ...]] = {
    "external_id": (
        "id", "conversation id", "chat id", "call id", "ticket id", "ticket number", "ticket no", "case id",
        "case number", "session id", "interaction id", "number", "会话编号", "会话id", "工单号", "工单编号", "通话编号",
        "单号", "编号",
    ),
    "channel": ("channel", "contact type", "source channel", "需求渠道", "渠道", "渠道类型", "联系方式类型"),
    "agent_id": (
        "agent id", "agent", "agent number", "employee number", "employee no", "handler", "handler id", "handled by",
        "owner", "assignee", "operator", "处理人", "客服", "坐席", "客服工号", "工号", "坐席工号", "客服编号",
    ),
    "agent_name": ("agent name", "handler name", "客服姓名", "坐席姓名", "处理人姓名"),
    "customer_id": (
        "customer id", "customer no", "customer number", "customer", "caller", "caller id", "client id", "user id",
        "客户编号", "客户号", "客户id", "客户", "用户id", "会员号",
    ),
    "customer_type": ("customer type", "customer level", "segment", "客户类型", "客户等级", "会员等级"),
    "topic": ("topic", "category", "subject", "queue", "主题", "分类", "问题分类", "业务类型", "问题类型"),
    "need_type": ("need type", "request type", "inquiry type", "type", "需求类型", "诉求类型", "咨询类型"),
    "priority": ("priority", "urgency", "优先级", "紧急程度"),
    "description": (
        "description", "problem", "problem description", "question", "问题描述", "描述", "问题内容", "咨询内容",
    ),
    "notes": ("notes", "note", "remarks", "remark", "备注", "说明"),
    "opened_at": (
        "opened at", "opened", "submitted", "submitted at", "submission time", "created", "created at", "start",
        "start time", "started at", "date time", "call start", "提交时间", "创建时间", "开始时间", "进线时间",
        "接入时间", "来电时间",
    ),
    OPENED_DAY: ("date", "day", "日期"),
    OPENED_TIME: ("time", "时间"),
    "first_response_at": ("first response", "first response at", "first response time", "首次响应时间", "首响时间"),
    "first_response_seconds": (
        "first response seconds", "speed of answer", "speed of answer in seconds", "首次响应时长", "首响时长",
        "响应时长",
    ),
    "resolved_at": ("resolved at", "resolution time", "resolved time", "解决时间", "处理完成时间"),
    "closed_at": ("closed at", "closed", "end", "end time", "ended at", "结束时间", "关闭时间", "完结时间"),
    "handle_seconds": ("handle seconds", "handle time", "handling time", "aht", "处理时长", "平均处理时长"),
    "talk_seconds": (
        "talk seconds", "talk time", "talk duration", "avgtalkduration", "call duration", "duration", "通话时长",
    ),
    "hold_seconds": ("hold seconds", "hold time", "保持时长"),
    "wrap_up_seconds": ("wrap up seconds", "wrap up time", "wrap up", "after call work", "acw", "整理时长", "话后时长"),
    "wait_seconds": (
        "wait seconds", "wait time", "queue time", "ring time", "waiting time", "等待时长", "排队时长", "振铃时长",
    ),
    "answered": ("answered", "answered y n", "picked up", "是否接通", "是否接听", "接通"),
    "resolved": ("resolved", "resolved y n", "is resolved", "是否解决", "已解决", "解决情况"),
    "reopen_count": ("reopen count", "reopens", "reopened", "重开次数"),
    "transfer_count": ("transfer count", "transfers", "转接次数", "转派次数"),
    "risk": ("risk", "risk score", "风险", "风险分", "风险值"),
    SURVEY_SCORE: (
        "satisfaction", "satisfaction 1 5", "satisfaction rating", "csat", "rating", "customer rating", "满意度评分",
        "满意度", "满意度评分 1 5", "客户评分", "评分",
    ),
    SURVEY_COMMENT: ("survey comment", "customer comment", "feedback", "评价内容", "客户评价", "评价"),
    # No fields of a record: read to be masked wherever the conversation says them.
    f"{PERSONAL}name": ("customer name", "client name", "contact name", "客户姓名", "客户名称", "联系人", "收货人"),
    f"{PERSONAL}address": (
        "customer address", "delivery address", "shipping address", "客户地址", "收货地址", "联系地址", "送货地址",
    ),
    f"{PERSONAL}phone": ("customer phone", "phone number", "customer mobile", "客户电话", "联系电话", "手机号"),
}  # fmt: skip
_FIELD_OF = {synonym: field for field, synonyms in SYNONYMS.items() for synonym in synonyms}


@dataclass(frozen=True, slots=True)
class HeadingGuess:
    """What a heading of the file seems to be; `field` empty: nothing we know."""

    heading: str
    field: str | None
    is_certain: bool


def source_name(file_name: str) -> str:
    """Name the source after the file, without the dates and numbers that differ from month to month."""
    stem = file_name.partition(".")[0]
    return re.sub(r"[\W\d_]+$", "", stem) or stem


def guess_headings(headings: Sequence[str], sample: Sequence[object] = ()) -> list[HeadingGuess]:
    """Guess the field of each heading; no field is given twice, the first heading wins.

    `sample` is a row below the headings: "resolved" may head a yes or a time, and only the cells tell which.
    """
    taken: set[str] = set()
    guesses = []
    for place, heading in enumerate(headings):
        cell = sample[place] if place < len(sample) else ""
        field, is_certain = _field_of(heading, cell)
        if field in taken:
            field = None
        if field is not None:
            taken.add(field)
        guesses.append(HeadingGuess(heading, field, is_certain))
    return guesses


def guess_mapping(name: str, headings: Sequence[str], sample: Sequence[object] = ()) -> MappingSpec:
    """Return the mapping that the headings suggest; only headings that are certain are used.

    Raises
    ------
    MappingError
        If nothing in them names a conversation.
    """
    guesses = [guess for guess in guess_headings(headings, sample) if guess.is_certain]
    return mapping_of_columns(name, {guess.field: guess.heading for guess in guesses if guess.field}, headings)


def mapping_of_columns(
    name: str, columns: dict[str, str], headings: Sequence[str] = (), *, channel: str = "other"
) -> MappingSpec:
    """Return the mapping that takes each field from one column; `channel` where no column tells it."""
    fields = {
        field: FieldSpec(columns=(column,))
        for field, column in columns.items()
        if not field.startswith(("surveys.", PERSONAL)) and field not in {OPENED_DAY, OPENED_TIME}
    }
    if OPENED_DAY in columns and "opened_at" not in fields:
        parts = [columns[part] for part in (OPENED_DAY, OPENED_TIME) if part in columns]
        fields["opened_at"] = FieldSpec(join=tuple(parts))
    fields.setdefault("channel", FieldSpec(constant=channel))
    if "resolved_at" in columns and "resolved" not in fields:
        # A row with a time of solution is solved; an empty one is not, yet.
        fields["resolved"] = FieldSpec(columns=(columns["resolved_at"],), values={"*": True}, default=False)
    survey = {
        field.removeprefix("surveys."): FieldSpec(columns=(column,))
        for field, column in columns.items()
        if field.startswith("surveys.")
    }
    if "external_id" not in fields and not {"customer_id", "opened_at"} <= set(fields):
        raise MappingError(FileProblemCode.headings_not_understood, {"headings": ", ".join(headings)[:300]})
    personal = tuple(
        FieldSpec(columns=(column,), personal=field.removeprefix(PERSONAL))
        for field, column in columns.items()
        if field.startswith(PERSONAL)
    )
    surveys = (ItemsSpec(fields=survey),) if survey else ()
    return MappingSpec(name=name, fields=fields, surveys=surveys, personal=personal)


def _field_of(heading: str, cell: object) -> tuple[str | None, bool]:
    plain = _plain(heading)
    field = _FIELD_OF.get(plain) or (plain.replace(" ", "_") if plain.replace(" ", "_") in SYNONYMS else None)
    if field in {"resolved", "closed_at"} and plain in {"resolved", "closed"}:
        field = f"{plain}_at" if _looks_like_time(cell) else ("resolved" if plain == "resolved" else None)
    if field is not None:
        return field, True
    return next((known for synonym, known in _FIELD_OF.items() if len(synonym) > 2 and synonym in plain), None), False


def _plain(heading: str) -> str:
    """Return the heading without case, punctuation and repeat number."""
    heading = re.sub(r" \(\d+\)$", "", heading)
    return " ".join(re.sub(r"[\W_]+", " ", heading.casefold()).split())


def _looks_like_time(cell: object) -> bool:
    return not isinstance(cell, str) or bool(re.search(r"\d[-/.年:]\d", cell))
