"""What the codes of a document say: names and whole sentences, in English, marked for the catalogues.

Who builds a document names a code and gives the values; the words stand here and in `translations/` and nowhere else.
"""

from reports.language import N_

#: Components and parts of the composite.
COMPONENTS = {
    "qa": N_("QA score"),
    "customer_rating": N_("Customer rating"),
    "efficiency": N_("Efficiency"),
    "handle_time": N_("Handling time"),
    "first_response": N_("First response within target"),
    "answered_per_day": N_("Answered per day"),
    "knowledge": N_("Knowledge test"),
    "teamwork": N_("Teamwork"),
    "complaints": N_("Complaints"),
    "self_rating": N_("Self-rating"),
    "supervisor_rating": N_("Supervisor rating"),
}

TIERS = {"A": N_("Excellent"), "B": N_("Good"), "C": N_("Standard"), "D": N_("Needs improvement")}

VERDICTS = {
    "better": N_("better"),
    "below": N_("below"),
    "cannot_tell": N_("cannot tell"),
    "no_value": N_("no value"),
}
VERDICT_SIGNS = {"better": "▲", "below": "▼", "cannot_tell": "≈", "no_value": "–"}

LABELS = {
    "few": N_("too few samples"),
    "none": N_("nothing inspected"),
    "prior_only": N_("prior only"),
    "not_comparable": N_("not comparable"),
}

#: The same in a sentence that has room to explain.
LABELS_IN_WORDS = {
    "few": N_("rests on very few conversations"),
    "none": N_("nothing inspected: the mean of all agents"),
    "prior_only": N_("hardly any evidence: close to the mean of all agents"),
    "not_comparable": N_("not to be compared with others: no inspector has scored both"),
}

SIGNERS = {"employee": N_("Employee"), "supervisor": N_("Supervisor"), "hr": N_("Human resources")}
COMMENTS = {"self": N_("Self-rating"), "supervisor": N_("Supervisor's comment"), "peer": N_("Colleague's comment")}

#: Notes of documents by code.
SENTENCES = {
    # Lines below a component's name.
    "qa_parts": N_("quality %(quality)s; critical errors %(critical)s of %(inspected)s"),
    "qa_rate": N_("critical errors likely %(rate)s of all"),
    "rating_of_asked": N_("share of 4 and 5 stars; %(answered)s of %(asked)s answered"),
    "rating": N_("share of 4 and 5 stars; %(answered)s answered"),
    "handle_time": N_("against the same mix of cases; 1.00 is the centre's mean"),
    "first_response": N_("%(k)s of %(n)s answered in time"),
    "answered_per_day": N_("per active day, against the number in the policy"),
    "test": N_("result of the quarter's test"),
    "teamwork": N_("mean of supervisor's and colleagues' rating, 1 to 5"),
    "own_rating": N_("self-rating %(value)s, weight 0"),
    "missing": N_("under %(minimum)s this month: the prior of all agents stands in"),
    "missing_part": N_("too little evidence this month: the prior of all agents stands in"),
    # Why there is no composite or no tier.
    "no_composite_weight": N_("No composite: too much of the evidence is missing."),
    "no_composite_prior": N_("No composite: a part is missing, and fewer than eight agents have it to stand in."),
    "no_tier_comparable": N_("No tier: no inspector has scored both this agent and the others."),
    "few_samples": N_("Too few samples for a tier: %(inspected)s of at least %(minimum)s."),
    "no_inspections": N_("Prior only: nothing inspected this month."),
    # Why there is no standing.
    "no_standing": N_(
        "No standing over months: fewer than eight agents were inspected, too few to learn from. "
        "The tier rests on this month, with the critical errors of six."
    ),
    # Praise and improvement.
    "praise_all": N_(
        "No points lost in %(n)s conversations of three months; likely %(likely)s of all lose some here, in the centre "
        "%(centre)s."
    ),
    "praise_share": N_("Points lost in %(k)s of %(n)s conversations, likely %(likely)s; in the centre %(centre)s."),
    "improve_share": N_(
        "Points lost in %(k)s of %(n)s conversations, likely %(likely)s of all. Worth about %(points)s points each."
    ),
    "weighed": N_("Drawn by risk: they weigh as %(k)s of %(n)s would."),
    "no_pattern": N_("No pattern yet. Too few to say more."),
    "pattern_from": N_("No pattern yet: from about %(needed)s inspections one would likely show."),
    "inspector_praise": N_("Praised by an inspector"),
    "customer_praise": N_("Named by a customer"),
    "critical_error": N_("Critical error: %(criterion)s"),
    "critical_effect": N_("This conversation counts 0; handled as a fact, not as a pattern."),
    "more_evidence": N_("More: conversations %(conversations)s."),
    "quote_inspected": N_("conversation %(conversation)s, %(day)s, %(by)s"),
    "quote_conversation": N_("conversation %(conversation)s, %(day)s"),
    "quote_by": N_("conversation %(conversation)s, %(by)s"),
    "quote_undated": N_("conversation %(conversation)s"),
    "quote_stars": N_("conversation %(conversation)s, %(stars)s stars"),
    # Proposals by rule.
    "propose_praise": N_("Reward: named praise, as the tier proposes."),
    "propose_coaching": N_("Measure: coaching, as the tier proposes."),
    "propose_none": N_("Reward: none. Measure: none."),
    "propose_other": N_("Proposed: %(what)s."),
    # Where each number comes from.
    "data_draw": N_("draw %(draw)s, %(n)s conversations; %(inspectors)s inspectors; rubric %(rubrics)s"),
    "data_inspections": N_("%(n)s conversations; %(inspectors)s inspectors; rubric %(rubrics)s"),
    "data_nothing": N_("nothing this month"),
    "data_surveys": N_("%(asked)s asked, %(answered)s answered"),
    "data_answers": N_("%(answered)s answers"),
    "data_answered": N_("%(answered)s answered of %(conversations)s conversations"),
    "data_days": N_("%(answered)s answered on %(days)s active days"),
    "data_entered": N_("results entered for the quarter"),
    "method_two_part": N_("two-part score: quality and critical rate apart, then combined"),
    "method_corrected": N_("two-part score, inspectors’ severity taken out; the tier rests on the standing"),
    "method_alone": N_("two-part score, inspectors’ severity taken out where it can be told"),
    "method_posterior": N_("beta posterior over all agents"),
    "method_case_mix": N_("log time within agents, corrected by topic, channel and shift"),
    "method_share": N_("share with its interval"),
    "method_policy": N_("by the anchors of the policy"),
}  # fmt: skip
