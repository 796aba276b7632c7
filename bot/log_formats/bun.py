"""Bun: `bun test` prints the error above `(fail) suite > test [0.4ms]`; `bun install` one line.

https://bun.com/docs/test https://bun.com/docs/pm/cli/install
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_FAIL = Pattern(
    r"(?:\(fail\) (?P<plain>.+?)(?: \[[\d.]+m?s\])?|(?:✗|\S£ù) (?P<sign>.+?) \[[\d.]+m?s\])$"
)
_RESULT = Pattern(r"\((?:pass|fail|skip|todo)\) |(?:✓|✗|✎|»|\S£[ôù]) .+|\S+\.[cm]?[jt]sx?:$")
_ERROR = Pattern(r"(?P<message>(?:error|[A-Z]\w*Error|AssertionError)(?:: .+)?)$")
_VALUE = Pattern(r"(?:Expected|Received)\b.*: |[-+] {2,}")
_AT = Pattern(r"\s+at (?:.*\()?(?P<path>[^()\s][^()]*?):(?P<line>\d+)(?::(?P<column>\d+))?\)?$")
_TIMED_OUT = Pattern(r"\s*\^ (?P<message>this test timed out after \d+ms)")
_UNHANDLED = Pattern(r"# Unhandled error between tests")
_RAN = Pattern(r"Ran \d+ tests? across \d+ files?")
_COUNT = Pattern(r"\s*\d+ (?:fail|errors?|pass)$")
_INSTALL = Pattern(
    r"error: (?P<message>lockfile had changes, but lockfile is frozen|No version matching .+"
    r"|.+ failed to resolve|\S+ script .+ exited with .+|Script not found .+|GET \S+ - \d+.*)"
)
_FOREIGN = ("node_modules", "node:", "bun:", "native")


def _place(region: Region, block: range) -> tuple[int, dict[str, str]] | None:
    for index in block:
        found = _AT.match(region[index].text)
        if found and not any(word in found["path"] for word in _FOREIGN):
            return index, {key: value or "0" for key, value in found.groupdict().items()}
    return None


def _add(region: Region, reading: Reading, block: range, title: int, test: str) -> None:
    annotated = next((i for i in block if region[i].marker == "error"), block.stop)
    reading.noise(range(annotated, block.stop))  # the runner is told the same again
    block = range(block.start, annotated)
    errors = [i for i in block if _ERROR.match(region[i].text)]
    late = region.find(_TIMED_OUT, region.after(title, limit=1))
    if not errors:
        if late:
            reading.add(late[1]["message"], title=title, cause=late[0], test=test)
        else:
            reading.add("failed", title=title, test=test)
        return
    cause = errors[0]
    values = [i for i in block if i > cause and _VALUE.match(region[i].text)]
    message = region[cause].text.removeprefix("error: ")
    if message.startswith("expect("):
        message += "".join(f" {region[i].text.strip()}" for i in values[:2])
    where = _place(region, block)
    at, place = where or (None, {})
    reading.add(
        message,
        title=title,
        cause=cause,
        frames=() if at is None else at,
        detail=values[:8],
        path=place.get("path", ""),
        line=place.get("line", 0),
        column=place.get("column", 0),
        test=test,
        frame=f"{place['path']}:{place['line']}" if place else "",
    )


def read(region: Region, reading: Reading) -> None:
    """Failed tests, files that do not load, counts, packages that cannot be installed."""
    for index, found in region.matches(_FAIL):
        block = region.before(index, stop=_RESULT, limit=80)
        _add(region, reading, block, index, found["plain"] or found["sign"])
    for index, _ in region.matches(_UNHANDLED):
        _add(region, reading, region.after(index, limit=30), index, "")
    for index, _ in region.matches(_RAN):
        counts = (i for i in region.before(index, limit=8) if _COUNT.match(region[i].text))
        reading.summary(*counts)
    for index, found in region.matches(_INSTALL):
        kind = FailureClass.CONFIG if "cript" in found["message"] else FailureClass.DEPENDENCY
        reading.add(found["message"], cause=index, failure_class=kind, tool="bun install")


FORMAT = Format(
    name="bun test",
    failure_class=FailureClass.TEST,
    anchors=(
        "(fail) ",
        "✗ ",
        "£ù ",
        "# Unhandled error between tests",
        " across ",
        "error: lockfile had changes",
        "error: No version matching",
        " failed to resolve",
        "error: Script not found",
        "error: GET ",
        "exited with",
    ),
    read=read,
)
