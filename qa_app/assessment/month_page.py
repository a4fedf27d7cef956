"""What the month page is told: steps, what is missing, the next step, the rows of its table. Finished values only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from qa_app.access import Permission, allow
from qa_app.assessment.centre_box import worth_lines
from qa_app.assessment.corrections import corrections_since
from qa_app.assessment.open_work import count_open_work, count_undecided, count_unreviewed
from qa_app.assessment.queries import tier_counts
from qa_app.assessment.service import window_end
from qa_app.assessment.sheet_table import TIER_KINDS
from qa_app.assessment.wording import period_state, proposal_title
from qa_app.conversations.metrics import month_bounds
from qa_app.models import AssessmentPeriod, PeriodRevision, PeriodState
from qa_app.people.organisation import working_calendar
from qa_app.web.filters import format_day, format_moment, format_percent
from scoring.assessment.policy import Policy

__all__ = [
    "TIER_KINDS",
    "MissingItem",
    "MonthPage",
    "NextStep",
    "TierBar",
    "make_month_page",
]

_ORDER = tuple(PeriodState)


@dataclass(frozen=True, slots=True)
class MissingItem:
    """One thing that keeps the month from going on, and the one action that settles it."""

    count: int
    title: str
    note: str
    url: str
    action: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class NextStep:
    """The step that comes next: its code (the name of the endpoint's action), its button, and what keeps it."""

    code: str
    title: str
    blocked: str
    needs_reason: bool = False
    typed: bool = False
    consequence: str = ""


@dataclass(frozen=True, slots=True)
class TierBar:
    """One line of the tier distribution; `width` is percent of the longest."""

    title: str
    count: int
    width: float
    kind: str


@dataclass(frozen=True, slots=True)
class MonthPage:
    """The whole page but its table."""

    month: str
    state: str
    state_code: str
    summary: str
    steps: tuple[tuple[str, str, str], ...]
    done: int
    total: int
    missing: tuple[MissingItem, ...]
    next_step: NextStep | None
    tiers: tuple[TierBar, ...]
    proposals: tuple[tuple[str, int], ...]
    sheets: int
    agents: int
    revision: PeriodRevision | None
    process_items: tuple[str, ...]
    worth: tuple[str, ...]


def make_month_page(
    session: Session, period: AssessmentPeriod, policy: Policy, version: int, *, agents: int, language: str
) -> MonthPage:
    """Gather what the page shows of a month; `version` is the number of the policy's version."""
    revision = period.revision
    counts = tier_counts(session, revision.id) if revision else {}
    total = sum(counts.values())
    unreviewed, held_back = count_unreviewed(session, revision) if revision else (0, 0)
    return MonthPage(
        month=period.month,
        state=period_state(period.state),
        state_code=period.state,
        summary=_summary(period, f"{policy.title.in_language(language)} {version}", total),
        steps=_steps(session, period, total, total - unreviewed - held_back),
        done=total - unreviewed - held_back,
        total=total,
        missing=tuple(_missing(session, period, unreviewed, held_back)),
        next_step=_next_step(session, period, unreviewed, held_back, total),
        tiers=_tier_bars(counts, policy, language),
        proposals=_proposals(counts, policy),
        sheets=total,
        agents=agents,
        revision=revision,
        process_items=_process_items(revision, language),
        worth=worth_lines(revision.centre, policy, language) if revision else (),
    )


def _process_items(revision: PeriodRevision | None, language: str) -> tuple[str, ...]:
    """Names of the criteria in which everybody loses points alike, with the share that does."""
    items = revision.centre.process_items if revision else ()
    return tuple(
        f"{item.title.in_language(language) or item.criterion}: {format_percent(item.share)}" for item in items
    )


def _summary(period: AssessmentPeriod, policy: str, sheets: int) -> str:
    revision = period.revision
    if revision is None:
        return str(_("Nothing computed yet. Inputs are frozen when you compute."))
    people = ngettext("%(num)s agent", "%(num)s agents", sheets)
    summary = _(
        "%(people)s, policy %(policy)s, inputs frozen %(moment)s, revision %(revision)s",
        people=people,
        policy=policy,
        moment=format_moment(revision.computed_at),
        revision=revision.number,
    )
    return str(summary)


def _steps(session: Session, period: AssessmentPeriod, total: int, reviewed: int) -> tuple[tuple[str, str, str], ...]:
    here = _ORDER.index(PeriodState(period.state))
    notes = _step_notes(session, period, total, reviewed)
    # The state names what is done; the step after it is the current one.
    return tuple(
        (
            period_state(state),
            notes[state],
            "done" if place <= here else "now" if place == here + 1 else "later",
        )
        for place, state in enumerate(_ORDER)
    )


def _step_notes(session: Session, period: AssessmentPeriod, total: int, reviewed: int) -> Mapping[PeriodState, str]:
    zone = working_calendar(session).zone
    starts_at, ends_at = month_bounds(period.month, zone)
    last_day = (ends_at - timedelta(days=1)).astimezone(zone)
    revision, end = period.revision, window_end(session, period)
    computed = (
        _("%(moment)s, %(count)s sheets", moment=format_day(revision.computed_at), count=total) if revision else ""
    )
    is_reviewing = period.state == PeriodState.computed
    return {
        PeriodState.open: f"{format_day(starts_at.astimezone(zone))} – {format_day(last_day)}",
        PeriodState.computed: computed,
        PeriodState.reviewed: _("%(done)s of %(total)s reviewed", done=reviewed, total=total)
        if is_reviewing
        else _day(period.reviewed_at),
        PeriodState.approved: _day(period.approved_at),
        PeriodState.published: _day(period.published_at),
        PeriodState.locked: _day(period.locked_at)
        or (_("after the window, %(day)s", day=format_day(end - timedelta(days=1))) if end else ""),
    }


def _day(moment: Any) -> str:
    return format_day(moment) if moment else ""


def _missing(session: Session, period: AssessmentPeriod, unreviewed: int, held_back: int) -> Iterator[MissingItem]:
    """Only what blocks, or what will ask for a reason."""
    show = url_for("assessment.show", month=period.month)
    open_work = count_open_work(session, period.month)
    if period.state in (PeriodState.open, PeriodState.computed, PeriodState.reviewed) and open_work.samples:
        title = ngettext("sample is not inspected", "samples are not inspected", open_work.samples)
        note = _("Approving with open samples asks for a reason.")
        yield MissingItem(
            open_work.samples, title, note, *_lead_link("inspections.index", _("See who has them")), False
        )
    if open_work.appeals:
        title = ngettext("appeal is not decided", "appeals are not decided", open_work.appeals)
        note = _("Approving with open appeals asks for a reason; what is decided later needs a new revision.")
        url, action = _appeals_link(period.month)
        yield MissingItem(open_work.appeals, title, note, url, action, False)
    yield from _out_of_date(session, period)
    if period.state != PeriodState.computed:
        return
    undecided = count_undecided(session, period.month)
    if undecided:
        title = ngettext("double scoring disagrees on “critical”", "double scorings disagree on “critical”", undecided)
        note = _("The QA lead decides before the month is reviewed.")
        yield MissingItem(undecided, title, note, *_lead_link("inspections.decisions", _("Decide")), True)
    if held_back:
        title = ngettext("sheet is held back", "sheets are held back", held_back)
        note = _("Settle what its note says, then mark it reviewed.")
        yield MissingItem(held_back, title, note, f"{show}?wanted=held_back", _("Look at them"), True)
    if unreviewed:
        title = ngettext("sheet is not reviewed", "sheets are not reviewed", unreviewed)
        note = _("Open them one after the other, or mark the rest as reviewed.")
        yield MissingItem(unreviewed, title, note, f"{show}?wanted=waiting", _("Review"), True)


def _out_of_date(session: Session, period: AssessmentPeriod) -> Iterator[MissingItem]:
    """Corrections the figures do not know of; a published month looks at its own inspections only."""
    if period.revision is None:
        return
    found = corrections_since(session, period.revision, period.month)
    is_public = period.state in (PeriodState.published, PeriodState.locked)
    if found.own:
        title = ngettext("inspection was corrected since", "inspections were corrected since", found.own)
        note = _("The figures are out of date. Compute the month again.")
        if is_public:
            note = _(
                "The published figures are out of date. “New revision…” computes them; its reason names the appeal."
            )
        yield MissingItem(found.own, title, note, "", "", False)
    if found.earlier and not is_public:
        title = ngettext(
            "inspection of an earlier month was corrected since",
            "inspections of earlier months were corrected since",
            found.earlier,
        )
        note = _("The standing over six months is out of date until the month is computed again.")
        yield MissingItem(found.earlier, title, note, "", "", False)


def _appeals_link(month: str) -> tuple[str, str]:
    """The list of this month's open appeals, for who decides them."""
    if not allow(Permission.manage_appeals):
        return "", ""
    return url_for("appeals.index", month=month, state="waiting"), _("Decide")


def _lead_link(endpoint: str, action: str) -> tuple[str, str]:
    """Where the lead settles it; everybody else only reads that it is open."""
    return (url_for(endpoint), action) if allow(Permission.manage_inspections) else ("", "")


def _next_step(
    session: Session, period: AssessmentPeriod, unreviewed: int, held_back: int, total: int
) -> NextStep | None:
    match PeriodState(period.state):
        case PeriodState.open:
            return NextStep("compute", _("Compute the month"), "")
        case PeriodState.computed:
            left = unreviewed + held_back
            blocked = ngettext("%(num)s sheet is not settled yet.", "%(num)s sheets are not settled yet.", left)
            return NextStep("review", _("Close the review"), blocked if left else "")
        case PeriodState.reviewed:
            is_over = period.revision is not None and period.revision.is_over
            blocked = "" if is_over else _("The month was not over when it was computed: compute it again.")
            open_work = count_open_work(session, period.month).total
            return NextStep("approve", _("Approve"), blocked, needs_reason=open_work > 0)
        case PeriodState.approved:
            consequence = ngettext(
                "%(num)s sheet becomes visible to its agent and their supervisor.",
                "%(num)s sheets become visible to their agents and supervisors.",
                total,
            )
            return NextStep("publish", _("Publish"), "", typed=True, consequence=consequence)
        case PeriodState.published:
            consequence = _("Sheets nobody answered lapse. After the lock only a new revision can correct a figure.")
            return NextStep("lock", _("Lock"), "", typed=True, consequence=consequence)
    return None


def _tier_bars(counts: Mapping[str, int], policy: Policy, language: str) -> tuple[TierBar, ...]:
    longest = max(counts.values(), default=0) or 1
    rare = (("not_comparable", _("Not comparable")), ("unmeasured", _("Too little measured")))
    lines = [
        *(
            (tier.title.in_language(language), tier.code, TIER_KINDS.get(tier.code, "act"))
            for tier in policy.ordered_tiers
        ),
        (_("≈ between two"), "between", "between"),
        (_("Too few samples"), "few", "few"),
        *((title, code, "few") for code, title in rare if counts.get(code)),
    ]
    return tuple(
        TierBar(title, counts.get(code, 0), round(100 * counts.get(code, 0) / longest, 2), kind)
        for title, code, kind in lines
    )


def _proposals(counts: Mapping[str, int], policy: Policy) -> tuple[tuple[str, int], ...]:
    return tuple(
        (proposal_title(tier.proposes), counts.get(tier.code, 0)) for tier in policy.ordered_tiers if tier.proposes
    )
