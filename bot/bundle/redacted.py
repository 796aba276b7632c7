"""The same facts with nothing secret in them: every text cleaned, then redacted. Pure.

Words of closed lists, numbers and times are left alone. Texts that stand in a row, such as the
lines of an excerpt, are redacted together, so that a key of several lines is seen whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from bot.sanitize import Secrets, clean, redact
from bot.untrusted import Untrusted

T = TypeVar("T")


class Redactor:
    """Of one bundle: what was done once is not done again, for snapshots share most of it."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._texts: dict[str, str] = {}
        self._done: dict[int, tuple[Any, Any]] = {}

    def of(self, value: T) -> T:
        """The value of the same type; what it was made of stays as it is."""
        done: Any = self._whole(value)
        return done  # type: ignore[no-any-return]

    def _whole(self, value: Any) -> Any:
        if isinstance(value, Enum):  # before `str`: many of ours are both
            return value
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Untrusted):
            return Untrusted(self._text(value.raw))
        if not (isinstance(value, tuple) or is_dataclass(value)):
            return value
        known = self._done.get(id(value))
        if known is None:
            made = self._row(value) if isinstance(value, tuple) else self._fields(value)
            # With the value itself, so that nothing else gets its id.
            known = self._done[id(value)] = (value, made)
        return known[1]

    def _text(self, text: str) -> str:
        known = self._texts.get(text)
        if known is None:
            known = self._texts[text] = redact(clean(text), self._secrets)
        return known

    def _fields(self, value: Any) -> Any:
        return replace(
            value, **{f.name: self._whole(getattr(value, f.name)) for f in fields(value)}
        )

    def _row(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        if all(isinstance(value, Untrusted) for value in values):
            return tuple(self._together(values))
        if len({type(value) for value in values}) != 1 or not is_dataclass(values[0]):
            return tuple(map(self._whole, values))
        rows = {f.name: [getattr(value, f.name) for value in values] for f in fields(values[0])}
        columns = {
            name: self._together(texts)
            for name, texts in rows.items()
            if all(isinstance(text, Untrusted) for text in texts)
        }
        return tuple(
            replace(self._whole(value), **{name: made[n] for name, made in columns.items()})
            for n, value in enumerate(values)
        )

    def _together(self, texts: Sequence[Untrusted]) -> list[Untrusted]:
        if not texts:
            return []
        cleaned = [clean(text.raw) for text in texts]
        lines = iter(redact("\n".join(cleaned), self._secrets).split("\n"))  # line ends stay
        return [
            Untrusted("\n".join(next(lines) for _ in range(text.count("\n") + 1)))
            for text in cleaned
        ]
