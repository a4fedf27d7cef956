"""Who may reach which page: every endpoint stands here once, under the permission that opens it.

The table is written by hand on purpose: a new page without a line in it fails the tests, and so does a page whose
gate changed without anybody saying so here. Which role has which permission stands in `qa_app.access`.
"""

from qa_app.access import Permission

PUBLIC: tuple[Permission, ...] = ()

ENDPOINTS: dict[tuple[Permission, ...], str] = {
    PUBLIC: """
        account.session_state assessment.check assessment.verify home.choose_language settings.logo setup.show
    """,
    (Permission.approve_months,): """
        assessment.approve assessment.lock assessment.publish
    """,
    (Permission.compute_months,): """
        assessment.compute
    """,
    (Permission.edit_policies,): """
        policies.copy policies.create policies.edit policies.index policies.publish policies.save
        policies.show standard.restart standard.switch_off standard.switch_on
    """,
    (Permission.edit_rubrics,): """
        rubrics.copy_preset rubrics.create rubrics.editor.arrange rubrics.editor.criterion
        rubrics.editor.discard rubrics.editor.head rubrics.editor.publish rubrics.editor.section
        rubrics.editor.start rubrics.import_file rubrics.new rubrics.retire rubrics.start_draft
    """,
    (Permission.export_sheets,): """
        reporting.download reporting.exports reporting.start
    """,
    (Permission.import_data,): """
        imports.columns imports.errors imports.index imports.new imports.show imports.start imports.template
        imports.undo
    """,
    (Permission.inspect,): """
        calibration.mine
        inspections.mine inspections.open_sample inspections.opened inspections.prepare_next
        inspections.queue inspections.save inspections.score inspections.start inspections.submit
        inspections.undo inspections.unusable
    """,
    (
        Permission.inspect,
        Permission.view_conversations,
    ): """
        conversations.note_play conversations.sound conversations.waveform
    """,
    (Permission.manage_inspections,): """
        inspections.decide_critical inspections.decide_measured inspections.decide_referred
        inspections.decisions inspections.hand_over inspections.index inspections.work
    """,
    (Permission.manage_people,): """
        people.add people.add_agent people.add_team people.edit people.edit_agent people.edit_team
        people.end_all people.give_password people.remove_second_factor people.set_active
        people_import.check people_import.forget people_import.new people_import.report people_import.start
        people_import.template
    """,
    (Permission.manage_screening,): """
        screening.audit screening.index screening.readiness screening.score screening.train screening.use
    """,
    (
        Permission.manage_screening,
        Permission.inspect,
    ): """
        screening.proposal
    """,
    (Permission.manage_sampling,): """
        sampling.archive_plan sampling.execute sampling.freeze sampling.hand_out sampling.new_plan
        sampling.plans sampling.public_part sampling.replace_sample sampling.reveal sampling.samples
        sampling.show_plan sampling.target simulation.index simulation.start
    """,
    (Permission.manage_settings,): """
        doctor.show settings.add_day settings.remove_day settings.show setup.begin
    """,
    (Permission.own_scorecard,): """
        scorecard.acknowledge scorecard.comment scorecard.index scorecard.object_to
    """,
    (
        Permission.own_scorecard,
        Permission.view_sheets,
    ): """
        reporting.sheet_pdf standard.show
    """,
    (Permission.review_months,): """
        assessment.review assessment.review_remaining
    """,
    (Permission.signed_in,): """
        account.end_all account.show account.signed_in_again home.index jobs.index jobs.progress jobs.retry jobs.show
        jobs.stop scorecard.how
    """,
    (Permission.unmask,): """
        conversations.mask conversations.unmask inspections.unmask
    """,
    (Permission.view_audit,): """
        audit.index audit.verify
    """,
    (Permission.view_calibration,): """
        calibration.inspectors calibration.pairs
    """,
    (Permission.view_conversations,): """
        conversations.export conversations.index conversations.show
    """,
    (Permission.view_draws,): """
        sampling.draws sampling.export sampling.frame sampling.show_draw sampling.verify
    """,
    (Permission.view_inspections,): """
        inspections.view
    """,
    (Permission.view_metrics,): """
        metrics.export metrics.index
    """,
    (Permission.view_months,): """
        assessment.months assessment.show sheets.note sheets.review standard.trial
    """,
    (Permission.view_people,): """
        people.index people.show people.show_agent people.teams
    """,
    (Permission.view_rubrics,): """
        rubrics.compare rubrics.export rubrics.index rubrics.open_rubric rubrics.show rubrics.versions
    """,
    (Permission.view_trends,): """
        trends.index trends.inspections trends.look_for_themes
    """,
    (Permission.view_sheets,): """
        sheets.comment sheets.index sheets.show standard.index
    """,
}

RIGHTS: dict[str, tuple[Permission, ...]] = {
    endpoint: permissions for permissions, endpoints in ENDPOINTS.items() for endpoint in endpoints.split()
}

# Flask-Security guards its own pages: these are for visitors, the others for whoever is signed in.
SIGN_IN_FOR_VISITORS = (
    "security.login",
    "security.logout",
    "security.mf_recovery",
    "security.static",
    "security.tf_select",
    "security.two_factor_rescue",
    "security.two_factor_token_validation",
    "static",
)
SIGN_IN_FOR_USERS = (
    "security.change_password",
    "security.mf_recovery_codes",
    "security.two_factor_setup",
    "security.two_factor_setup_validate",
    "security.verify",
)
