"""Closed lists of the record in the words people use for them, English and Chinese.

For mappings: own NDJSON uses the codes themselves.
"""

from collections.abc import Mapping
from typing import get_args

from qa_app.conversations.importers.conversions import to_text
from qa_app.conversations.importers.problems import FieldError, ProblemCode, shorten
from qa_app.conversations.importers.record import MessageKind, RecordingSide, SurveyMetric, SurveyScale

_CHANNEL_WORDS = {
    "phone": "phone", "call": "phone", "telephone": "phone", "hotline": "phone",
    "voice": "phone", "电话": "phone", "热线": "phone", "电话热线": "phone",
    "chat": "chat", "online chat": "chat", "live chat": "chat", "web chat": "chat",
    "online": "chat", "在线": "chat", "在线客服": "chat", "在线咨询": "chat",
    "在线聊天": "chat", "网页": "chat", "email": "email", "e-mail": "email",
    "mail": "email", "邮件": "email", "电子邮件": "email", "邮箱": "email",
    "social": "social", "social media": "social", "wechat": "social", "weibo": "social",
    "微信": "social", "微博": "social", "公众号": "social", "社交媒体": "social",
    "other": "other", "其他": "other", "其它": "other",
}  # fmt: skip
_PRIORITY_WORDS = {
    "urgent": "urgent", "critical": "urgent", "紧急": "urgent", "特急": "urgent",
    "high": "high", "高": "high", "重要": "high",
    "medium": "medium", "normal": "medium", "moderate": "medium", "中": "medium",
    "一般": "medium", "普通": "medium", "low": "low", "低": "low",
}  # fmt: skip
_SPEAKER_WORDS = {
    "agent": "agent", "客服": "agent", "坐席": "agent", "customer": "customer",
    "client": "customer", "user": "customer", "客户": "customer", "顾客": "customer",
    "bot": "bot", "ai": "bot", "机器人": "bot", "system": "system", "系统": "system",
}  # fmt: skip


def _codes(literal: object) -> dict[str, str]:
    return {code: code for code in get_args(literal)}


CHOICES: Mapping[str, Mapping[str, str]] = {
    "channel": _CHANNEL_WORDS,
    "priority": _PRIORITY_WORDS,
    "speaker": _SPEAKER_WORDS,
    "kind": _codes(MessageKind),
    "metric": _codes(SurveyMetric),
    "scale": _codes(SurveyScale),
    "side": _codes(RecordingSide),
}


def choices_of(field: str) -> str:
    """Return the codes of a closed list, for a message."""
    return ", ".join(dict.fromkeys(code for code in CHOICES[field].values()))


def to_choice(field: str, value: object) -> str:
    """Return the code of a closed list that a word stands for."""
    try:
        return CHOICES[field][to_text(value).casefold()]
    except KeyError as error:
        raise FieldError(ProblemCode.not_a_choice, shorten(value), choices_of(field)) from error
