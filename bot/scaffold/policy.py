"""The text of the policy file; one that is there keeps all that the answers are not about."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from bot.errors import ConfigurationError
from bot.policy_file import PATH
from bot.policy_file.reading import read
from bot.policy_file.schema import SCHEMA_PATH
from bot.policy_file.strict_yaml import entries
from bot.scaffold.answers import Answers
from bot.untrusted import Untrusted

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
_PINNED = re.compile(r"([\w.-]+/[\w.-]+)@([0-9a-f]{40})(?![0-9a-f])")
_DEFAULTS: Final = {"mode": "propose", "coder-template-name": "", "coder-backend": "auto"}
_HOME: Final = ("coder-fix/coder-fix", "main")


def policy_text(answers: Answers, before: str | None) -> str:
    """The file with the answers' values; as it is where it has them already."""
    wanted = {
        "mode": answers.mode,
        "coder-template-name": answers.template,
        "coder-backend": answers.backend,
    }
    # What is a default anyway stays open for the owner's file.
    lines = [
        f"{'# ' if value == _DEFAULTS[key] else ''}{key}: {_quoted(value)}\n"
        for key, value in wanted.items()
    ]
    fresh = _head(answers) + "".join(line for line in lines if not line.endswith(': ""\n'))
    if before is None:
        return fresh
    try:
        return _edited(before, wanted)
    except ConfigurationError:
        return fresh


def _edited(before: str, wanted: dict[str, str]) -> str:
    """With the lines of the wanted keys replaced, or added at the end."""
    held = read(PATH, Untrusted(before))
    at = entries(before)
    lines = before.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    for key, value in wanted.items():
        if _value(held, key) == value:
            continue
        line = f"{key}: {_quoted(value)}\n"
        shown = [n for n, text in enumerate(lines) if text.startswith(f"# {key}: ")]
        if key in at:
            lines[at[key].line - 1] = line
        elif shown:
            lines[shown[0]] = line
        else:
            lines.append(line)
    text = "".join(lines)
    told = read(PATH, Untrusted(text))
    # A value on several lines is not replaced by one; then the whole is written anew.
    if any(_value(told, key) != value for key, value in wanted.items()):
        raise ConfigurationError("The file cannot be edited.")
    return text


def _value(held: Mapping[str, Any], key: str) -> str:
    return str(held.get(key.replace("-", "_"), _DEFAULTS[key]))


def _head(answers: Answers) -> str:
    repository, commit = _HOME
    if found := _PINNED.search(answers.uses):
        repository, commit = found.groups()
    address = f"https://raw.githubusercontent.com/{repository}/{commit}/{SCHEMA_PATH}"
    return (
        f"# yaml-language-server: $schema={address}\n"
        "# What coder-fix may do in this repository. It is read from the default branch; an input\n"
        "# that a workflow gives goes before it. All keys: README of coder-fix, Policy file.\n"
    )


def _quoted(value: str) -> str:
    return value if _WORD.fullmatch(value) else json.dumps(value, ensure_ascii=False)
