"""For the QA lead: write a rubric, check it, try it on past inspections, publish it; for everybody: read what is asked.

A rubric is edited as a draft and published as a version that never changes; an inspection keeps its version.
"""
