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
    view_months = "view_months"
    compute_months = "compute_months"
    review_months = "review_months"
    approve_months = "approve_months"
    edit_policies = "edit_policies"
    view_sheets = "view_sheets"
    export_sheets = "export_sheets"
    own_scorecard = "own_scorecard"


_P = Permission
ROLE_PERMISSIONS: dict[RoleName, frozenset[Permission]] = {
    RoleName.inspector: frozenset(
        {_P.view_rubrics, _P.inspect, _P.view_inspections, _P.view_calibration, _P.unmask, _P.view_draws}
    ),
    RoleName.qa_lead: frozenset(
        {
            _P.import_data,
            _P.view_rubrics,
            _P.edit_rubrics,
            _P.view_conversations,
            _P.unmask,
            _P.view_metrics,
            _P.view_trends,
            _P.manage_sampling,
            _P.manage_screening,
            _P.view_draws,
            _P.view_inspections,
            _P.manage_inspections,
            _P.view_calibration,
            _P.view_months,
            _P.review_months,
            _P.view_sheets,
        }
    ),
    RoleName.supervisor: frozenset(
        {
            _P.view_rubrics,
            _P.view_conversations,
            _P.view_metrics,
            _P.view_trends,
            _P.view_inspections,
            _P.view_sheets,
            _P.view_draws,
        }
    ),
    RoleName.agent: frozenset(
        {_P.view_rubrics, _P.view_conversations, _P.view_inspections, _P.own_scorecard, _P.view_draws}
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
            _P.view_draws,
        }
    ),
    RoleName.administrator: frozenset(
        {_P.manage_people, _P.view_people, _P.manage_settings, _P.view_audit, _P.import_data, _P.view_draws}
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
