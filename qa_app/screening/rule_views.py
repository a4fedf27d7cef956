"""The pages of the rules: write one, test it on real conversations, switch it on, see how it fares."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from qa_app.access import Permission, acting_user, gate, get_rule, get_rule_version
from qa_app.db import db
from qa_app.drafts import code_from
from qa_app.models import CheckRule, Conversation, RuleVersion
from qa_app.screening import rule_queries, rule_screening, rules
from qa_app.screening.rule_book import load_rule, prepare_trial
from qa_app.screening.rule_comparing import Yardstick, default_yardstick, list_yardsticks, yardstick_words
from qa_app.screening.rule_facts import read_facts
from qa_app.screening.rule_forms import Choices, HeadForm, ImportForm, Node, TestForm, change_tree, read_tree, tree_of
from qa_app.screening.rule_proposals import count_decisions
from qa_app.screening.rule_queries import MarkedConversation
from qa_app.screening.rule_records import Record
from qa_app.screening.rule_refusals import explain_rule_refusal
from qa_app.screening.rule_testing import LARGE, Scope, choose_conversations, start_test, try_rule
from qa_app.screening.rule_words import OUTCOMES, RULE_STATES, SPEAKERS, STANDINGS, condition_words
from qa_app.scripts.words import in_my_language
from qa_app.web.downloads import text_response
from qa_app.web.filters import format_month
from qa_app.web.pagination import Page, paginate_rows
from scoring.errors import LanguageFileError, RuleError
from scoring.language.definition import Rule, Said
from scoring.language.files import read_rules, write_rules

bp = Blueprint("rules", __name__, template_folder="templates", url_prefix="/rules")
gate(bp, Permission.manage_screening)

PER_PAGE = 20


@bp.context_processor
def words() -> dict[str, object]:
    """Let the templates of this room call things by their names."""
    return {
        "OUTCOMES": OUTCOMES,
        "RULE_STATES": RULE_STATES,
        "SPEAKERS": SPEAKERS,
        "STANDINGS": STANDINGS,
        "said": in_my_language,
    }


@bp.get("")
def index() -> str:
    """List the rules with what they said and how their proposals fared."""
    return _index(ImportForm())


def _index(form: ImportForm) -> str:
    session = db.session()
    lines = rule_queries.list_rules(session)
    waiting = rule_screening.count_unscreened(session) if lines else 0
    return render_template("rules/index.html", lines=lines, waiting=waiting, import_form=form)


@bp.route("/new", methods=["GET", "POST"])
def new() -> AnyResponse | str:
    """Begin a rule."""
    session = db.session()
    choices = rule_queries.choices_for(session, _language())
    form = HeadForm()
    tree = read_tree(request.form, choices) if request.method == "POST" else tree_of(Said(), choices)
    rule = _typed_rule(form, tree, "")
    if rule is not None:
        row = rules.create_rule(session, acting_user(), rule, source="page")
        flash(_("Draft saved. Test it before you switch it on."), "success")
        return redirect(url_for("rules.edit", rule_id=row.id), 303)
    return _editor(form, tree, choices, None)


@bp.route("/<int:rule_id>/edit", methods=["GET", "POST"])
def edit(rule_id: int) -> AnyResponse | str:
    """Edit the draft; what was typed stays in the form when it cannot be kept."""
    session, actor = db.session(), acting_user()
    row = get_rule(session, actor, rule_id)
    draft = rules.draft_of(row)
    if draft is None:
        return redirect(url_for("rules.show", rule_id=rule_id), 303)
    rule = load_rule(draft)
    named = rule_queries.scripts_named(draft)
    choices = rule_queries.choices_for(session, _language(), but=row.code, also=named)
    form = HeadForm(data={**HeadForm.values_of(rule), "revision": draft.revision})
    tree = read_tree(request.form, choices) if request.method == "POST" else tree_of(rule.condition, choices)
    typed = _typed_rule(form, tree, row.code)
    if typed is not None:
        try:
            rules.save_rule_draft(session, actor, draft, typed, revision=form.revision.data or 0)
        except rules.RuleDraftMoved as refusal:
            form.form_errors.append(explain_rule_refusal(refusal))
        else:
            flash(_("Draft saved. Test it before you switch it on."), "success")
            return redirect(url_for("rules.edit", rule_id=rule_id), 303)
    return _editor(form, tree, choices, draft)


def _typed_rule(form: HeadForm, tree: Node, code: str) -> Rule | None:
    """What was typed as a rule, if it was to be saved and can be."""
    if request.method != "POST" or request.form.get("do", "save") != "save":
        return None
    is_sound = tree.validate()
    if not form.validate() or not is_sound:
        return None
    return form.to_rule(code or code_from(form.title_en.data or "", otherwise="rule"), tree.to_condition())


def _editor(form: HeadForm, tree: Node, choices: Choices, draft: RuleVersion | None) -> str:
    deed = request.form.get("do", "")
    tree = change_tree(tree, deed, choices) if deed and deed != "save" else tree
    return render_template("rules/edit.html", form=form, tree=tree, draft=draft, test_form=_test_form(draft))


@bp.get("/<int:rule_id>")
def show(rule_id: int) -> str:
    """Show what a rule asks, what it said, and how its proposals fared."""
    session = db.session()
    row = get_rule(session, acting_user(), rule_id)
    version = rules.in_use(row) or row.versions[-1]
    return render_template(
        "rules/show.html",
        row=row,
        version=version,
        rule=load_rule(version),
        asked=condition_words(load_rule(version).condition, rule_queries.names_for(session, _language())),
        draft=rules.draft_of(row),
        counts=rule_queries.count_results(session).get(version.id, rule_queries.Counts()),
        record=count_decisions(session).get(row.id),
        criteria=rule_queries.rubrics_asking(session, row.code, _language()),
        outdated=rule_queries.outdated_scripts(session, version, _language()),
    )


@bp.get("/<int:rule_id>/versions/<int:number>/test")
def show_test(rule_id: int, number: int) -> str:
    """Show the last test of a version: counts, and conversations with the words marked."""
    session = db.session()
    version = get_rule_version(session, acting_user(), rule_id, number)
    if version.test is None:
        raise NotFound
    outcome, people = request.args.get("outcome", "satisfied"), request.args.get("people", "")
    compared = version.test.get("compared")
    pairs = compared["examples"].get(people, []) if compared and people else []
    ids = list(dict.fromkeys(key for key, _ in pairs)) if people else version.test["examples"].get(outcome, [])
    return render_template(
        "rules/test.html",
        version=version,
        rule=load_rule(version),
        asked=condition_words(load_rule(version).condition, rule_queries.names_for(session, _language())),
        test=version.test,
        outcome="" if people else outcome,
        people=people,
        against=_yardstick_named(compared),
        record=Record.of(compared["counts"]) if compared else None,
        inspections=_by_conversation(pairs),
        is_current=rules.is_tested(version),
        conversations=_marked(version, ids),
    )


@bp.post("/<int:rule_id>/versions/<int:number>/test")
def test(rule_id: int, number: int) -> AnyResponse:
    """Test a version on conversations of a month; many of them in a job."""
    session, actor = db.session(), acting_user()
    version = get_rule_version(session, actor, rule_id, number)
    form = _test_form(version)
    if not form.validate():
        flash(" ".join(form.refusals()), "error")
        return redirect(url_for("rules.edit", rule_id=rule_id), 303)
    against = Yardstick.from_text(form.against.data or "")
    scope = Scope(form.month.data, tuple(form.channels.data or ()), int(form.sample.data), against)
    ids = choose_conversations(session, scope)
    if not ids:
        flash(_("There are no such conversations in this month."), "error")
        return redirect(url_for("rules.edit", rule_id=rule_id), 303)
    if len(ids) >= LARGE:
        run = start_test(session, actor, version, scope, locale=str(get_locale()))
        return redirect(url_for("jobs.show", job_id=run.id), 303)
    try:
        try_rule(session, actor, version, ids, scope)
    except (rules.RuleRefusal, RuleError) as refusal:
        flash(explain_rule_refusal(refusal), "error")
        return redirect(url_for("rules.edit", rule_id=rule_id), 303)
    return redirect(url_for("rules.show_test", rule_id=rule_id, number=number), 303)


@bp.get("/<int:rule_id>/results")
def results(rule_id: int) -> str:
    """List the conversations the rule in use spoke of."""
    session = db.session()
    version = rules.in_use(get_rule(session, acting_user(), rule_id))
    if version is None:
        raise NotFound
    outcome, only_hits = request.args.get("outcome", ""), request.args.get("hits") == "1"
    query = rule_queries.select_results(version, outcome, only_hits=only_hits)
    page: Page[Any] = paginate_rows(session, query, per_page=PER_PAGE)
    ids = [row.conversation_id for row in page.rows]
    return render_template(
        "rules/results.html",
        row=version.rule,
        rule=load_rule(version),
        page=page,
        outcome=outcome,
        only_hits=only_hits,
        counts=rule_queries.count_results(session).get(version.id, rule_queries.Counts()),
        conversations=_marked(version, ids),
    )


@bp.post("/<int:rule_id>/versions/<int:number>/on")
def switch_on(rule_id: int, number: int) -> AnyResponse:
    """Let a tested draft screen every conversation."""
    session, actor = db.session(), acting_user()
    version = get_rule_version(session, actor, rule_id, number)
    try:
        rules.switch_on(session, actor, version)
    except (rules.RuleRefusal, RuleError) as refusal:
        flash(explain_rule_refusal(refusal), "error")
        return redirect(url_for("rules.edit", rule_id=rule_id), 303)
    _screen()
    flash(_("The rule is switched on. It is being asked of every conversation now."), "success")
    return redirect(url_for("rules.show", rule_id=rule_id), 303)


@bp.post("/<int:rule_id>/off")
def switch_off(rule_id: int) -> AnyResponse:
    """Take a rule out of use."""
    session, actor = db.session(), acting_user()
    version = rules.in_use(get_rule(session, actor, rule_id))
    if version is None:
        raise NotFound
    try:
        rules.switch_off(session, actor, version)
    except rules.RuleRefusal as refusal:
        flash(explain_rule_refusal(refusal), "error")
    else:
        flash(_("The rule is switched off. What it proposed, and what people decided, is kept."), "success")
    return redirect(url_for("rules.show", rule_id=rule_id), 303)


@bp.post("/<int:rule_id>/draft")
def start_draft(rule_id: int) -> AnyResponse:
    """Open a draft as a copy of the newest version."""
    session, actor = db.session(), acting_user()
    row = get_rule(session, actor, rule_id)
    if rules.draft_of(row) is None:
        rules.start_rule_draft(session, actor, rules.in_use(row) or row.versions[-1])
    return redirect(url_for("rules.edit", rule_id=rule_id), 303)


@bp.post("/<int:rule_id>/discard")
def discard(rule_id: int) -> AnyResponse:
    """Throw the draft away."""
    session, actor = db.session(), acting_user()
    draft = rules.draft_of(get_rule(session, actor, rule_id))
    if draft is None:
        raise NotFound
    is_gone = rules.discard_rule_draft(session, actor, draft)
    flash(_("The draft is gone."), "success")
    return redirect(url_for("rules.index") if is_gone else url_for("rules.show", rule_id=rule_id), 303)


@bp.post("/screen")
def screen() -> AnyResponse:
    """Ask the rules in use about what they have not seen."""
    run = _screen()
    return redirect(url_for("jobs.show", job_id=run), 303)


@bp.get("/file.<any(json):kind>")
def export_all(kind: str) -> Response:  # noqa: ARG001 - part of the address, so that it is no page
    """Hand out the rules in use, and drafts of rules that are not, as one file."""
    rows = db.session().scalars(select(CheckRule).order_by(CheckRule.id))
    chosen = [load_rule(rules.in_use(row) or row.versions[-1]) for row in rows]
    return text_response("rules", write_rules(chosen), "json")


@bp.get("/<int:rule_id>/versions/<int:number>/file.json")
def export(rule_id: int, number: int) -> Response:
    """Hand out one version as a file."""
    version = get_rule_version(db.session(), acting_user(), rule_id, number)
    return text_response(f"{version.rule.code}-v{number}", write_rules([load_rule(version)]), "json")


@bp.post("/import")
def import_file() -> AnyResponse | str:
    """Take rules from a file as drafts."""
    form = ImportForm()
    if form.validate():
        try:
            found = read_rules(form.file.data.read())
        except LanguageFileError as error:
            form.file.errors = [str(error)]
        else:
            came, known = rules.import_rules(db.session(), acting_user(), found)
            flash(ngettext("%(num)s rule came as a draft.", "%(num)s rules came as drafts.", came), "success")
            if known:
                flash(ngettext("%(num)s was here already.", "%(num)s were here already.", known), "success")
            return redirect(url_for("rules.index"), 303)
    return _index(form)


def _screen() -> int:
    # The job's module knows this one's room; it is asked for only when something is to be started.
    from qa_app.screening.jobs import start_screening

    return start_screening(db.session(), acting_user(), locale=str(get_locale())).id


def _test_form(version: RuleVersion | None) -> TestForm:
    session = db.session()
    months = rule_queries.months_with_conversations(session)
    before = (version.test or {}).get("scope", {}) if version else {}
    chosen = {"month": before.get("month"), "channels": before.get("channels"), "sample": before.get("sample", 50)}
    known = {name: value if name == "channels" else str(value) for name, value in chosen.items() if value is not None}
    usual = default_yardstick(session, version.rule) if version else None
    known["against"] = before.get("against", usual.to_text() if usual is not None else "")
    return TestForm(
        data=known,
        months=[(month, format_month(month)) for month in months],
        against=[(one.to_text(), title) for one, title in list_yardsticks(session, _language())],
    )


def _marked(version: RuleVersion, ids: list[int]) -> list[MarkedConversation]:
    """Ask the version of a few conversations once more, and mark what it finds."""
    session = db.session()
    if not ids:
        return []
    rule = load_rule(version)
    try:
        book = prepare_trial(session, rule)
    except RuleError:
        return []
    facts = read_facts(session, ids)
    found = {row.id: row for row in session.scalars(select(Conversation).where(Conversation.id.in_(list(facts))))}
    verdicts = dict(zip(facts, book.judge_all(list(facts.values())), strict=True))
    return [
        rule_queries.mark_conversation(
            session, found[key], outcome=verdicts[key][rule.code].outcome.value, hits=verdicts[key][rule.code].hits
        )
        for key in ids
        if key in found
    ]


def _yardstick_named(compared: dict[str, Any] | None) -> str:
    """What a test was held against, in words."""
    yardstick = Yardstick.from_text(compared["against"]) if compared else None
    return yardstick_words(db.session(), yardstick, _language()) if yardstick is not None else ""


def _by_conversation(pairs: list[list[int]]) -> dict[int, list[int]]:
    """The inspections whose answers are meant, by their conversation."""
    found: dict[int, list[int]] = {}
    for conversation_id, inspection_id in pairs:
        found.setdefault(conversation_id, []).append(inspection_id)
    return found


def _language() -> str:
    return "zh" if str(get_locale()).startswith("zh") else "en"


__all__ = ["bp"]
