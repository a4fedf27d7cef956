"""Every module introduces itself, and starting the application stays cheap."""

import ast
import json
import subprocess
import sys
from pathlib import Path

from tests.codebase.checkout import ROOT, python_files, relative

SOURCES = ("scoring", "reports", "qa_app", "bench", "config.py", "wsgi.py", "migrations", "docs")
# They cost a second and 200 MB that most requests never use, so they are imported late (docs/architecture.md).
HEAVY = ("weasyprint", "vl_convert", "sklearn", "scipy", "pypdf", "fontTools", "rjieba")


def has_docstring(path: Path) -> bool:
    return bool(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))))


def test_every_module_opens_with_a_docstring() -> None:
    silent = [path for path in python_files(*SOURCES) if path.stat().st_size and not has_docstring(path)]

    assert relative(silent) == []


def test_every_package_says_what_lives_in_it() -> None:
    packages = [path for path in python_files("scoring", "reports", "qa_app") if path.name == "__init__.py"]

    assert relative(path for path in packages if not has_docstring(path)) == []


def test_starting_the_application_loads_no_heavy_library() -> None:
    probe = f"import json, sys, qa_app.factory; print(json.dumps([name for name in {HEAVY!r} if name in sys.modules]))"

    result = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True)

    assert json.loads(result.stdout.splitlines()[-1]) == []
