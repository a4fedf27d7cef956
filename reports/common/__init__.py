"""What all documents share: fonts, page style, macros."""
