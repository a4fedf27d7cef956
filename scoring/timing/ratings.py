"""What customers answer in surveys, brought to one scale: 1–5 for satisfaction, 0–10 for recommendation.

For the import, which keeps the converted value beside the answer as given. An NPS answer is never a satisfaction
answer and the other way round.
"""

import math
from functools import lru_cache

from scoring.errors import SurveyAnswerError

CSAT_WORDS = {"satisfied": 5.0, "neutral": 3.0, "dissatisfied": 1.0}
CSAT_YES_NO = {"yes": 5.0, "no": 1.0, "true": 5.0, "false": 1.0, "1": 5.0, "0": 1.0}


@lru_cache(maxsize=1_024)
def csat_value(scale: str, score: str) -> float | None:
    """Put a satisfaction answer on 1–5.

    Stars stay as they are; satisfied / neutral / dissatisfied become 5 / 3 / 1, yes / no 5 / 1, and a score x of
    1–10 becomes 1 + (x − 1)·4/9.

    Parameters
    ----------
    scale : str
        ``stars``, ``words``, ``yes_no``, ``ten``, ``nps`` or ``text``.
    score : str
        The answer as given; letter case and blanks around it do not matter.

    Returns
    -------
    float or None
        1 (worst) to 5 (best). `None` for the scales ``nps`` and ``text``, which say nothing about satisfaction.

    Raises
    ------
    SurveyAnswerError
        If the scale is unknown or does not have this answer.

    Examples
    --------
    >>> csat_value("ten", "10")
    5.0
    """
    answer = score.strip().lower()
    match scale:
        case "stars":
            return _number_between(answer, 1, 5, scale)
        case "ten":
            return 1 + (_number_between(answer, 1, 10, scale) - 1) * 4 / 9
        case "words":
            return _looked_up(answer, CSAT_WORDS, scale)
        case "yes_no":
            return _looked_up(answer, CSAT_YES_NO, scale)
        case "nps" | "text":
            return None
    raise SurveyAnswerError(f"unknown scale {scale!r}: expected stars, words, yes_no, ten, nps or text")


def nps_value(score: str) -> float:
    """Read an answer to "how likely are you to recommend us", 0 (not at all) to 10.

    Parameters
    ----------
    score : str
        The answer as given.

    Returns
    -------
    float
        0 to 10; 9 and more is a promoter, 6 and less a detractor.

    Raises
    ------
    SurveyAnswerError
        If it is no number from 0 to 10.
    """
    return _number_between(score.strip(), 0, 10, "nps")


def _number_between(answer: str, lowest: int, highest: int, scale: str) -> float:
    try:
        number = float(answer)
    except ValueError:
        number = math.nan
    if not lowest <= number <= highest:
        raise SurveyAnswerError(f"{answer!r} is no answer on the scale {scale!r}: expected {lowest} to {highest}")
    return number


def _looked_up(answer: str, values: dict[str, float], scale: str) -> float:
    if answer not in values:
        raise SurveyAnswerError(f"{answer!r} is no answer on the scale {scale!r}: expected one of {', '.join(values)}")
    return values[answer]
