"""Closed lists of the record in the words people use for them, English and Chinese.

For mappings: own NDJSON uses the codes themselves.
"""

from collections.abc import Mapping

from qa_app.conversations.importers.conversions import to_text
from qa_app.conversations.importers.problems import FieldError, ProblemCode, shorten
from qa_app.conversations.importers.record import (
    Channel,
    MessageKind,
    Priority,
    RecordingSide,
    Speaker,
    SurveyMetric,
    SurveyScale,
)

_CHANNEL_WORDS = {
    "phone": Channel.phone, "call": Channel.phone, "telephone": Channel.phone, "hotline": Channel.phone,
    "voice": Channel.phone, "电话": Channel.phone, "热线": Channel.phone, "电话热线": Channel.phone,
    "chat": Channel.chat, "online chat": Channel.chat, "live chat": Channel.chat, "web chat": Channel.chat,
    "online": Channel.chat, "在线": Channel.chat, "在线客服": Channel.chat, "在线咨询": Channel.chat,
    "在线聊天": Channel.chat, "网页": Channel.chat, "email": Channel.email, "e-mail": Channel.email,
    "mail": Channel.email, "邮件": Channel.email, "电子邮件": Channel.email, "邮箱": Channel.email,
    "social": Channel.social, "social media": Channel.social, "wechat": Channel.social, "weibo": Channel.social,
    "微信": Channel.social, "微博": Channel.social, "公众号": Channel.social, "社交媒体": Channel.social,
    "other": Channel.other, "其他": Channel.other, "其它": Channel.other,
}  # fmt: skip
_PRIORITY_WORDS = {
    "urgent": Priority.urgent, "critical": Priority.urgent, "紧急": Priority.urgent, "特急": Priority.urgent,
    "high": Priority.high, "高": Priority.high, "重要": Priority.high,
    "medium": Priority.medium, "normal": Priority.medium, "moderate": Priority.medium, "中": Priority.medium,
    "一般": Priority.medium, "普通": Priority.medium, "low": Priority.low, "低": Priority.low,
}  # fmt: skip
_SPEAKER_WORDS = {
    "agent": Speaker.agent, "客服": Speaker.agent, "坐席": Speaker.agent, "customer": Speaker.customer,
    "client": Speaker.customer, "user": Speaker.customer, "客户": Speaker.customer, "顾客": Speaker.customer,
    "bot": Speaker.bot, "ai": Speaker.bot, "机器人": Speaker.bot, "system": Speaker.system, "系统": Speaker.system,
}  # fmt: skip

CHOICES: Mapping[str, Mapping[str, str]] = {
    "channel": _CHANNEL_WORDS,
    "priority": _PRIORITY_WORDS,
    "speaker": _SPEAKER_WORDS,
    "kind": {kind.value: kind for kind in MessageKind},
    "metric": {metric.value: metric for metric in SurveyMetric},
    "scale": {scale.value: scale for scale in SurveyScale},
    "side": {side.value: side for side in RecordingSide},
}


def choices_of(field: str) -> str:
    """Return the codes of a closed list, for a message."""
    return ", ".join(dict.fromkeys(str(code) for code in CHOICES[field].values()))


def to_choice(field: str, value: object) -> str:
    """Return the code of a closed list that a word stands for."""
    try:
        return CHOICES[field][to_text(value).casefold()]
    except KeyError as error:
        raise FieldError(ProblemCode.not_a_choice, shorten(value), choices_of(field)) from error
