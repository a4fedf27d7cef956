"""The blueprints of all rooms, in the order of the work; the factory registers them."""

from __future__ import annotations

from flask import Blueprint

from qa_app.home.views import bp as home
from qa_app.jobs.views import bp as jobs

ROOMS: tuple[Blueprint, ...] = (home, jobs)
