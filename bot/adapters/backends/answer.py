"""What Coder answered, free of the HTTP library: status, decoded body, Coder's own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

ROUTE_MISSING = "Route not found."
OBJECT_MISSING = "Resource not found or you do not have access to this resource"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `data` is the decoded body, None for an empty one; header names in any case."""

    status: int
    data: Any
    headers: Mapping[str, str]

    @property
    def ok(self) -> bool:
        """A success."""
        return 200 <= self.status < 300

    @property
    def message(self) -> str:
        """The first sentence of an error, in Coder's words; empty when there is none."""
        return self._text("message")

    @property
    def detail(self) -> str:
        """The second part of an error, in Coder's words."""
        return self._text("detail")

    @property
    def validations(self) -> tuple[tuple[str, str], ...]:
        """Field and complaint for each invalid member."""
        found = self.data.get("validations") if isinstance(self.data, dict) else None
        return tuple((str(v.get("field")), str(v.get("detail"))) for v in found or ())

    @property
    def route_missing(self) -> bool:
        """The feature is not served. An absent object is a 404 with another message."""
        return self.status == 404 and self.message == ROUTE_MISSING

    @property
    def object_missing(self) -> bool:
        """It does not exist, or is not shown to us: the same on purpose."""
        return self.status == 404 and not self.route_missing

    @property
    def build_active(self) -> bool:
        """Another build of the workspace is under way; the same call may work in a moment."""
        return self.status == 409 and self.message.startswith("A workspace build is already active")

    def _text(self, member: str) -> str:
        value = self.data.get(member) if isinstance(self.data, dict) else None
        return value if isinstance(value, str) else ""


def path(*segments: str) -> str:
    """`/a/b` of segments that may hold any character."""
    return "".join(f"/{quote(segment, safe='')}" for segment in segments)


def in_one_line(text: str, limit: int = 300) -> str:
    """Coder's own words, fit for an error message: one line, printable, at most `limit` long."""
    line = "".join(c if c.isprintable() else " " for c in text)
    line = " ".join(line.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
