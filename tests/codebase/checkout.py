"""The checkout as git sees it, for tests about the code itself."""

import functools
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]


@functools.cache
def tracked_files() -> tuple[Path, ...]:
    """List what git tracks, without what was deleted but not committed yet."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return tuple(path for name in listing.stdout.split("\0") if name and (path := ROOT / name).is_file())


def python_files(*folders: str) -> list[Path]:
    """List the tracked Python files below the folders."""
    return [path for path in tracked_files() if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in folders]


def relative(paths: Iterable[Path]) -> list[str]:
    """Name files as a person reads them in a failure."""
    return [str(path.relative_to(ROOT)) for path in paths]


def run_tool(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a tool of this environment over the checkout."""
    program = Path(sys.executable).parent / arguments[0]
    return subprocess.run([program, *arguments[1:]], cwd=ROOT, capture_output=True, check=False, text=True)
