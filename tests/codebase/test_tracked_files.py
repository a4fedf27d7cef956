"""The repository holds our own work only: nothing third-party, nothing that names one machine or one registry."""

import re
from pathlib import Path

from tests.codebase.checkout import ROOT, relative, tracked_files

BINARY_SUFFIXES = {".png", ".jpg", ".gz", ".zip", ".xlsx", ".wav", ".mp3", ".ogg", ".ttf", ".pdf"}
FOREIGN_SUFFIXES = {".woff", ".woff2", ".ttf", ".otf", ".whl", ".map"}
# Written as character classes, so that this file does not hold what it looks for.
MACHINE_PATHS = re.compile(r"(?<![\w.\-/])/(?:roo[t]|wor[k]|tmp/assa[y]|opt/pyp[i])/")
REGISTRIES = re.compile(r"pyp[i]\.org|pythonhoste[d]\.org|registr[y]\.npmjs|npmmirro[r]|tun[a]\.tsinghua")
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt", "package-lock.json")


def text_files() -> list[Path]:
    return [path for path in tracked_files() if path.suffix not in BINARY_SUFFIXES]


def is_foreign(path: Path) -> bool:
    in_packages = {"vendor", "node_modules"} & set(path.relative_to(ROOT).parts)
    return bool(in_packages) or ".min." in path.name or path.suffix in FOREIGN_SUFFIXES


def test_no_third_party_file_is_committed() -> None:
    assert relative(path for path in tracked_files() if is_foreign(path)) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert relative(path for path in text_files() if MACHINE_PATHS.search(path.read_text(encoding="utf-8"))) == []


def test_no_file_names_a_package_registry() -> None:
    assert relative(path for path in text_files() if REGISTRIES.search(path.read_text(encoding="utf-8"))) == []


def test_locks_pin_by_hash_and_hold_no_address_of_a_registry() -> None:
    for name in LOCKS:
        lock = (ROOT / name).read_text(encoding="utf-8")

        assert not re.search(r'--(extra-)?index-url|--find-links|"resolved":', lock), name
        assert "sha256:" in lock or '"integrity": "sha512-' in lock, name


def test_every_locked_python_package_has_a_hash() -> None:
    for name in LOCKS[:3]:
        for entry in re.split(r"\n(?=\w)", (ROOT / name).read_text(encoding="utf-8")):
            assert entry.startswith("#") or "--hash=sha256:" in entry, f"{name}: {entry.splitlines()[0]}"
