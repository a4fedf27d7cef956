"""Screening, for the QA lead: what a machine proposes for conversations nobody inspected, and how far it is trusted.

A model learns from the inspections of the last year, each conversation is scored by regressions that have not seen it,
and the month's estimates use the proposals only as `scoring.estimates.assisted` allows. A proposal is never a score.

labels      what people found, by conversation
reading     conversations as the library reads them, streamed
store       models as files below ASSAY_HOME
training    train a model, put one in use
proposing   score what has no score yet
auditing    does it err about a group of people
readiness   whether it may enter a month's estimates, and if not why
evaluating  other targets: customers' answers, share of scripted replies
proposals   who may see the proposal for one conversation, and when
service     what jobs, commands and pages call
queries     scores of a window for the month, lists on the page
"""
