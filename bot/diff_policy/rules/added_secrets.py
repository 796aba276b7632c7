"""Tokens and keys in what was added."""

import re
from collections.abc import Iterator

from bot.diff_policy.change import Change, ChangedFile
from bot.diff_policy.code import MAX_TEXT
from bot.diff_policy.finding import Hit, Rule, Severity
from bot.diff_policy.places import Place
from bot.sanitize import Secrets
from bot.sanitize.private_keys import key_block_spans
from bot.sanitize.secret_values import is_random
from bot.sanitize.telling_names import named_spans
from bot.sanitize.token_families import family_spans


def find(change: Change) -> Iterator[Hit]:
    """What its shape tells to be a secret blocks; what only its name tells is a note."""
    for file in change.files:
        if file.place is not Place.LOCK:
            yield from _in(file, change.context.secrets)


def _in(file: ChangedFile, secrets: Secrets) -> Iterator[Hit]:
    starts, position = [], 0
    for line in file.added:
        starts.append(position)
        position += len(line.text) + 1
    text = "\n".join(line.text for line in file.added)
    keyed = {_line_of(start, starts) for start, _, _ in key_block_spans(text)}
    told = file.place in {Place.TEST, Place.SUPPORT, Place.DOCS, Place.SNAPSHOT}
    for index, line in enumerate(file.added):
        shown = line.text[:MAX_TEXT]
        if index in keyed or secrets.occur_in(shown) or next(family_spans(shown), None):
            yield Hit(file, line)
        elif not told and any(is_random(m["password"]) for m in _LOGIN.finditer(shown)):
            yield Hit(file, line, "A password was added to an address.")
        elif not told and next(named_spans(shown), None):
            yield Hit(file, line, "What was added may be a secret.", Severity.NOTICE)


_LOGIN = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,20}://[^\s:/@\"'<>{}$]{0,60}:(?P<password>[^\s:/@\"'<>{}$%]{12,100})@"
)


def _line_of(position: int, starts: list[int]) -> int:
    """Which line holds that position of the joined text."""
    low, high = 0, len(starts)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if starts[middle] <= position else (low, middle)
    return low


RULE = Rule(
    id="added-secrets",
    why="A secret was added. It must be revoked, not only removed.",
    legitimate="It is made up, and opens nothing.",
    find=find,
)
