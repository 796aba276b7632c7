"""From the bytes of a log to its lines: what the runner wrapped round them is taken off.

Forms: the runner's own (`stamp message`), the output of `gh run view` (`job TAB step TAB stamp
message`), Travis and plain text. A message that holds newlines has one stamp: lines without one
are as good as the others.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import partial
from typing import NamedTuple

from bot.evidence.generic import hint

_STAMP = re.compile(r"[^\s\d]{0,6}\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z ?")
_TAB_LINE = re.compile(rb"[^\t\n]*\t[^\t\n]*\t(?:\xef\xbb\xbf|[^\s\d]{0,9})?\d{4}-\d\d-\d\dT\d\d:")
_STAMPED_LINE = re.compile(rb"(?:\xef\xbb\xbf|[^\s\d]{0,9})?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z")
# CSI and OSC sequences, single-character escapes, and the same printed as text (`^[[31m`).
_SEQUENCE = re.compile(
    r"(?:\x1b|\^\[)\[[0-9;:?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()#][0-9A-Z]|\x1b[=>78@-Z\\-_]|\x9b[0-9;?]*[@-~]"
)
# C0 but tab, DEL, C1; zero-width, bidirectional and byte order marks that hide or reorder text.
_CONTROL = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_MARKER = re.compile(r"##\[(\w+)\]|\[(command)\]")
_MARK = "\ufeff"
_LONGEST_NAME = 300
# The first byte of an encoded symbol in code pages 437, 850 and 1252, and one that may follow.
_MISREAD = re.compile(r"[ΓÔâ├Ã][^\x00-\x7f]")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_CODE_PAGES = ("cp437", "cp850", "cp1252")
LINE_LIMIT = 2000
"""Characters of a line that are read; of a longer one, those round its first word of failure."""


class Form(StrEnum):
    """How the lines of a log are wrapped."""

    STAMPED = "stamped"
    TABBED = "tabbed"
    TRAVIS = "travis"
    PLAIN = "plain"


class Entry(NamedTuple):
    """One unwrapped line.

    `label` is `job TAB step` in a tabbed log. `stamp` is kept for lines with a marker only.
    """

    number: int
    label: str
    stamp: str
    shown: str
    text: str
    marker: str


def form_of(head: bytes) -> Form:
    """The form of a log that begins with `head`."""
    lines = [line for line in head.split(b"\n")[:200] if line.strip()]
    tabbed = sum(1 for line in lines if _TAB_LINE.match(line))
    stamped = sum(1 for line in lines if _STAMPED_LINE.match(line))
    if tabbed and tabbed >= stamped:
        return Form.TABBED
    if stamped:
        return Form.STAMPED
    if b"travis_fold:" in head or b"travis_time:" in head:
        return Form.TRAVIS
    return Form.PLAIN


def plain(text: str) -> str:
    """`text` as a terminal would leave it; applied again it changes nothing.

    No control sequences, and the last state of a line that overwrites itself.
    """
    while "\x1b" in text or "^[[" in text or "\x9b" in text:
        shorter = _SEQUENCE.sub("", text)
        if shorter == text:
            break
        text = shorter
    if "\r" in text:
        text = next((part for part in reversed(text.split("\r")) if part.strip()), "")
    if not text.isprintable():
        text = _CONTROL.sub("", text)
        if "^[[" in text and _SEQUENCE.search(text):
            return plain(text)
    return text


def entries(data: bytes, first: int, form: Form) -> list[Entry]:
    """The lines of `data`, the first of which has the number `first`."""
    texts = data.decode("utf-8", "replace").split("\n")
    if not texts[-1]:
        texts.pop()
    result: list[Entry] = []
    label = ""
    stamped = form in {Form.STAMPED, Form.TABBED}
    for number, raw in enumerate(texts, first):
        text, stamp = raw, ""
        if form is Form.TABBED:
            label, text = _off_label(text, label)
        if stamped:
            stamp, text = _off_stamp(text)
        if len(text) > LINE_LIMIT:
            text = _shortened(text)
        if not text.isprintable() or "^[[" in text:
            text = plain(text)
        marker = ""
        if text[:1] in "#[" and (sign := _MARKER.match(text)):
            marker = sign[1] or sign[2]
            text = text[sign.end() :]
        shown = text
        if not text.isascii() and _MISREAD.search(text):
            text = reread(text)
        result.append(Entry(number, label, stamp if marker else "", shown, text, marker))
    return result


def reread(text: str) -> str:
    """`text` with the symbols that a Windows shell read in a DOS or ANSI code page (`Γ£û` for ✖)."""
    for page in _CODE_PAGES:
        again = _NOT_ASCII.sub(partial(_in_utf8, page), text)
        if again != text:
            return again
    return text


def _in_utf8(page: str, run: re.Match[str]) -> str:
    try:
        return run[0].encode(page).decode("utf-8")
    except UnicodeError:
        return run[0]


def _off_label(text: str, last: str) -> tuple[str, str]:
    """Job and step of a tabbed line, and its rest; the last ones where it has none."""
    job, _, rest = text.partition("\t")
    step, tab, rest = rest.partition("\t")
    if not tab or len(job) > _LONGEST_NAME or len(step) > _LONGEST_NAME:
        return last, text
    return f"{job.lstrip(_MARK)}\t{step}", rest


def _off_stamp(text: str) -> tuple[str, str]:
    """The time stamp of a line, empty without one, and its rest."""
    if text[27:29] == "Z " and text[10:11] == "T" and text[:4].isdecimal():
        return text[:28], text[29:]  # the usual form, without a search
    if found := _STAMP.match(text):
        return text[: found.end()], text[found.end() :]
    return "", text


def _shortened(text: str) -> str:
    """A window of `LINE_LIMIT` characters round the first word of failure."""
    if len(text) > 50 * LINE_LIMIT:
        text = text[: 50 * LINE_LIMIT]
    start = max(0, hint(text) - LINE_LIMIT // 3)
    return ("…" if start else "") + text[start : start + LINE_LIMIT] + "…"
