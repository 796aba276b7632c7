"""One policy file's text → the settings that it gives, or every complaint about it at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from bot.errors import ConfigurationError
from bot.inputs import input_name
from bot.policy_file.keys import WITHHELD
from bot.policy_file.model import keys, validated
from bot.policy_file.strict_yaml import WORD, Entry, YamlRefusedError, entries
from bot.untrusted import Untrusted

MOST_COMPLAINTS: Final = 5
REMEDY: Final = "See README, Policy file."


def read(where: str, content: Untrusted) -> dict[str, Any]:
    """The values that the file gives, by field name of `Settings`, and `enabled`.

    `where` names the file for people. Raises `ConfigurationError` with file, line and key; of a
    file with anything wrong in it nothing is taken.
    """
    try:
        found = entries(content.raw)
    except YamlRefusedError as refused:
        at = f", line {refused.line}" if refused.line else ""
        raise ConfigurationError(f"{where}{at}: {refused.text}.", remedy=REMEDY) from refused
    wrong = dict(_misnamed(found))
    good = {key: entry.value for key, entry in found.items() if key not in wrong}
    values, complaints = validated(good)
    wrong |= {key: f"`{key}`: {text}" for key, text in complaints.items()}
    if wrong:
        raise ConfigurationError(_told(where, found, wrong), remedy=REMEDY)
    return values


def _misnamed(found: Mapping[str, Entry]) -> Iterator[tuple[str, str]]:
    """Keys that there are not, are not for a file, or have no value."""
    known = keys()
    withheld = {input_name(name): why for name, why in WITHHELD.items()}
    for key, entry in found.items():
        if key in withheld:
            yield key, f"`{key}` cannot be set here: {withheld[key]}"
        elif key not in known:
            near = get_close_matches(key.lower().replace("_", "-"), (*known, *withheld), n=1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            shown = f"`{key}`" if WORD.fullmatch(key) else "this"
            yield key, f"{shown} is not a key{hint}"
        elif entry.value is None:
            yield key, f"`{key}` has no value"


def _told(where: str, found: Mapping[str, Entry], wrong: Mapping[str, str]) -> str:
    """All of it in the order of the file, a few at most."""
    ordered = [(entry.line, wrong[key]) for key, entry in found.items() if key in wrong]
    shown = [f"line {line}: {text}" for line, text in ordered[:MOST_COMPLAINTS]]
    more = len(ordered) - len(shown)
    end = f"; and {more} more" if more else ""
    text = f"{where}, {'; '.join(shown)}{end}"
    return text if text.endswith("?") else f"{text}."
