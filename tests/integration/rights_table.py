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
    (Permission.view_appeals,): """
        appeals.export appeals.index
    """,
    (
        Permission.view_appeals,
        Permission.make_appeals,
    ): """
        appeals.show
    """,
    (Permission.make_appeals,): """
        appeals.mine appeals.new appeals.withdraw
    """,
    (Permission.decide_appeals,): """
        appeals.decide appeals.decide_agent appeals.preview
    """,
    (Permission.manage_appeals,): """
        appeals.ask_rechecks appeals.escalate appeals.export_figures appeals.extend_many appeals.figures
        appeals.rechecks appeals.take_many
    """,
    (Permission.approve_months,): """
        assessment.approve assessment.lock assessment.publish
    """,
    (Permission.coach,): """
        coaching.add_material coaching.close_many coaching.done coaching.drop coaching.edit coaching.hand_over_many
        coaching.measure coaching.new coaching.postpone_many coaching.remove_material library.lend
    """,
    (Permission.enter_results,): """
        ratings.new_round ratings.show_round results.check results.errors results.new results.start results.template
    """,
    (Permission.manage_library,): """
        library.accept library.decline
    """,
    (Permission.manage_trainings,): """
        trainings.attendance trainings.edit trainings.new
    """,
    (Permission.propose_cases,): """
        library.propose
    """,
    (Permission.view_library,): """
        library.index library.show
    """,
    (
        Permission.view_coaching,
        Permission.propose_cases,
    ): """
        coaching.beside
    """,
    (Permission.compute_months,): """
        assessment.compute
    """,
    (Permission.edit_policies,): """
        policies.copy policies.create policies.edit policies.index policies.publish policies.save
        policies.show standard.restart standard.switch_off standard.switch_on
    """,
    (Permission.edit_rubrics,): """
        scripts.discard scripts.edit scripts.import_file scripts.install scripts.new scripts.publish
        scripts.retire scripts.start_draft
        rubrics.copy_preset rubrics.create rubrics.editor.arrange rubrics.editor.criterion
        rubrics.editor.discard rubrics.editor.head rubrics.editor.publish rubrics.editor.section
        rubrics.editor.start rubrics.import_file rubrics.new rubrics.retire rubrics.start_draft
    """,
    (Permission.export_sheets,): """
        reporting.download reporting.exports reporting.start
    """,
    (Permission.import_data,): """
        conversations.add_transcript conversations.recognise
        imports.columns imports.errors imports.index imports.new imports.show imports.start imports.template
        imports.undo
    """,
    (Permission.inspect,): """
        calibration.mine calibration_sessions.start
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
        inspections.decisions inspections.export inspections.export_work inspections.extend_many inspections.hand_over
        inspections.hand_over_many inspections.index inspections.work
    """,
    (Permission.manage_people,): """
        people.add people.add_agent people.add_team people.edit people.edit_agent people.edit_team
        people.end_all people.give_password people.remove_second_factor people.set_active
        people_import.check people_import.forget people_import.new people_import.report people_import.start
        people_import.template
    """,
    (Permission.manage_screening,): """
        rules.discard rules.edit rules.export rules.export_all rules.import_file rules.index rules.new rules.results
        rules.screen rules.show rules.show_test rules.start_draft rules.switch_off rules.switch_on rules.test
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
        sampling.show_plan sampling.target sampling.target_many simulation.index simulation.start
    """,
    (Permission.manage_retention,): """
        retention.index retention.lift_hold retention.remove_rule retention.run retention.save_rule
    """,
    (Permission.place_holds,): """
        retention.hold_many retention.new_hold
    """,
    (Permission.manage_settings,): """
        doctor.show home.house settings.add_day settings.appeals settings.remove_day settings.show setup.begin
    """,
    (Permission.own_scorecard,): """
        coaching.reply scorecard.acknowledge scorecard.comment scorecard.index scorecard.object_to
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
        account.end_all account.notices account.show account.signed_in_again home.index jobs.index jobs.progress
        jobs.retry jobs.show notices.index notices.open_notice notices.read notices.undo
        jobs.stop lists.delete lists.index lists.rename lists.save lists.undo scorecard.how search.index search.quick
    """,
    (Permission.unmask,): """
        conversations.mask conversations.unmask inspections.unmask
    """,
    (Permission.view_audit,): """
        audit.index audit.verify
    """,
    (Permission.view_calibration,): """
        calibration.inspectors calibration.pairs
        calibration_sessions.index calibration_sessions.note calibration_sessions.show
    """,
    (Permission.manage_calibration,): """
        calibration_sessions.add_inspector calibration_sessions.cancel calibration_sessions.new
        calibration_sessions.prolong calibration_sessions.reveal calibration_sessions.rule
        calibration_sessions.take_out_inspector calibration_sessions.wording calibration_sessions.write
    """,
    (Permission.view_coaching,): """
        coaching.export coaching.index coaching.material coaching.show
        ratings.fill ratings.index results.export results.index results.of_agent trainings.export trainings.index
        trainings.show
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
        scripts.compare scripts.export scripts.export_all scripts.index scripts.named scripts.show scripts.show_version
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
