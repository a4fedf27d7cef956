"""QA lead: do inspectors read the rubric alike, is somebody strict, lenient, drifting? Inspectors: the same of oneself.

And calibration sessions: the same conversations scored blind by several, revealed, discussed, ruled on, and the rulings
written into the guidance of the next rubric version.
"""
