"""Mappings that come with the product: the tables people keep already.

`registration` is the registration and tracking table with English or Chinese headings, `calls` a table of calls from a
telephone system, `vcon` conversation containers of the IETF draft.
"""

from pathlib import Path

from qa_app.conversations.importers.mapping import MappingSpec, load_mapping
from qa_app.conversations.importers.problems import FileProblemCode, MappingError

_FOLDER = Path(__file__).parent
PRESETS = tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def load_preset(name: str) -> MappingSpec:
    """Return a preset by its name.

    Raises
    ------
    MappingError
        If there is none of this name.
    """
    if name not in PRESETS:
        raise MappingError(FileProblemCode.unknown_preset, {"name": name, "known": ", ".join(PRESETS)})
    return load_mapping(_FOLDER / f"{name}.toml")
