"""The sealed draw: freeze a population, allocate, draw, verify, hand out, and say how many are needed.

frame      the population as canonical bytes with a digest
chances    sizes by risk, inclusion probabilities, the keys of a draw with unequal chances
draw       commitment, key, one number per conversation, the order, replacements
verify     recompute a draw from what was published and name what does not fit
allocate   how many samples each stratum gets
planner    how many samples answer which question
assign     who scores what

Only `planner` needs SciPy; nothing here is loaded by importing the package.
"""
