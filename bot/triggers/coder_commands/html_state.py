"""Raw HTML and inline code inside a comment: where does a line start? Pure, in linear time.

Tags reach over Markdown's blocks (`<details>` is closed long after it was opened), so one state is
carried through all of them, in order.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from enum import Enum
from typing import Final


class Place(Enum):
    """Where a line starts, as a reader of the rendered comment sees it."""

    TEXT = "text"
    QUOTE = "quote"
    FOLDED = "folded"
    HIDDEN = "hidden"
    """In code, in an HTML comment, or not shown at all."""


class End(Enum):
    """What closes an element that its author left open, by the rules of HTML's parser."""

    NOTHING = "nothing"
    """Formatting is opened again after whatever closed it."""

    CONTAINER = "container"
    """The end of the list item, quote or heading that it stands in."""

    PARAGRAPH = "paragraph"
    """That of its paragraph too."""


_ELEMENTS: Final = {
    "details": (Place.FOLDED, End.CONTAINER),
    "blockquote": (Place.QUOTE, End.CONTAINER),
    "q": (Place.QUOTE, End.PARAGRAPH),
    **dict.fromkeys(("code", "tt"), (Place.HIDDEN, End.NOTHING)),
    **dict.fromkeys(("samp", "kbd"), (Place.HIDDEN, End.PARAGRAPH)),
    **dict.fromkeys(
        (
            *("pre", "listing", "xmp", "plaintext", "script", "style", "template", "textarea"),
            *("title", "noscript", "iframe"),
        ),
        (Place.HIDDEN, End.CONTAINER),
    ),
}
_PRECEDENCE: Final = (Place.HIDDEN, Place.QUOTE, Place.FOLDED)

_INLINE_START: Final = re.compile(r"\n|\\[\\`<\]]|`+|\]\(|<(?=[!?a-zA-Z]|/[a-zA-Z])")
_HTML_START: Final = re.compile(r"\n|<(?=[!?a-zA-Z]|/[a-zA-Z])")
_BACKTICKS: Final = re.compile(r"`+")
# Possessive throughout: a tag that does not match is given up without trying again.
_TAG: Final = re.compile(
    r"<(/?)([a-zA-Z][a-zA-Z0-9-]*+)"
    r"(?:\s++[a-zA-Z_:][\w.:-]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'=<>`]++))?+)*+"
    r"\s*+/?>"
)
# In raw HTML anything goes that a browser takes for a tag, up to `>` outside of quotes.
_RAW_TAG: Final = re.compile(r"<(/?)([a-zA-Z][^\s/>]*+)(?:[^\"'>]++|\"[^\"]*+\"|'[^']*+')*+>")
_TITLE: Final = re.compile(
    r"\]\(\s*+(?:<[^<>\n]*+>|[^\s()<>]++)\s++"
    r"(?:\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|\((?:[^()\\]|\\.)*+\))\s*+\)",
    re.DOTALL,
)
_SPANS: Final = (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"), ("<!", ">"))


class HtmlState:
    """Which elements are open, and whether the rest is swallowed by something without an end."""

    def __init__(self) -> None:
        self._open: dict[str, int] = {}
        self._in_comment = False
        self._in_tag = False

    def save(self) -> dict[str, int]:
        """The open elements, for `close`."""
        return self._open.copy()

    def close(self, saved: dict[str, int], *ends: End) -> None:
        """What was opened since `save` and is closed by one of `ends` is so."""
        for name, depth in self._open.items():
            if _ELEMENTS[name][1] in ends:
                self._open[name] = min(depth, saved.get(name, 0))

    def read(self, text: str, *, raw: bool) -> list[Place]:
        """The place of each line of a block: `raw` HTML, or else a paragraph or heading."""
        if self._in_tag or (self._in_comment and not raw):
            return [Place.HIDDEN] * (text.count("\n") + 1)
        places = [self._here()]
        pos = self._leave_comment(text, places) if self._in_comment else 0
        block = _Block(text, raw=raw)
        while found := block.start.search(text, pos):
            pos = found.end()
            if found.group() == "\n":
                places.append(self._here())
                continue
            end = self._span(block, found)
            places += [Place.HIDDEN] * text.count("\n", pos, end)
            pos = max(pos, end)
        return places

    def _leave_comment(self, text: str, places: list[Place]) -> int:
        end = text.find("-->")
        pos = len(text) if end < 0 else end + 3
        places += [Place.HIDDEN] * text.count("\n", 0, pos)
        self._in_comment = end < 0
        return pos

    def _span(self, block: _Block, found: re.Match[str]) -> int:
        """Where what starts here ends; 0 when it is plain text."""
        first, pos = found.group()[0], found.start()
        if first == "`":
            return block.code_end(found.end(), found.end() - pos)
        if first == "]":
            title = _TITLE.match(block.text, pos)
            return title.end() if title else 0
        if first == "\\":
            return 0
        for opener, closer in _SPANS:
            if block.text.startswith(opener, pos):
                end = block.find(closer, pos + 2)
                if not end and block.raw and opener == "<!--":
                    self._in_comment = True
                    return len(block.text)
                return end
        return self._tag(block, pos)

    def _tag(self, block: _Block, pos: int) -> int:
        tag = (_RAW_TAG if block.raw else _TAG).match(block.text, pos)
        if tag is None:
            self._in_tag = block.raw
            return len(block.text) if block.raw else 0
        closes, name = tag.group(1), tag.group(2).lower()
        if name in _ELEMENTS:
            self._open[name] = max(0, self._open.get(name, 0) + (-1 if closes else 1))
        return tag.end()

    def _here(self) -> Place:
        if self._in_comment:
            return Place.HIDDEN
        if not self._open:
            return Place.TEXT
        inside = {_ELEMENTS[name][0] for name, depth in self._open.items() if depth}
        return next((place for place in _PRECEDENCE if place in inside), Place.TEXT)


class _Block:
    """One block's text, with what is known about the ends of spans in it."""

    def __init__(self, text: str, *, raw: bool) -> None:
        self.text = text
        self.raw = raw
        self.start = _HTML_START if raw else _INLINE_START
        self._absent: set[str] = set()
        self._runs: defaultdict[int, list[int]] | None = None

    def find(self, closer: str, pos: int) -> int:
        """The end of the next `closer`, or 0. Looked for in vain at most once."""
        if closer in self._absent:
            return 0
        at = self.text.find(closer, pos)
        if at < 0:
            self._absent.add(closer)
            return 0
        return at + len(closer)

    def code_end(self, pos: int, length: int) -> int:
        """The end of the code span whose opening run of backticks ended at `pos`, or 0."""
        if self._runs is None:
            self._runs = defaultdict(list)
            for run in _BACKTICKS.finditer(self.text):
                self._runs[run.end() - run.start()].append(run.start())
        starts = self._runs.get(length, [])
        index = bisect_right(starts, pos - 1)
        return starts[index] + length if index < len(starts) else 0
