"""Everybody: lists as one wants them. A filter is an address and can be kept by name; a deed can be done to many.

Rooms above announce their lists (`pages`) and what can be done with many rows at once (`deeds`); the bar over a list,
the page that says beforehand what will happen, the outcome and taking it back are the same everywhere.
"""
