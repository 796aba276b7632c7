"""The project's own set of secrets and look-alikes: templates, filled with random values here.

Nothing that looks like a credential is stored; the values are new for each seed.
"""

import json
import random
import string
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent.parent / "data" / "security" / "secrets.json"

_ALNUM = string.ascii_letters + string.digits
_KINDS = {
    "a": _ALNUM,
    "l": string.ascii_lowercase + string.digits,
    "u": string.ascii_uppercase + "234567",
    "w": _ALNUM + "_-",
    "h": "0123456789abcdef",
    "H": "0123456789ABCDEF",
    "b": _ALNUM + "+/",
    "d": string.digits,
    "n": _ALNUM + "!#%*+=?^~",
}


class Planted(NamedTuple):
    """A text, the value in it (empty for look-alikes) and what it should be called."""

    text: str
    value: str
    name: str


def fill(shape: str, chance: random.Random) -> str:
    """A value of that shape, such as `ghp_|a:36`."""
    return "".join(_part(part, chance) for part in shape.split("|"))


def _part(part: str, chance: random.Random) -> str:
    kind, colon, length = part.partition(":")
    if not colon or kind not in _KINDS:
        return part
    body = "".join(chance.choice(_KINDS[kind]) for _ in range(int(length)))
    # The ends of real values are letters or digits often enough, and quoting is another matter.
    return chance.choice(_ALNUM) + body[1:-1] + chance.choice(_ALNUM) if kind == "n" else body


def secrets(seed: int) -> Iterator[Planted]:
    """Every kind of secret once."""
    chance = random.Random(seed)  # noqa: S311 - reproducible test data
    for name, template, shape in json.loads(DATA.read_text("utf-8"))["secrets"]:
        value = fill(shape, chance)
        yield Planted(_filled(template, value), value, name)


def lookalikes(seed: int) -> Iterator[Planted]:
    """Every kind of look-alike once."""
    chance = random.Random(seed)  # noqa: S311 - reproducible test data
    for template, shape in json.loads(DATA.read_text("utf-8"))["lookalikes"]:
        yield Planted(_filled(template, fill(shape, chance)) if shape else template, "", "")


def _filled(template: str, value: str) -> str:
    """The value for `@`, but for the `@` that ends the user part of an address."""
    head, at, tail = template.partition("@@")
    if at:
        return head + value + "@" + tail
    return template.replace("@", value)


def survivor(value: str, text: str) -> int:
    """The length of the longest piece of the value that is still in the text."""
    best = 0
    for start in range(len(value)):
        while start + best < len(value) and value[start : start + best + 1] in text:
            best += 1
    return best


def allowed(value: str) -> int:
    """How much of it may stay: a vendor's prefix, not key material."""
    return max(4, min(12, len(value) // 3)) if len(value) < 200 else 16
