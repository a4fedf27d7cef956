"""For the agent: my month, why it came out so, what to do next; and for everyone, how scores are made.

Shows published sheets only, says the same as the paper, and takes the answer: acknowledged, or objected with a reason.
No colleague's name or rank appears here.
"""
