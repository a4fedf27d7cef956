"""People and teams: who is here, with which rights, in which team; for administrators to change, for HR to see."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from qa_app.access import Permission, acting_user, allow, gate, get_agent, get_team, get_user, requires
from qa_app.db import db
from qa_app.lists.asked import read_asked
from qa_app.lists.bar import make_bar
from qa_app.models import Team
from qa_app.people import queries, service
from qa_app.people.deeds import deed_in_words
from qa_app.people.devices import list_devices, sign_out_everywhere
from qa_app.people.forms import AgentForm, NewUserForm, TeamForm, UserForm
from qa_app.people.listing import PEOPLE, STANDING_TITLES, select_asked
from qa_app.people.service import EmailTaken, LastAdministrator, NameTaken, NewUser
from qa_app.people.team_history import team_history
from qa_app.web.forms import ConfirmForm
from qa_app.web.navigation import role_title
from qa_app.web.pagination import paginate_rows

bp = Blueprint("people", __name__, template_folder="templates")
gate(bp, Permission.view_people)

bp.add_app_template_global(deed_in_words, "deed")
bp.add_app_template_global(role_title)
bp.add_app_template_global(lambda standing: str(STANDING_TITLES[standing]), "standing_title")


@bp.get("/people")
def index() -> str:
    """List users and agents."""
    session, actor = db.session(), acting_user()
    asked = read_asked(PEOPLE, request.args)
    page = paginate_rows(session, select_asked(asked))
    roles = queries.roles_of(session, [row.user_id for row in page.rows if row.user_id])
    return render_template("people/index.html", page=page, roles_of=roles, bar=make_bar(session, actor, asked, page))


@bp.route("/people/new", methods=["GET", "POST"])
@requires(Permission.manage_people)
def add() -> str | Response:
    """Let somebody in; their first password is shown once."""
    session, actor = db.session(), acting_user()
    form = NewUserForm(teams=queries.teams(session), agents=queries.agents_by_number(session))
    if request.method == "GET":
        form.employee_number.data = request.args.get("employee_number", "")
        form.name.data = request.args.get("name", "")
    if form.validate_on_submit():
        new = NewUser(
            email=form.email.data,
            name=form.name.data,
            roles=form.roles.data,
            agent=form.chosen_agent,
            supervised_teams=form.chosen_teams,
        )
        try:
            user = service.create_user(session, actor, new)
        except EmailTaken:
            form.email.errors = [_("Somebody already signs in with this address.")]
        else:
            return render_template(
                "people/password.html", person=user, password=service.give_temporary_password(session, actor, user)
            )
    return render_template("people/edit_user.html", form=form, person=None)


@bp.get("/people/<int:user_id>")
def show(user_id: int) -> str:
    """Show a user: rights, teams, second factor, latest changes."""
    person = get_user(db.session(), acting_user(), user_id)
    session = db.session()
    may_manage = allow(Permission.manage_people)
    return render_template(
        "people/show.html",
        person=person,
        history=queries.history_of(session, person),
        spells=team_history(session, person),
        devices=list_devices(session, person) if may_manage else [],
        confirm=ConfirmForm(),
    )


@bp.route("/people/<int:user_id>/edit", methods=["GET", "POST"])
@requires(Permission.manage_people)
def edit(user_id: int) -> str | Response:
    """Change a user's name, roles, teams and agent."""
    session, actor = db.session(), acting_user()
    person = get_user(session, actor, user_id)
    form = UserForm(
        teams=queries.teams(session),
        agents=queries.agents_by_number(session),
        data={
            "name": person.name,
            "roles": list(person.role_names),
            "supervised_teams": [team.id for team in person.supervised_teams],
            "employee_number": person.agent.employee_number if person.agent else "",
        },
    )
    if form.validate_on_submit():
        try:
            service.change_user(
                session,
                actor,
                person,
                name=form.name.data,
                roles=form.roles.data,
                agent=form.chosen_agent,
                supervised_teams=form.chosen_teams,
            )
        except LastAdministrator:
            form.roles.errors = [_("Nobody would be left to administer. Make somebody else administrator first.")]
        else:
            flash(_("Saved. The rights hold from the next page on."))
            return redirect(url_for("people.show", user_id=person.id), 303)
    return render_template("people/edit_user.html", form=form, person=person)


@bp.post("/people/<int:user_id>/active")
@requires(Permission.manage_people)
def set_active(user_id: int) -> Response:
    """Let a user sign in, or not any more."""
    session, actor = db.session(), acting_user()
    person = get_user(session, actor, user_id)
    try:
        service.set_active(session, actor, person, active=request.form.get("active") == "1")
    except LastAdministrator:
        flash(_("Nobody would be left to administer. Make somebody else administrator first."), "error")
    return redirect(url_for("people.show", user_id=person.id), 303)


@bp.post("/people/<int:user_id>/password")
@requires(Permission.manage_people)
def give_password(user_id: int) -> str:
    """Set a temporary password and show it this once."""
    session, actor = db.session(), acting_user()
    person = get_user(session, actor, user_id)
    return render_template(
        "people/password.html", person=person, password=service.give_temporary_password(session, actor, person)
    )


@bp.post("/people/<int:user_id>/sign-out-everywhere")
@requires(Permission.manage_people)
def end_all(user_id: int) -> Response:
    """End every session of a user."""
    session, actor = db.session(), acting_user()
    person = get_user(session, actor, user_id)
    sign_out_everywhere(session, actor, person)
    flash(_("%(name)s is signed out on every device.", name=person.display_name))
    return redirect(url_for("people.show", user_id=person.id), 303)


@bp.post("/people/<int:user_id>/second-factor")
@requires(Permission.manage_people)
def remove_second_factor(user_id: int) -> Response:
    """Help a user who lost their second factor."""
    session, actor = db.session(), acting_user()
    person = get_user(session, actor, user_id)
    service.remove_second_factor(session, actor, person)
    flash(_("%(name)s can sign in by password alone now.", name=person.display_name))
    return redirect(url_for("people.show", user_id=person.id), 303)


@bp.get("/agents/<int:agent_id>")
def show_agent(agent_id: int) -> str:
    """Show an agent: number, team, days, sign-in, latest changes."""
    session = db.session()
    agent = get_agent(session, acting_user(), agent_id)
    history, spells = queries.history_of(session, agent), team_history(session, agent)
    return render_template("people/show_agent.html", agent=agent, history=history, spells=spells)


@bp.route("/agents/new", methods=["GET", "POST"])
@requires(Permission.manage_people)
def add_agent() -> str | Response:
    """Note a new agent."""
    session = db.session()
    form = AgentForm(teams=queries.teams(session))
    if form.validate_on_submit():
        try:
            agent = service.create_agent(session, acting_user(), form.facts)
        except NameTaken:
            form.employee_number.errors = [_("Another agent has this number.")]
        else:
            return redirect(url_for("people.show_agent", agent_id=agent.id), 303)
    return render_template("people/edit_agent.html", form=form, agent=None)


@bp.route("/agents/<int:agent_id>/edit", methods=["GET", "POST"])
@requires(Permission.manage_people)
def edit_agent(agent_id: int) -> str | Response:
    """Change what is known of an agent; the employee number stays."""
    session, actor = db.session(), acting_user()
    agent = get_agent(session, actor, agent_id)
    known = {name: getattr(agent, name) for name in ("name", "hired_on", "active_from", "active_to")}
    kept = {"employee_number": agent.employee_number, "team": agent.team_id, "skills": ", ".join(agent.skills)}
    form = AgentForm(teams=queries.teams(session), data={**known, **kept})
    if form.validate_on_submit():
        service.change_agent(session, actor, agent, form.facts)
        return redirect(url_for("people.show_agent", agent_id=agent.id), 303)
    return render_template("people/edit_agent.html", form=form, agent=agent)


@bp.get("/teams")
def teams() -> str:
    """List the teams with their size and supervisors."""
    return render_template("people/teams.html", rows=queries.team_rows(db.session()))


@bp.route("/teams/new", methods=["GET", "POST"])
@requires(Permission.manage_people)
def add_team() -> str | Response:
    """Open a team."""
    return _edit_team(None)


@bp.route("/teams/<int:team_id>/edit", methods=["GET", "POST"])
@requires(Permission.manage_people)
def edit_team(team_id: int) -> str | Response:
    """Give a team other names."""
    return _edit_team(get_team(db.session(), acting_user(), team_id))


def _edit_team(team: Team | None) -> str | Response:
    form = TeamForm(obj=team)
    if form.validate_on_submit():
        names = {"name": form.name.data, "name_zh": form.name_zh.data}
        try:
            if team is None:
                service.create_team(db.session(), acting_user(), **names)
            else:
                service.rename_team(db.session(), acting_user(), team, **names)
        except NameTaken:
            form.name.errors = [_("Another team has this name.")]
        else:
            return redirect(url_for("people.teams"), 303)
    return render_template("people/edit_team.html", form=form, team=team)
