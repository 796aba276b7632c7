"""The bot's own tokens, and every shape in which they might be written down."""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple
from urllib.parse import quote

Span = tuple[int, int, str]
"""Where something secret stands: start, end, and the name of what it is."""

MIN_LENGTH = 6
"""Shorter values would blank out ordinary words; nothing that opens a door is so short."""

_GRAM = 8
_STEP = 4
_MIN_FRAGMENT = 12
_MIN_LINE = 16
_RUN = re.compile(r"\S{12,}")
_BASE64_RUN = re.compile(r"[A-Za-z0-9+/_=-]*")
# What may stand between two bytes in a hex dump, a percent-encoded or an escaped string.
_HEX_GAP = r"(?:\\u00|\\x|%|[ :,-]{0,2}(?:0x)?)"
_HEX_PAIR = re.compile(rf"{_HEX_GAP}([0-9A-Fa-f]{{2}})")
_HEX_HEAD_BYTES = 16


class _Form(NamedTuple):
    """One way to write a secret; base64 forms are hidden with all of the run around them."""

    text: str
    name: str
    base64: bool


class Secrets:
    """Own tokens by name, such as `{"coder-token": …}`; the name is what redacted text shows.

    Immutable. Values are never in `repr`. Values of several lines (keys) are known by each line.
    """

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        """Values shorter than `MIN_LENGTH` are ignored."""
        pairs = (values or {}).items()
        self._items = tuple((name, v.strip()) for name, v in pairs if len(v.strip()) >= MIN_LENGTH)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Secrets":
        """Of names and values of which several may share a name; nothing is left out."""
        made = cls()
        made._items = tuple(pairs)
        return made

    def values(self) -> tuple[tuple[str, str], ...]:
        """Names and values, for whoever makes more of them; never to be shown."""
        return self._items

    @cached_property
    def _forms(self) -> dict[str, _Form]:
        return {form.text: form for name, value in self._items for form in _forms(name, value)}

    @cached_property
    def _literal(self) -> re.Pattern[str]:
        longest_first = sorted(self._forms, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    @cached_property
    def _hex(self) -> list[tuple[str, str, re.Pattern[str]]]:
        return [(name, value, re.compile(_hex_pattern(value))) for name, value in self._items]

    @cached_property
    def _grams(self) -> dict[str, _Form]:
        """Every run of `_GRAM` characters of every long form, so that a piece is recognized."""
        return {
            form.text[i : i + _GRAM]: form
            for form in reversed(self._forms.values())  # the plain form wins
            if len(form.text) >= _MIN_LINE and _is_random(form.text)
            for i in range(_telling_start(form.text), len(form.text) - _GRAM + 1)
        }

    def __repr__(self) -> str:
        return f"Secrets({', '.join(name for name, _ in self._items)})"

    def __bool__(self) -> bool:
        return bool(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secrets) and self._items == other._items

    def __hash__(self) -> int:
        return hash(self._items)

    def including(self, name: str, value: str) -> "Secrets":
        """These and one more, as when an installation token was renewed."""
        return Secrets({**dict(self._items), name: value})

    def masks(self) -> tuple[str, ...]:
        """Every form, one line each, for the runner's `add-mask`; longest first."""
        hexes = {value.encode().hex() for _, value in self._items}
        lines = {part for form in (*self._forms, *hexes) for part in form.splitlines()}
        usable = (line for line in lines if len(line) >= MIN_LENGTH)
        return tuple(sorted(usable, key=lambda line: (-len(line), line)))

    def occur_in(self, text: str) -> bool:
        """True when the text holds one of them, in any form, or a long piece of one."""
        return next(self.spans(text), None) is not None

    def spans(self, text: str) -> Iterator[Span]:
        """Where they stand in the text, in any form or in part; spans may overlap."""
        if not self._items:
            return
        for match in self._literal.finditer(text):
            form = self._forms[match.group()]
            start, end = match.span()
            if form.base64:
                start, end = _whole_run(text, start, end)
            yield start, end, form.name
        for name, value, pattern in self._hex:
            for match in pattern.finditer(text):
                yield match.start(), _hex_end(text, match.end(), value), name
        yield from self._fragments(text)

    def _fragments(self, text: str) -> Iterator[Span]:
        """Pieces of a token: cut off by a column limit, or with the first characters removed."""
        for run in _RUN.finditer(text):
            start, end = run.span()
            position = start
            while position <= end - _GRAM:
                form = self._grams.get(text[position : position + _GRAM])
                if form is None:
                    position += _STEP
                    continue
                first, last = _overlap(text, position, form.text)
                if last - first >= _MIN_FRAGMENT:
                    yield first, last, form.name
                position = max(last, position + _STEP)


NO_SECRETS = Secrets()


def _forms(name: str, value: str) -> Iterator[_Form]:
    lines = [line.strip() for line in re.split(r"\\n|\n", value)]
    parts = [p for p in lines if len(p) >= _MIN_LINE and not p.startswith("-----")]
    if len(lines) == 1 or not parts:
        parts = [value]
    for part in parts:
        for text in (part, part[::-1], quote(part, safe=""), json.dumps(part)[1:-1]):
            yield _Form(text, name, base64=False)
        for data in (part.encode(), part.encode("utf-16-le")):
            for shift in range(3):
                stable = _stable_base64(data, shift)
                if len(stable) >= MIN_LENGTH:
                    yield _Form(stable, name, base64=True)
                    yield _Form(stable.translate(_URL_SAFE), name, base64=True)


_URL_SAFE = str.maketrans("+/", "-_")


def _stable_base64(data: bytes, shift: int) -> str:
    """The characters that do not depend on what stands before (`shift` bytes) and after."""
    encoded = base64.b64encode(bytes(shift) + data).decode()
    return encoded[(0, 2, 3)[shift] : (shift + len(data)) * 8 // 6]


def _hex_pattern(value: str) -> str:
    """The first bytes in hex, with or without separators, or percent-encoded where needed."""
    head = value.encode()[:_HEX_HEAD_BYTES]
    either = ("".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in f"{b:02x}") for b in head)
    return _HEX_GAP.join(either)


def _hex_end(text: str, position: int, value: str) -> int:
    """Where the rest of the value's bytes end, as far as they follow in hex."""
    for byte in value.encode()[_HEX_HEAD_BYTES:]:
        pair = _HEX_PAIR.match(text, position)
        if not pair or int(pair[1], 16) != byte:
            break
        position = pair.end()
    return position


def _whole_run(text: str, start: int, end: int) -> tuple[int, int]:
    while start and _BASE64_RUN.fullmatch(text[start - 1]):
        start -= 1
    run = _BASE64_RUN.match(text, end)
    return start, run.end() if run else end


def _overlap(text: str, position: int, form: str) -> tuple[int, int]:
    """The longest piece of `form` around `position` that the text repeats."""
    at = form.find(text[position : position + _GRAM])
    first, last = position, position + _GRAM
    end = at + _GRAM
    while first and at and text[first - 1] == form[at - 1]:
        first, at = first - 1, at - 1
    while last < len(text) and end < len(form) and text[last] == form[end]:
        last, end = last + 1, end + 1
    return first, last


def _telling_start(form: str) -> int:
    """Where its own part begins: the head of a JSON web token is the same in all of them."""
    return form.find(".") + 1 if "eyJ" in form else 0


def _is_random(text: str) -> bool:
    """Whether pieces of it are telling: not a word or a phrase that a log may hold anyway."""
    kinds = (str.isdigit, str.isupper, str.islower)
    return sum(any(map(kind, text)) for kind in kinds) >= 2
