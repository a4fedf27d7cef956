"""Numbers in paths: one that no database holds leads where the key of nothing leads."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter

from qa_app.keys import LONGEST_KEY, read_key

__all__ = ["KeyConverter", "configure_routing"]


class KeyConverter(IntegerConverter):
    """What `<int:…>` means here.

    The route matches whatever the number is: so gates, sign-in and "not found" answer as for any other missing thing.
    """

    def to_python(self, value: str) -> int:
        """Read the number, or the key of nothing."""
        return int(super().to_python(value if len(value) < LONGEST_KEY else str(read_key(value))))


def configure_routing(app: Flask) -> None:
    """Give every rule that is added from now on this converter."""
    app.url_map.converters["int"] = KeyConverter
