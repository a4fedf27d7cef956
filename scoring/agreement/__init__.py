"""Do inspectors agree, and who is stricter: agreement figures, severity, and whether inspectors can be compared at all.

Plain functions over arrays of codes or small records. Nothing here is loaded by importing the package: its modules
need SciPy, which requests can mostly do without.
"""
