"""What a runner, GitHub and a terminal would make of a text: the checks of every sink."""

import json
import re
import unicodedata
from pathlib import Path

_DATA = json.loads(
    (Path(__file__).parent.parent / "data" / "security" / "hostile.json").read_text("utf-8")
)
CANARY: str = _DATA["canary"]
TEXTS: dict[str, str] = _DATA["texts"]

_COMMANDS = re.compile(
    "add-(?:mask|matcher|path)|debug|echo|(?:end)?group|error|notice|remove-matcher|save-state|"
    "set-(?:env|output)|stop-commands|warning",
    re.IGNORECASE,
)
_BLANK = frozenset(
    map(
        chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10))
    )
)


def invisible(text: str) -> set[str]:
    """Characters that draw nothing, but line feeds and tabs."""
    return {
        character
        for character in text
        if character not in "\n\t"
        and (
            unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
            or character in _BLANK
        )
    }


def escape_remains(text: str) -> list[str]:
    """What a terminal sequence leaves when only its escape character is taken away."""
    pattern = r"\]8;[^;\n]{0,80};|\[\?25[lh]|\[\d{1,3}(?:;\d{1,3})*[mGKHJ](?!\])"
    return re.findall(pattern, text)


def commands(text: str) -> list[str]:
    """The lines a runner would take for workflow commands."""
    return [line for line in re.split(r"\r\n?|\n", text) if _is_command(line)]


def _is_command(line: str) -> bool:
    stripped = line.lstrip()
    modern = re.match(r"::([^ :]+)(?: .*?)?::", stripped)
    legacy = re.search(r"##\[([^\] ]+)[^\]]*\]", line)
    return any(match and _COMMANDS.fullmatch(match[1]) for match in (modern, legacy))


def outside_code(markdown: str) -> str:
    """What is left of Markdown without fenced blocks and code spans, as CommonMark reads it."""
    left: list[str] = []
    fence = ""
    for line in markdown.split("\n"):
        opening = re.match(r" {0,3}(`{3,}|~{3,})([^`]*)$", line)
        if fence:
            if opening and opening[1].startswith(fence) and not opening[2].strip():
                fence = ""
        elif opening:
            fence = opening[1]
        else:
            left.append(line)
    assert not fence, "a fence was left open"
    return "\n".join(_without_spans(paragraph) for paragraph in "\n".join(left).split("\n\n"))


def _without_spans(text: str) -> str:
    return re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "CODE", text, flags=re.DOTALL)
