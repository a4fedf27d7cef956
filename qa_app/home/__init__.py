"""Everybody's start page: what waits for me, and by when."""
