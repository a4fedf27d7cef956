"""Sampling, for the QA lead who plans and draws, and for everyone who wants to check that nobody chose.

A plan says what is drawn for a month and commits to a seed; the draw goes through five stages (commit, freeze, public
part, draw, reveal), is handed out to inspectors, and can be verified by people who do not trust us.

design        what a plan says, typed
population    which conversations are eligible, and what was left out and why
risk          the points that raise a conversation's chance in a draw by risk
plans         planning: what a precision costs, who would get how many, the commitment
stages        freeze, public part, draw, reveal
handout       who scores what by when
service       what other rooms call: open samples, replace one, add a targeted check
verification  the published record, its five checks, the export
queries       lists on screens
"""
