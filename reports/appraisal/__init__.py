"""The monthly appraisal: two A4 pages a person can read, sign and check."""
