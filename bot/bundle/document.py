"""The file: one JSON object, redacted, of bounded size, and back. Pure.

Of a record's snapshots the first is whole, each other one says only which of its fields are others
than in the one before. The form has a number, `v`: fields may join, with a default; whatever else
changes gets another number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any, Final

from bot import __version__
from bot.bundle.bundle import Bundle, Decided, Record, Told
from bot.bundle.codec import MismatchError, decode, encode, kinds
from bot.bundle.redacted import Redactor
from bot.bundle.replay import checked, vouched
from bot.decide.snapshot import Snapshot
from bot.errors import ConfigurationError
from bot.sanitize import Secrets

FORM: Final = 1
LARGEST: Final = 5_000_000
"""Bytes of a file, written or read."""

MOST: Final = 5_000
"""Decisions of one record."""

_NAME: Final = "coder-fix"
_VERSION: Final = re.compile(r"[0-9A-Za-z.+-]{1,40}")
_REMEDY: Final = "Give a file that the input `bundle` has written, as it was."


# --- writing ---------------------------------------------------------------------------------


def write(bundle: Bundle, secrets: Secrets) -> bytes:
    """The file's bytes, at most `LARGEST`.

    Nothing secret is left in it; what that does to a decision is noted at it. Where it is too large
    decisions in the middle of each record are left out, and counted.
    """
    safe = Redactor(secrets).of(bundle)
    rulings = tuple(map(vouched, safe.rulings))
    safe = replace(safe, records=tuple(map(checked, safe.records)), rulings=rulings)
    for halved in count():
        data = _dumped(_thinned(safe, MOST >> halved))
        if len(data) <= LARGEST:
            return data
        if not MOST >> halved:
            # The prompts, or a single snapshot, are what is too large: the end is left to tell.
            return _dumped(replace(safe, records=(), told=()))
    raise AssertionError  # pragma: no cover - `count` does not end


def _thinned(bundle: Bundle, most: int) -> Bundle:
    """With the first and the last decisions of each record, `most` together."""
    head, tail = most - most // 2, most // 2

    def record(one: Record) -> Record:
        left = max(0, len(one.decisions) - most)
        kept = one.decisions[:head] + one.decisions[len(one.decisions) - tail :]
        return replace(one, decisions=kept, left_out=left) if left else one

    def told(one: Told) -> Told:
        left = max(0, len(bundle.records[one.record].decisions) - most) if bundle.records else 0
        return one if one.after <= head else replace(one, after=max(head, one.after - left))

    return replace(
        bundle, records=tuple(map(record, bundle.records)), told=tuple(map(told, bundle.told))
    )


def _dumped(bundle: Bundle) -> bytes:
    told = encode(replace(bundle, records=()), Bundle)
    told["records"] = [_encoded(record) for record in bundle.records]
    text = json.dumps({"bundle": _NAME, "v": FORM, **told}, ensure_ascii=False, indent=1)
    return text.encode("utf-8", "replace") + b"\n"


def _encoded(record: Record) -> dict[str, Any]:
    told: dict[str, Any] = encode(replace(record, decisions=()), Record)
    told["decisions"] = list(_changes(record.decisions))
    return told


def _changes(decisions: tuple[Decided, ...]) -> Iterator[dict[str, Any]]:
    of, before = kinds(Decided), None
    for decided in decisions:
        told = {n: encode(getattr(decided, n), of[n]) for n in of if n != "facts"}
        yield {**told, "facts": dict(_changed(decided.facts, before))}
        before = decided.facts


def _changed(facts: Snapshot, before: Snapshot | None) -> Iterator[tuple[str, Any]]:
    for name, kind in kinds(Snapshot).items():
        value = getattr(facts, name)
        if before is None:
            yield name, encode(value, kind)
        elif value is not (old := getattr(before, name)):
            # As written: not every field of a noun has a part in whether two of them are equal.
            told = encode(value, kind)
            if told != encode(old, kind):
                yield name, told


# --- reading ---------------------------------------------------------------------------------


def read(data: bytes, name: str) -> Bundle:
    """The bundle of the file `name`, whose bytes these are.

    Raises `ConfigurationError` for whatever is none: it says what is wrong and where, and quotes
    nothing of what the file holds.
    """
    if len(data) > LARGEST:
        raise _refused(name, f"is larger than {LARGEST:,} bytes, which no bundle is")
    told = _loaded(data, name)
    if told.pop("bundle", None) != _NAME:
        raise _refused(name, "holds no bundle of coder-fix")
    form, by = told.pop("v", None), _writer(told.get("version"))
    if type(form) is not int or form != FORM:
        words = f"is a bundle of another form than {FORM}, which {__version__} reads"
        raise _refused(name, words, f"It was written by coder-fix {by}: replay it with that.")
    try:
        return _decoded(told)
    except MismatchError as wrong:
        other = f"It was written by coder-fix {by}, this is {__version__}: replay it with that one."
        remedy = _REMEDY if by == __version__ else other
        raise _refused(name, f"is no bundle that {__version__} reads: {wrong}", remedy) from None


def _loaded(data: bytes, name: str) -> dict[str, Any]:
    if data.startswith(b"PK\x03\x04"):
        raise _refused(name, "is an archive", "Unpack it, and give the file in it.")
    try:
        # Other than in JSON's own grammar, NaN and the like are read by default.
        told = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError:
        raise _refused(name, "is nested too deeply for a bundle") from None
    except json.JSONDecodeError as broken:
        where = f"line {broken.lineno}, column {broken.colno}"
        raise _refused(name, f"is no whole JSON text ({where}): it was cut, or changed") from None
    except ValueError:  # no UTF-8; a number of thousands of digits, or none
        raise _refused(name, "is no JSON text in UTF-8") from None
    if not isinstance(told, dict):
        raise _refused(name, "holds no bundle of coder-fix")
    return told


def _refuse_constant(_: str) -> None:
    raise ValueError


def _decoded(told: dict[str, Any]) -> Bundle:
    records = told.pop("records", None)
    if not isinstance(records, list):
        raise MismatchError("records", "is no list")
    bundle: Bundle = decode({**told, "records": []}, Bundle)
    made = tuple(_record(data, f"records[{n}]") for n, data in enumerate(records))
    return replace(bundle, records=made)


def _record(data: Any, where: str) -> Record:
    changes = data.get("decisions") if isinstance(data, dict) else None
    if not isinstance(changes, list):
        raise MismatchError(f"{where}.decisions", "is no list")
    if len(changes) > MOST:
        raise MismatchError(f"{where}.decisions", f"holds more than {MOST:,}")
    record: Record = decode({**data, "decisions": []}, Record, where)
    decisions: list[Decided] = []
    for n, change in enumerate(changes):
        before = decisions[-1].facts if decisions else None
        decisions.append(_one(change, before, f"{where}.decisions[{n}]"))
    return replace(record, decisions=tuple(decisions))


def _one(data: Any, before: Snapshot | None, where: str) -> Decided:
    changes = data.get("facts") if isinstance(data, dict) else None
    if not isinstance(changes, dict):
        raise MismatchError(f"{where}.facts", "is no object")
    facts = _patched(changes, before, f"{where}.facts")
    of = kinds(Decided)
    known = {k: v for k, v in data.items() if k != "facts"}
    if more := len(known.keys() - of.keys()):
        raise MismatchError(where, f"has {more} unknown field{'s'[: more > 1]}")
    for name in ("at", "answer"):
        if name not in known:
            raise MismatchError(f"{where}.{name}", "is missing")
    told = {k: decode(v, of[k], f"{where}.{k}") for k, v in known.items()}
    return Decided(facts=facts, **told)


def _patched(changes: Mapping[str, Any], before: Snapshot | None, where: str) -> Snapshot:
    """Only what changed is read: a large fact counts once, however often it was looked at."""
    if before is None:
        first: Snapshot = decode(dict(changes), Snapshot, where)
        return first
    of = kinds(Snapshot)
    if more := len(changes.keys() - of.keys()):
        raise MismatchError(where, f"has {more} unknown field{'s'[: more > 1]}")
    told: dict[str, Any] = {k: decode(v, of[k], f"{where}.{k}") for k, v in changes.items()}
    return replace(before, **told)


def _writer(version: Any) -> str:
    """The version that wrote it, where it looks like one."""
    plain = isinstance(version, str) and _VERSION.fullmatch(version)
    return str(version) if plain else "of a version that it does not tell"


def _refused(name: str, why: str, remedy: str = _REMEDY) -> ConfigurationError:
    return ConfigurationError(f"{name} {why}.", remedy=remedy)
