"""The blueprints of all rooms, in the order of the work; the factory registers them."""

from __future__ import annotations

from flask import Blueprint

from qa_app.appeals.lead_views import bp as appeals
from qa_app.assessment.below_standard_views import bp as standard
from qa_app.assessment.policy_views import bp as policies
from qa_app.assessment.sheet_views import bp as sheets
from qa_app.assessment.views import bp as assessment
from qa_app.calibration.change_views import bp as calibration_sessions
from qa_app.calibration.views import bp as calibration
from qa_app.coaching.library_views import bp as library
from qa_app.coaching.ratings_views import bp as ratings
from qa_app.coaching.results_views import bp as results
from qa_app.coaching.training_views import bp as trainings
from qa_app.coaching.views import bp as coaching
from qa_app.conversations.import_views import bp as imports
from qa_app.conversations.metrics_views import bp as metrics
from qa_app.conversations.people_views import bp as people_import
from qa_app.conversations.views import bp as conversations
from qa_app.doctor.views import bp as doctor
from qa_app.home.views import bp as home
from qa_app.inspections.list_views import bp as inspections
from qa_app.jobs.views import bp as jobs
from qa_app.lists.views import bp as lists
from qa_app.notices.views import bp as notices
from qa_app.people.account_views import bp as account
from qa_app.people.audit_views import bp as audit
from qa_app.people.settings_views import bp as settings
from qa_app.people.setup_views import bp as setup
from qa_app.people.views import bp as people
from qa_app.reporting.views import bp as reporting
from qa_app.retention.views import bp as retention
from qa_app.rubrics.views import bp as rubrics
from qa_app.sampling.views import bp as sampling
from qa_app.scorecard.views import bp as scorecard
from qa_app.screening.rule_views import bp as rules
from qa_app.screening.views import bp as screening
from qa_app.scripts.views import bp as scripts
from qa_app.search.views import bp as search
from qa_app.simulation.views import bp as simulation
from qa_app.trends.views import bp as trends

ROOMS: tuple[Blueprint, ...] = (
    home,
    search,
    lists,
    conversations,
    imports,
    metrics,
    jobs,
    notices,
    setup,
    account,
    people,
    people_import,
    settings,
    audit,
    doctor,
    retention,
    inspections,
    appeals,
    rubrics,
    scripts,
    sampling,
    screening,
    rules,
    simulation,
    calibration,
    calibration_sessions,
    trends,
    coaching,
    results,
    ratings,
    library,
    trainings,
    assessment,
    sheets,
    policies,
    standard,
    reporting,
    scorecard,
)
