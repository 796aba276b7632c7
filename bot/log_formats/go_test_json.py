"""go test -json: one object on each line; the output of a test and that it failed are apart.

https://pkg.go.dev/cmd/test2json
"""

import json
from typing import Any

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_MESSAGE = Pattern(r"\s+(?P<path>[\w./-]+\.go):(?P<line>\d+): ?(?P<message>.*)")
_STATUS = Pattern(r"\s*(?:=== |--- |FAIL|PASS|ok  )")
_LONGEST = 20_000
"""Characters of a line beyond which it is not taken apart."""


def _event(text: str) -> dict[str, Any] | None:
    if not text.startswith("{") or len(text) > _LONGEST:
        return None
    try:
        event = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) and isinstance(event.get("Action"), str) else None


def _text(event: dict[str, Any], key: str) -> str:
    value = event.get(key)
    return value if isinstance(value, str) else ""


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each failed test that has no failed subtest."""
    said: dict[tuple[str, str], list[tuple[int, str]]] = {}
    failed: list[tuple[int, str, str]] = []
    for index in region.hits:
        event = _event(region[index].text)
        if event is None:
            continue
        key = (_text(event, "Package"), _text(event, "Test"))
        if event["Action"] == "output":
            said.setdefault(key, []).append((index, _text(event, "Output").rstrip("\n")))
        elif event["Action"] == "fail" and key[1]:
            failed.append((index, *key))
    for index, package, test in failed:
        if any(p == package and other.startswith(f"{test}/") for _, p, other in failed):
            continue
        own = [(i, text) for i, text in said.get((package, test), []) if not _STATUS.match(text)]
        place = next(((i, hit) for i, text in own if (hit := _MESSAGE.match(text))), None)
        first = place[1]["message"] if place else own[0][1].strip() if own else ""
        reading.add(
            first or f"{test} failed",
            title=index,
            cause=place[0] if place else own[0][0] if own else (),
            detail=[i for i, _ in own[:8]],
            path=place[1]["path"] if place else "",
            line=place[1]["line"] if place else 0,
            test=test,
            frame=f"{place[1]['path']}:{place[1]['line']}" if place else "",
        )


FORMAT = Format(
    name="go test -json",
    failure_class=FailureClass.TEST,
    anchors=('"Action":"output"', '"Action":"fail"'),
    read=read,
)
