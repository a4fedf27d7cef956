"""QA lead: do inspectors read the rubric alike, is somebody strict, lenient, drifting? Inspectors: the same of oneself.

Calibration sessions (blind scores, reveal, reference answer) are still to come here.
"""
