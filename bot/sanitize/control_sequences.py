"""Bytes to text that shows what it holds: no control sequences, no invisible characters.

The grammar of control sequences is ECMA-48 (7-bit and 8-bit) with the recoveries that terminals
make: C0 controls inside a sequence are ignored, ESC, CAN and SUB abort it, a line ends it.
"""

import codecs
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

_C0 = r"\x00-\x09\x0b-\x17\x19\x1c-\x1f\x7f"
_SEQUENCE = re.compile(
    # CSI: parameters, intermediates, final. A sequence that breaks off goes as far as it went.
    rf"\x1b\[[0-?{_C0}]*[ -/{_C0}]*[@-~]?"
    # OSC, DCS, SOS, PM, APC: a string up to BEL or ST; a terminal swallows an open one, so do we.
    r"|\x1b[\]PX^_][^\n\x07\x18\x1a\x1b\x9c]*(?:\x07|\x9c|\x1b\\)?"
    # Any other escape: intermediates and one final character.
    r"|\x1b[ -/]*[0-~]?"
    # The same in 8 bits. They also occur by accident, in text that was decoded twice, where
    # swallowing would lose evidence: so only what is complete on its line is taken.
    r"|\x9b(?:[0-?]+[ -/]*[@-~])?"
    r"|[\x90\x98\x9d-\x9f](?:[^\n\x07\x18\x1a\x1b\x80-\x9f]*(?:\x07|\x9c|\x1b\\))?"
)
_NEWLINES = re.compile(r"\r\n?")
_INTRODUCER = re.compile(r"[\x1b\x90\x98\x9b\x9d-\x9f]")
_SUSPECT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_CONTROLS = bytes({*range(0x20), 0x7F} - {0x09, 0x0A})
_DROPPED_CATEGORIES = frozenset({"Cf", "Co", "Cn"})
# Letters, marks and symbols that draw nothing: fillers, joiners, variation selectors, null heads.
_BLANK = frozenset(
    map(
        chr,
        (
            *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F),
            *(0x3164, 0xFFA0, 0x1D159),
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ),
    )
)
_SPACES = {"\x0b": " ", "\x0c": " ", "\x85": " ", "\u2028": " ", "\u2029": " ", "\u2800": " "}
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes) -> str:
    """Text of any bytes: UTF-8 unless a byte order mark says UTF-16; broken parts become U+FFFD."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    return data.decode("utf-8", "replace")


def clean(text: str) -> str:
    r"""The text without control sequences, control characters and invisible characters.

    Only LF and TAB remain of the controls; every carriage return ends a line, as it does for the
    runner. `clean(clean(x)) == clean(x)`, in linear time; plain ASCII comes back as it is.
    """
    if not text.isascii():
        # Before the sequences: an invisible character inside one would hide it.
        text = _translated(text, _visible_form)
    elif _is_plain(text):
        return text
    if _INTRODUCER.search(text):
        text = _SEQUENCE.sub("", text)
    if _SUSPECT.search(text):
        text = _translated(text, _uncontrolled_form)
    return _NEWLINES.sub("\n", text) if "\r" in text else text


def _is_plain(text: str) -> bool:
    if len(text) < 256:
        return _SUSPECT.search(text) is None
    data = text.encode("ascii")
    return len(data.translate(None, _CONTROLS)) == len(data)


def _translated(text: str, form: Callable[[str], str]) -> str:
    table = {ord(c): new for c in set(text) if (new := form(c)) != c}
    return text.translate(table) if table else text


@lru_cache(maxsize=4096)
def _visible_form(character: str) -> str:
    """The character, a space or U+FFFD in its place, or nothing; controls are left alone."""
    if character.isascii():
        return character
    if character in _SPACES:
        return _SPACES[character]
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    return "" if category in _DROPPED_CATEGORIES or character in _BLANK else character


@lru_cache(maxsize=4096)
def _uncontrolled_form(character: str) -> str:
    """The character, or nothing for a control; CR stays for the line ends."""
    if character in _SPACES:
        return _SPACES[character]
    if character in "\n\t\r":
        return character
    return "" if unicodedata.category(character) == "Cc" else character
