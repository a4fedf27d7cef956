"""Documents: a frozen dataclass in, bytes out.

For whoever needs a document on paper or in a spreadsheet. Knows nobody: no application, no request, no database.
`documents` says what each document has to be told, `render` turns it into PDF, `workbook` into XLSX.
"""
