"""How scores are made, in short chapters of plain words with a month's own numbers."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from qa_app.assessment.content import Part, SheetContent
from qa_app.web.filters import format_month, format_number, format_percent, format_score

__all__ = ["Chapter", "make_chapters"]

SMALLEST_SHOWN = 0.05  # points; less would be shown as 0.0


@dataclass(frozen=True, slots=True)
class Chapter:
    """A heading, what holds for everybody, and what it was in the reader's month."""

    title: str
    text: str
    example: str = ""
    lines: tuple[str, ...] = ()


def make_chapters(
    content: SheetContent | None,
    language: str,
    *,
    is_own: bool,
    stands_alone: bool = False,
    is_severity_off: bool = False,
) -> tuple[Chapter, ...]:
    """Write the chapters; examples of one person's figures appear only in the reader's own month.

    `stands_alone`: too few agents for a standing. `is_severity_off`: nothing was taken off or added for how strict the
    inspectors are. Before any month they tell what the shipped policies do.
    """
    own = content if is_own else None
    is_direct = content is not None and content.policy.mode == "direct"
    is_corrected = not (is_direct or is_severity_off)
    has_standing = not (is_direct or stands_alone)
    chapters = [
        _sample(own),
        _one_conversation(),
        _inspectors(own) if is_corrected else _uncorrected_inspectors(),
        _all_conversations(own),
        _single_month() if is_direct else _no_standing() if stands_alone else _standing(own),
        _points(content, language, _leanings(is_corrected=is_corrected, has_standing=has_standing)),
        _sum(content, own, language),
        _limits(has_standing=has_standing),
        _rights(),
    ]
    return tuple(chapters)


def _sample(own: SheetContent | None) -> Chapter:
    example = ""
    if own and own.counts.inspected:
        example = _(
            "In %(month)s %(inspected)s of your %(all)s conversations were inspected.",
            month=format_month(own.period.month),
            inspected=own.counts.inspected,
            all=format_number(own.counts.conversations),
        )
    return Chapter(
        _("Chance chooses the conversations"),
        _(
            "Nobody picks what is inspected. A secret number is sealed before the month begins; when the month is over "
            "it decides which conversations are taken, and it is then shown, so that anyone can draw again and compare."
        ),
        example,
    )


def _one_conversation() -> Chapter:
    return Chapter(
        _("How one conversation gets its score"),
        _(
            "An inspector answers every criterion of the rubric and marks the place in the conversation that shows it. "
            "Each criterion has a weight; what does not apply leaves the sum. A critical error sets the conversation "
            "to 0, and its quality stays visible beside it."
        ),
    )


def _all_conversations(own: SheetContent | None) -> Chapter:
    qa = next((part for part in own.components if part.code == "qa"), None) if own else None
    example = ""
    if qa and qa.estimate.value is not None:
        example = _(
            "Your QA score: %(value)s, likely %(lower)s to %(upper)s, from %(n)s conversations.",
            value=format_number(qa.estimate.value),
            lower=format_number(qa.estimate.lower),
            upper=format_number(qa.estimate.upper),
            n=qa.estimate.n,
        )
    return Chapter(
        _("From a few conversations to all of them"),
        _(
            "A handful of conversations cannot say exactly how all of them were. So every figure has an interval: had "
            "everything been inspected, the score would very likely lie inside. Where a target lies inside too, the "
            "page says “cannot tell”, because chance alone could explain the difference."
        ),
        example,
    )


def _inspectors(own: SheetContent | None) -> Chapter:
    example = ""
    leniency = own.standing.basis.get("leniency") if own and own.standing else None
    if leniency is not None and abs(leniency) >= SMALLEST_SHOWN:
        example = (
            _("Your inspectors were lenient by %(points)s points on average; that much was taken off.",
              points=format_score(leniency))
            if leniency > 0
            else _("Your inspectors were strict by %(points)s points on average; that much was added.",
                   points=format_score(-leniency))
        )  # fmt: skip
    return Chapter(
        _("Strict and lenient inspectors"),
        _(
            "Some inspectors give a little more, some a little less. Your conversations go to several of them, "
            "and some conversations are scored by two who do not know of each other. From these the difference is"
            " worked out and taken off or added, so that it does not matter who inspected you. What all "
            "inspectors share cannot be seen this way."
        ),
        example,
    )


def _uncorrected_inspectors() -> Chapter:
    return Chapter(
        _("Strict and lenient inspectors"),
        _(
            "Some inspectors give a little more, some a little less. This month nothing was taken off or added for "
            "that: scores count as they were given, so it can matter who inspected you. To learn the difference takes "
            "a policy that asks for it, and at least three inspectors who score conversations of the same agents."
        ),
    )


def _standing(own: SheetContent | None) -> Chapter:
    example = ""
    if own and own.standing and own.standing.total.value is not None:
        total = own.standing.total
        example = _(
            "Standing over six months: %(value)s (%(lower)s–%(upper)s).",
            value=format_number(total.value),
            lower=format_number(total.lower),
            upper=format_number(total.upper),
        )
    return Chapter(
        _("This month, and your standing over six months"),
        _(
            "Five conversations can be lucky or unlucky. So the page shows two things: what was inspected this month, "
            "and where you stand over six months. The standing gives older months less weight and moves a little "
            "towards the average of everybody who works as you do, the more so the less was inspected. Tiers and lists "
            "use the standing, because it is right more often."
        ),
        example,
    )


def _no_standing() -> Chapter:
    return Chapter(
        _("This month alone"),
        _(
            "Five conversations can be lucky or unlucky. Where eight agents or more are inspected, a standing over "
            "six months is learnt from all of them together. Fewer were, too few to learn from: so your quality is not "
            "moved towards an average; only the rate of critical errors still leans on everybody’s. The tier rests on "
            "this month’s conversations, with the critical errors of six months."
        ),
    )


def _single_month() -> Chapter:
    return Chapter(
        _("This month alone"),
        _(
            "Five conversations can be lucky or unlucky. The policy of this month takes it by itself: your quality is "
            "the mean of what was inspected and is not moved towards an average, only the rate of critical errors "
            "leans on everybody’s over six months. There is no standing over months; the tier rests on this month’s "
            "score."
        ),
    )


def _limits(*, has_standing: bool) -> Chapter:
    compared = (
        (_("The standing is right for comparing; about you alone, the month's own interval speaks."),)
        if has_standing
        else ()
    )
    return Chapter(
        _("What these numbers cannot say"),
        _(
            "No number decides anything here; people do. Even the best method that uses a few conversations a month "
            "finds only about six of the ten weakest, so nobody is named because of a low place alone."
        ),
        lines=(
            _("A tier that is given is right about 85 times of 100."),
            *compared,
            _("The lists know only what was inspected. “No pattern yet” does not mean that there is none."),
            _("You can ask for the month's own figure, for all evidence, and for the draw to be checked."),
        ),
    )


def _leanings(*, is_corrected: bool, has_standing: bool) -> tuple[str, ...]:
    """Where figures depend on those of colleagues."""
    told = [
        _(
            "Handle time is compared with everybody’s on the same mix of cases, and being faster than nearly everybody "
            "earns no more."
        )
    ]
    if is_corrected:
        told.append(_("How strict an inspector is shows only in all that this inspector scored."))
    told.append(
        _(
            "The rate of critical errors and, where there are eight agents or more, other shares move a little towards "
            "everybody’s where little was seen."
        )
    )
    if has_standing:
        told.append(_("So does the standing."))
    told.append(_("Where too little is known of you, the average of all stands in."))
    return tuple(str(sentence) for sentence in told)


def _points(content: SheetContent | None, language: str, leanings: tuple[str, ...]) -> Chapter:
    parts = [leaf for part in content.components for leaf in (part.parts or (part,))] if content else []
    lines = tuple(
        _(
            "%(title)s: %(floor)s is worth 0 points, %(target)s is worth 100.",
            title=part.title.in_language(language),
            floor=_in_unit(part, part.floor),
            target=_in_unit(part, part.target),
        )
        for part in parts
        if part.floor is not None and part.target is not None and part.weight_percent
    )
    return Chapter(
        _("From figures to points"),
        _(
            "Shares, ratios and scores become points from 0 to 100 by two marks that the policy writes down "
            "beforehand, with a straight line between them. The marks stay where they are however well or badly others "
            "do, and points are never given by rank. The figures themselves lean on colleagues in a few places."
        )
        + "".join(f" {sentence}" for sentence in leanings),
        lines=lines,
    )


def _in_unit(part: Part, value: float | None) -> str:
    match part.unit:
        case "share":
            return format_percent(value)
        case "ratio" | "rate":
            return format_number(value, 2)
        case _:
            return format_number(value)


def _sum(content: SheetContent | None, own: SheetContent | None, language: str) -> Chapter:
    lines: tuple[str, ...] = ()
    if content:
        lines = tuple(
            _("%(title)s counts %(weight)s.", title=part.title.in_language(language),
              weight=format_percent(part.weight_percent / 100))
            for part in content.components
        )  # fmt: skip
    example = ""
    if own and own.composite.value is not None:
        example = _("Your sum in %(month)s: %(value)s.", month=format_month(own.period.month),
                    value=format_score(own.composite.value))  # fmt: skip
    needed = format_percent(content.policy.tier_probability if content else 0.8)
    return Chapter(
        _("The sum and the tier"),
        _(
            "Points times weight add up to the score. A tier is given only where it is at least %(needed)s certain; "
            "otherwise the page names the tiers it may be and gives none. Proposals follow from rules; people decide.",
            needed=needed,
        ),
        example,
        lines,
    )


def _rights() -> Chapter:
    return Chapter(
        _("What you can do"),
        _(
            "Open every inspected conversation and the reason for each lost point. Acknowledge the sheet, which means "
            "“I have read it”, or object with your reason within five working days. A correction is a new revision "
            "that names its reason; the earlier one is kept. The verification code on the PDF tells anyone whether a "
            "paper is genuine."
        ),
    )
