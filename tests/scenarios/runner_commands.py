"""Which lines of a step's output the runner takes for commands: its two parsers, again.

After actions/runner, src/Runner.Common/ActionCommand.cs (`TryParseV2`, `TryParse`); the words are
those that ActionCommandManager.cs and its extensions register, compared without case.
"""

from __future__ import annotations

import re

WORDS = frozenset(
    [
        "add-mask",
        "add-matcher",
        "add-path",
        "debug",
        "echo",
        "endgroup",
        "error",
        "group",
        "internal-set-repo-path",
        "notice",
        "remove-matcher",
        "save-state",
        "set-env",
        "set-output",
        "stop-commands",
        "warning",
    ]
)


def commands(output: str) -> list[str]:
    """The words of all commands in it, in order."""
    # The runner reads lines as .NET does: \r, \n and \r\n end one.
    found = (_at_the_start(line) or _anywhere(line) for line in re.split(r"\r\n|\r|\n", output))
    return [word for word in found if word]


def _at_the_start(line: str) -> str:
    """`::word key=value::data`, after white space."""
    line = line.lstrip()
    end = line.find("::", 2)
    if not line.startswith("::") or end < 0:
        return ""
    return _known(line[2:end])


def _anywhere(line: str) -> str:
    """`##[word key=value]data`, wherever it stands."""
    start = line.find("##[")
    end = line.find("]", start)
    if start < 0 or end < 0:
        return ""
    return _known(line[start + 3 : end])


def _known(info: str) -> str:
    word = info.split(" ", maxsplit=1)[0].lower()
    return word if word in WORDS else ""


def lines_with_commands(output: str) -> list[str]:
    """The lines themselves."""
    return [line for line in re.split(r"\r\n|\r|\n", output) if commands(line)]


def stopped_by(output: str) -> str:
    """The word that command processing still waits for at the end; empty where it works."""
    waits = ""
    for line in re.split(r"\r\n|\r|\n", output):
        found = re.match(r"\s*::stop-commands::(\S+)", line, re.IGNORECASE)
        if waits:
            waits = "" if line.strip() == f"::{waits}::" else waits
        elif found:
            waits = found[1]
    return waits
