"""Trends: for the QA lead, and supervisors for their teams, to see what changes, where points go, who stands out."""
