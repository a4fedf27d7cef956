"""Inspecting: for inspectors, to score sampled conversations with evidence, one after the other; for the lead, to see
what was scored by whom, hand work over, and decide what inspectors cannot."""
