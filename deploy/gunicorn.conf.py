"""How the web server runs, from the application's own settings: `gunicorn -c deploy/gunicorn.conf.py wsgi:app`."""

import sys
from typing import Any

from config import load_settings

_settings = load_settings()

bind = f"{_settings.host}:{_settings.port}"
workers = _settings.web_processes
threads = _settings.web_threads
worker_class = "gthread"
graceful_timeout = 5
loglevel = "warning"


def when_ready(server: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    """Say where to go only when somebody would answer there."""
    host = "localhost" if _settings.host in {"127.0.0.1", "0.0.0.0"} else _settings.host  # noqa: S104
    print(f"Assay answers on http://{host}:{_settings.port} (Ctrl-C ends it)", file=sys.stderr)  # noqa: T201
