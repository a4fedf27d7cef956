"""People: the organisation with its calendar, users and their roles, teams and agents, sign-in, the audit trail.

For the administrator, who lets people in, and for everybody's own account. What a role may do stands in
`qa_app.access`; who did what in `qa_app.audit`.
"""
