"""For HR, to hand out what a month says: appraisals as PDF, one joined file, an archive, a workbook.

Gathers frozen sheets and what stands beside them, hands them to `reports/`, keeps the files and who fetched them.
Rules of the month are not here: they are the assessment's.
"""
