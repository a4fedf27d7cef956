"""Rights: which role may do what, one gate per blueprint, and the one way to fetch each owned thing.

A view that lacks the right answers exactly as if the thing did not exist. What a person may see stands as conditions
that lists and single look-ups share, by kind of thing; everybody imports them from here. Rooms add their `get_x` to the
module of its kind.
"""

from __future__ import annotations

from werkzeug.exceptions import NotFound

from qa_app.access.conversations import get_conversation, get_import, visible_conversations
from qa_app.access.definitions import (
    get_rubric,
    get_rubric_version,
    get_rule,
    get_rule_version,
    get_script,
    get_script_version,
    visible_rubrics,
    visible_scripts,
)
from qa_app.access.doors import acting_user, allow, gate, public, requires
from qa_app.access.inspections import (
    get_assignment,
    get_calibration,
    get_draw,
    get_inspection,
    get_own_assignment,
    get_own_inspection,
    get_plan,
    get_sample,
    visible_assignments,
    visible_calibrations,
    visible_inspections,
)
from qa_app.access.people import get_agent, get_job, get_notice, get_saved_filter, get_team, get_user, visible_agents
from qa_app.access.results import (
    get_action,
    get_appeal,
    get_export,
    get_sheet,
    visible_actions,
    visible_appeals,
    visible_sheets,
)
from qa_app.permissions import ROLE_PERMISSIONS, Permission, has_permission, permissions_of

__all__ = [
    "ROLE_PERMISSIONS",
    "NotFound",
    "Permission",
    "acting_user",
    "allow",
    "gate",
    "get_action",
    "get_agent",
    "get_appeal",
    "get_assignment",
    "get_calibration",
    "get_conversation",
    "get_draw",
    "get_export",
    "get_import",
    "get_inspection",
    "get_job",
    "get_notice",
    "get_own_assignment",
    "get_own_inspection",
    "get_plan",
    "get_rubric",
    "get_rubric_version",
    "get_rule",
    "get_rule_version",
    "get_sample",
    "get_saved_filter",
    "get_script",
    "get_script_version",
    "get_sheet",
    "get_team",
    "get_user",
    "has_permission",
    "permissions_of",
    "public",
    "requires",
    "visible_actions",
    "visible_agents",
    "visible_appeals",
    "visible_assignments",
    "visible_calibrations",
    "visible_conversations",
    "visible_inspections",
    "visible_rubrics",
    "visible_scripts",
    "visible_sheets",
]
