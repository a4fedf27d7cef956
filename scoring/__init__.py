"""Numbers about work: scores, draws, estimates, lists.

A plain library: arrays or small frozen dataclasses in, dataclasses out. It knows no database, no request, no clock
and no global random state, and labels its results with codes, never with sentences.
"""
