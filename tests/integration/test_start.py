"""`./run` starts one program before web and worker: it brings the tables up to date and looks for the demo company."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from flask_migrate import downgrade, upgrade

from config import load_settings
from qa_app.db import db
from qa_app.doctor.checks import check_migrations
from qa_app.factory import create_app
from tests.codebase.checkout import ROOT
from tests.factories.people import create_organisation


def test_one_start_migrates_and_leaves_a_filled_database_alone(tmp_path: Path) -> None:
    settings = load_settings(assay_mode="test", assay_home=tmp_path, database_url="", redis_url="", _env_file=None)
    app = create_app(settings)
    with app.app_context():
        upgrade()
        create_organisation(db.session(), name="Mine")
        db.session.commit()
        downgrade()
        db.session.remove()
        assert check_migrations().remedy == "./run flask db upgrade"
        db.session.remove()

    result = app.test_cli_runner().invoke(args=["demo", "--once", "--migrate"])

    assert (result.exit_code, result.output) == (0, "")
    with app.app_context():
        assert check_migrations().remedy == ""
        db.session.remove()
        db.engine.dispose()


def test_what_starting_made_is_never_looked_through_for_rubbish(tmp_path: Path) -> None:
    probe = "import gc, json, wsgi; print(json.dumps([gc.isenabled(), gc.get_freeze_count()]))"
    environment = {**os.environ, "ASSAY_HOME": str(tmp_path), "ASSAY_MODE": "local"}

    result = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )

    collects, kept = json.loads(result.stdout.splitlines()[-1])
    assert collects
    assert kept > 100_000
