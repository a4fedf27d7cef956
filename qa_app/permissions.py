"""What can be allowed, and to which role; `access` puts it before views and rows."""

from __future__ import annotations

import enum

from qa_app.models import RoleName, User

__all__ = ["ROLE_PERMISSIONS", "Permission", "has_permission", "permissions_of"]


class Permission(enum.StrEnum):
    """What can be allowed. `signed_in` is what every user has."""

    signed_in = "signed_in"
    manage_people = "manage_people"
    manage_settings = "manage_settings"
    view_people = "view_people"
    view_audit = "view_audit"
    manage_retention = "manage_retention"
    place_holds = "place_holds"
    import_data = "import_data"
    view_rubrics = "view_rubrics"
    edit_rubrics = "edit_rubrics"
    view_conversations = "view_conversations"
    unmask = "unmask"
    view_metrics = "view_metrics"
    view_trends = "view_trends"
    manage_sampling = "manage_sampling"
    view_draws = "view_draws"
    manage_screening = "manage_screening"
    inspect = "inspect"
    view_inspections = "view_inspections"
    manage_inspections = "manage_inspections"
    view_calibration = "view_calibration"
    manage_calibration = "manage_calibration"
    view_months = "view_months"
    compute_months = "compute_months"
    review_months = "review_months"
    approve_months = "approve_months"
    edit_policies = "edit_policies"
    view_sheets = "view_sheets"
    export_sheets = "export_sheets"
    own_scorecard = "own_scorecard"
    view_coaching = "view_coaching"
    coach = "coach"
    enter_results = "enter_results"
    manage_trainings = "manage_trainings"
    view_library = "view_library"
    propose_cases = "propose_cases"
    manage_library = "manage_library"
    view_appeals = "view_appeals"
    make_appeals = "make_appeals"
    decide_appeals = "decide_appeals"
    manage_appeals = "manage_appeals"


_P = Permission
ROLE_PERMISSIONS: dict[RoleName, frozenset[Permission]] = {
    RoleName.inspector: frozenset(
        {
            _P.view_rubrics,
            _P.inspect,
            _P.view_inspections,
            _P.view_calibration,
            _P.unmask,
            _P.view_library,
            _P.propose_cases,
            _P.view_draws,
            _P.view_appeals,
        }
    ),
    RoleName.qa_lead: frozenset(
        {
            _P.import_data,
            _P.view_rubrics,
            _P.edit_rubrics,
            _P.view_conversations,
            _P.unmask,
            _P.place_holds,
            _P.view_metrics,
            _P.view_trends,
            _P.manage_sampling,
            _P.manage_screening,
            _P.view_draws,
            _P.view_inspections,
            _P.manage_inspections,
            _P.view_coaching,
            _P.coach,
            _P.manage_trainings,
            _P.view_library,
            _P.propose_cases,
            _P.manage_library,
            _P.view_calibration,
            _P.manage_calibration,
            _P.view_months,
            _P.review_months,
            _P.view_sheets,
            _P.view_appeals,
            _P.decide_appeals,
            _P.manage_appeals,
        }
    ),
    RoleName.supervisor: frozenset(
        {
            _P.view_rubrics,
            _P.view_conversations,
            _P.view_metrics,
            _P.view_trends,
            _P.view_inspections,
            _P.view_coaching,
            _P.coach,
            _P.manage_trainings,
            _P.view_library,
            _P.propose_cases,
            _P.view_sheets,
            _P.view_draws,
            _P.view_appeals,
        }
    ),
    RoleName.agent: frozenset(
        {
            _P.view_rubrics,
            _P.view_conversations,
            _P.view_inspections,
            _P.own_scorecard,
            _P.view_coaching,
            _P.view_library,
            _P.view_draws,
            _P.make_appeals,
        }
    ),
    RoleName.hr: frozenset(
        {
            _P.view_people,
            _P.view_metrics,
            _P.view_months,
            _P.compute_months,
            _P.approve_months,
            _P.edit_policies,
            _P.view_sheets,
            _P.export_sheets,
            _P.view_coaching,
            _P.enter_results,
            _P.manage_trainings,
            _P.view_draws,
            _P.view_appeals,
            _P.decide_appeals,
        }
    ),
    RoleName.administrator: frozenset(
        {
            _P.manage_people,
            _P.view_people,
            _P.manage_settings,
            _P.view_audit,
            _P.import_data,
            _P.view_draws,
            _P.manage_retention,
            _P.place_holds,
        }
    ),
}


def permissions_of(user: User) -> frozenset[Permission]:
    """Return everything the user's roles allow together."""
    granted: set[Permission] = {Permission.signed_in}
    for role in user.role_names:
        granted |= ROLE_PERMISSIONS[role]
    return frozenset(granted)


def has_permission(user: User, *wanted: Permission) -> bool:
    """Tell whether the user has at least one of the permissions."""
    return not permissions_of(user).isdisjoint(wanted)
