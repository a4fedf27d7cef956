"""Supervisors and the QA lead: agree on what to practise and see whether it helped; agents: answer it; HR reads."""
