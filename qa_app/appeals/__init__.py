"""For agents, to dispute named answers; for the QA lead, to decide who did not score them, and to look at siblings.

The decision corrects the inspection through `inspections.revising`; months follow when they are computed again.
"""
