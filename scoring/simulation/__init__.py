"""Simulated centres: what the numbers of a centre like this one are worth.

A `Centre` says how many agents and inspectors there are and how they differ; `simulate` makes months of it, runs the
estimates that real months run, and tells how often intervals cover, who is found and who is wrongly named.
"""
