"""`flask assets`: the browser-side libraries, from `node_modules/` into `qa_app/static/vendor/`.

For set-up (`./run` calls this file before the application can start) and for whoever adds an icon. It installs
nothing: `npm ci` has put the locked packages into `node_modules/`. Pages take every file from our own address, so the
folder is filled once and ignored by git. Standard library and click only, since it runs without the application.
"""

import re
import sys
from pathlib import Path
from typing import Final

import click

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ROOT / "node_modules"
VENDOR: Final = ROOT / "qa_app" / "static" / "vendor"
ICON_LIST: Final = ROOT / "qa_app" / "static" / "icons.txt"
ICON_SOURCES: Final = PACKAGES / "@tabler" / "icons" / "icons" / "outline"

VENDORED: Final = {
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap.bundle.min.js": "bootstrap/dist/js/bootstrap.bundle.min.js",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "tinykeys.js": "tinykeys/dist/tinykeys.module.js",
    "wavesurfer.esm.js": "wavesurfer.js/dist/wavesurfer.esm.js",
    "wavesurfer-regions.esm.js": "wavesurfer.js/dist/plugins/regions.esm.js",
    "tom-select.complete.min.js": "tom-select/dist/js/tom-select.complete.min.js",
    "tom-select.css": "tom-select/dist/css/tom-select.bootstrap5.min.css",
    "Sortable.esm.js": "sortablejs/modular/sortable.complete.esm.js",
    "axe.min.js": "axe-core/axe.min.js",
}
"""File name that our pages use, and where its package keeps it. axe serves the accessibility tests alone."""

_SOURCE_MAP: Final = re.compile(rb"^(//# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\s*$", re.MULTILINE)
_SVG_BODY: Final = re.compile(r"<svg[^>]*>(?P<body>.*)</svg>", re.DOTALL)
_BOUNDING_BOX: Final = re.compile(r'<path stroke="none"[^>]*/>')


class AssetMissing(Exception):
    """A named file or icon is not among the installed packages."""


def install_assets() -> list[str]:
    """Bring the vendor folder in line with the installed packages; return the names of the files that changed."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    wanted = {name: _read_library(source) for name, source in VENDORED.items()}
    wanted["icons.svg"] = build_sprite(read_icon_names()).encode()
    return [name for name, content in wanted.items() if _write_if_changed(VENDOR / name, content)]


def read_icon_names() -> list[str]:
    """Read the icons our pages use, sorted and once each; blank lines and lines that begin with # do not count."""
    lines = ICON_LIST.read_text(encoding="utf-8").splitlines()
    return sorted({line.strip() for line in lines if line.strip() and not line.startswith("#")})


def build_sprite(names: list[str]) -> str:
    """Draw one SVG with a symbol per icon, to be shown by `<use href="…#name">`.

    The width of the stroke is left to the page, so that a style sheet can set it.
    """
    symbols = "\n".join(_symbol(name) for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def _symbol(name: str) -> str:
    source = ICON_SOURCES / f"{name}.svg"
    if not source.is_file():
        raise AssetMissing(f"No outline icon is called {name!r}: correct the line in {ICON_LIST.relative_to(ROOT)}.")
    found = _SVG_BODY.search(source.read_text(encoding="utf-8"))
    body = " ".join(_BOUNDING_BOX.sub("", found["body"] if found else "").split())
    stroke = 'fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round"'
    return f'<symbol id="{name}" viewBox="0 0 24 24" {stroke}>{body}</symbol>'


def _read_library(source: str) -> bytes:
    path = PACKAGES / source
    if not path.is_file():
        raise AssetMissing(f"node_modules/{source} is missing: run `npm ci --ignore-scripts`.")
    # Without the map files beside them, these comments would only make every developer console complain.
    return _SOURCE_MAP.sub(b"", path.read_bytes())


def _write_if_changed(path: Path, content: bytes) -> bool:
    if path.is_file() and path.read_bytes() == content:
        return False
    path.write_bytes(content)
    return True


@click.command("assets")
def assets() -> None:
    """Copy the browser-side libraries and build the icon sprite (after `npm ci` or a new name in icons.txt)."""
    try:
        changed = install_assets()
    except AssetMissing as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{len(changed)} browser-side files renewed, {len(VENDORED) + 1 - len(changed)} were up to date.")


if __name__ == "__main__":
    sys.exit(assets())
