"""Means and rates of agents, each with its interval: quality in three modes, shares, case-mix ratio, shrinkage.

Plain functions over arrays; every random step takes a generator made from the thing's own id (`generator_for`), so a
recomputation gives the same figures. Composite, tiers and lists are made of these in `scoring.assessment`.
"""
