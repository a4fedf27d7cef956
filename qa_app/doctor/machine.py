"""What the machine must bring for PDFs: Pango's libraries and a font with Chinese characters.

For `./run`, which runs this file to learn what to install, for `flask doctor` and for the tests that need PDFs.
Standard library only, and nothing of ours: it has to answer on a machine where the rest does not start.
"""

import ctypes
import platform
import shutil
import subprocess
from typing import Final

LIBRARIES: Final = {
    "libpango-1.0-0": ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    "libpangoft2-1.0-0": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
    "libharfbuzz-subset0": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
}
"""Debian package, and the file names by which WeasyPrint opens its library on Linux and macOS."""

FONT_PACKAGE: Final = "fonts-noto-cjk"


def missing_libraries() -> list[str]:
    """Name the Debian packages whose libraries cannot be opened."""
    return [package for package, names in LIBRARIES.items() if not any(_can_open(name) for name in names)]


def has_chinese_font() -> bool:
    """Tell whether fontconfig, which Pango asks, knows a font that covers simplified Chinese."""
    fc_list = shutil.which("fc-list")
    if fc_list is None:
        return False
    answer = subprocess.run([fc_list, ":lang=zh-cn", "family"], capture_output=True, check=False)  # noqa: S603 - fixed words
    return bool(answer.stdout.strip())


def missing_packages() -> list[str]:
    """Name the system packages to install before PDFs can be made, for this machine's package manager."""
    libraries = missing_libraries()
    if platform.system() == "Darwin":
        return ["pango"] if libraries else []
    return libraries + ([] if has_chinese_font() else [FONT_PACKAGE])


def install_line(packages: list[str]) -> str:
    """Write the one line a person types to install the packages."""
    if platform.system() == "Darwin":
        return f"brew install {' '.join(packages)}"
    return f"sudo apt-get install -y --no-install-recommends {' '.join(packages)}"


def _can_open(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    print(" ".join(missing_packages()))  # noqa: T201 - the answer to ./run
