"""Makers of rows with fixed, readable values; each builds the parents it needs and flushes."""
