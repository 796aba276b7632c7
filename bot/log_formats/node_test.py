"""Node's test runner: `failing tests:` with `test at file:line:column`; `not ok 1 - name` and YAML.

https://nodejs.org/api/test.html#test-reporters
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_SPEC = Pattern(r"test at (?P<path>\S.*):(?P<line>\d+):(?P<column>\d+)$")
_NAME = Pattern(r"\s*\S{1,3} (?P<test>\S.*?)(?: \([\d.]+ms\))?$")
_NOT_OK = Pattern(
    r"(?P<indent>\s*)not ok(?: \d+)?(?: -)? ?(?P<test>.*?)(?P<todo> # (?:TODO|SKIP|todo|skip).*)?$"
)
_ENDS = Pattern(r"\s*(?:not )?ok\b|\s*# Subtest: |\s*\.\.\.$|\s*1\.\.\d+")
_KEY = Pattern(r"\s*(?P<key>location|failureType|error): ?(?P<value>.*)")
_LOCATION = Pattern(r"['\"]?(?:file://)?(?P<path>[^'\"]+):(?P<line>\d+):(?P<column>\d+)['\"]?$")
_THROWN = Pattern(r"(?:# )?(?P<message>[A-Z]\w*Error\b.*|Error: .+)")
_AT = Pattern(
    r"\s*(?:at )?(?:.*\()?(?:file://)?(?P<path>[^()\s'][^()]*?):(?P<line>\d+):(?P<column>\d+)\)?(?: \{)?$"
)
_COUNT = Pattern(r"\s*(?:#|ℹ|\S{2,3}) (?:fail|cancelled) [1-9]\d*$")
_FOREIGN = ("node_modules", "node:", "internal/")


def _frame(region: Region, block: range) -> tuple[int, dict[str, str]] | None:
    for index in block:
        found = _AT.match(region[index].text)
        if found and not any(word in found["path"] for word in _FOREIGN):
            return index, found.groupdict()
    return None


def _thrown(region: Region, index: int) -> tuple[int, str] | None:
    """What a file that could not be run printed above its own line."""
    for at in region.before(index, limit=60):
        if found := _THROWN.match(region[at].text):
            return at, found["message"]
    return None


def _spec(region: Region, reading: Reading) -> None:
    """The list at the end of the `spec` reporter."""
    for index, place in region.matches(_SPEC):
        block = region.after(index, stop=_SPEC, limit=60)
        shown = [i for i in block if region[i].text.strip()]
        named = _NAME.match(region[shown[0]].text) if shown else None
        if not named:
            continue
        cause = shown[1] if len(shown) > 1 else shown[0]
        message = region[cause].text.strip().strip("'")
        if message == "test failed":
            same = (i for i in region.hits if i < index and named["test"] in region[i].text)
            first = next(same, None)
            said = _thrown(region, first) if first is not None else None
            cause, message = said or (cause, message)
        elif message.endswith(":") and len(shown) > 2:
            message += " " + region[shown[2]].text.strip()
        name = "" if named["test"].endswith(place["path"]) else f" > {named['test']}"
        frame = _frame(region, range(shown[0], block.stop))
        at, found = frame or (None, {})
        reading.add(
            message,
            title=[index, shown[0]],
            cause=cause,
            frames=() if at is None else at,
            detail=shown[2:6],
            path=found.get("path", place["path"]),
            line=found.get("line", place["line"]),
            column=found.get("column", place["column"]),
            test=place["path"] + name,
            frame=f"{found['path']}:{found['line']}" if found else "",
        )


def _keys(region: Region, block: range) -> dict[str, tuple[int, str]]:
    """The first value of each known key of a YAML block; of a multi-line value, its first line."""
    keys: dict[str, tuple[int, str]] = {}
    for index in block:
        found = _KEY.match(region[index].text)
        if not found or found["key"] in keys:
            continue
        at, value = index, found["value"].strip()
        if value in {"|-", "|", ">-", ">"}:
            below = [i for i in region.after(index, limit=4) if region[i].text.strip()]
            at, value = (below[0], region[below[0]].text.strip()) if below else (index, "")
            if value.endswith(":") and len(below) > 1:
                value += " " + region[below[1]].text.strip()
        keys[found["key"]] = (at, value.strip("'\""))
    return keys


def _tap(region: Region, reading: Reading) -> None:
    """The points of a TAP stream; a suite whose only failure is a test of its own is passed over."""
    for index, point in region.matches(_NOT_OK):
        if point["todo"]:
            continue
        block = region.after(index, stop=_ENDS, limit=60)
        keys = _keys(region, block)
        if "location" not in keys and "failureType" not in keys:
            continue  # another tool's points
        if keys.get("failureType", (0, ""))[1] == "subtestsFailed":
            reading.noise([index, *(at for at, _ in keys.values())])
            continue
        cause, message = keys.get("error") or (-1, "")
        if message == "test failed":
            cause, message = _thrown(region, index) or (cause, message)
        placed = _LOCATION.match(keys["location"][1]) if "location" in keys else None
        frame = _frame(region, block)
        at, found = frame or (None, placed.groupdict() if placed else {})
        reading.add(
            message or point["test"],
            title=index,
            cause=cause if cause >= 0 else (),
            frames=() if at is None else at,
            detail=block[:12],
            path=found.get("path", ""),
            line=found.get("line", 0),
            column=found.get("column", 0),
            test=point["test"],
        )


def read(region: Region, reading: Reading) -> None:
    """The reporters `spec` and `tap`."""
    _spec(region, reading)
    _tap(region, reading)
    for index, _ in region.matches(_COUNT):
        reading.summary(index)


FORMAT = Format(
    name="node --test",
    failure_class=FailureClass.TEST,
    anchors=("test at ", "not ok ", "✖ ", "£û ", "# fail ", "fail ", "cancelled "),
    read=read,
)
