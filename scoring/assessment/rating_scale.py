"""The scale of ratings, and how many colleagues it takes; apart from the formulas, so that pages need not load them."""

LOWEST_RATING, TOP_RATING = 1.0, 5.0
FEWEST_PEERS = 3
"""Fewer peers are not shown and do not count: whoever is rated could tell who said what."""
