"""Vitest: ` FAIL  file > suite > test`, the message, `❯ file:line:column`, `Test Files  n failed`.

Tests that fail alike share one message below their titles. On the runner the messages come once
more as annotations. https://vitest.dev/guide/reporters
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_FAIL = Pattern(r"\s*FAIL  +(?:\|(?P<project>[^|]+)\| )?(?P<test>\S.*?)\s*$")
_SUITE = Pattern(r"(?P<path>\S+) \[ .+ \]$")
# The second form of each sign is what Windows shells make of it.
_END = Pattern(r"\s*FAIL  |\s*(?:⎯|\SÄ»){3,}|\s*Test Files  ")
_FRAME = Pattern(
    r"\s*(?:❯|\S¥»|at) (?:\S.* )?\(?(?P<path>[^\s()]+):(?P<line>\d+):(?P<column>\d+)\)?$"
)
_UNHANDLED = Pattern(
    r"\s*(?:⎯|\SÄ»)+ (?P<kind>Uncaught Exception|Unhandled Rejection|Unhandled Error|Uncaught Error"
    r"|Startup Error) \S+$"
)
_VALUE = Pattern(r"\s*[-+] ")
_COUNTS = Pattern(r"\s*(?:Test Files|Tests|Errors|Type Errors)  +.*(?:failed|errors?)")
_THRESHOLD = Pattern(r"\s*ERROR: (?P<message>Coverage for .* does not meet .+)")
_MISSING = Pattern(
    r"\s*MISSING DEPENDENCY  (?P<dependency>.+)|(?P<none>No test files found, exiting with code 1)"
)
_FOREIGN = ("node_modules", "node:", "internal/")


def _error(region: Region, reading: Reading, titles: list[int], kind: str = "") -> str:
    """One message below one or more titles; returns the message's line."""
    found = _FAIL.match(region[titles[0]].text)
    test = found["test"] if found else ""
    suite = _SUITE.match(test)
    block = region.after(titles[-1], stop=_END, limit=120)
    told = next((i for i in block if region[i].marker), block.stop)  # another stream's line
    block = range(block.start, told)
    cause = next((i for i in block if region[i].text.strip()), None)
    if cause is None:
        return ""
    frames = ((i, hit) for i in block if (hit := _FRAME.match(region[i].text)))
    own = next((f for f in frames if not any(w in f[1]["path"] for w in _FOREIGN)), None)
    place = own[1] if own else None
    reading.add(
        region[cause].text,
        title=titles[0],
        cause=cause,
        frames=own[0] if own else (),
        detail=[i for i in block[:24] if _VALUE.match(region[i].text)][:8],
        path=place["path"] if place else suite["path"] if suite else test.partition(" > ")[0],
        line=place["line"] if place else 0,
        column=place["column"] if place else 0,
        test=suite["path"] if suite else test,
        frame=f"{place['path']}:{place['line']}" if place else "",
        failure_class=FailureClass.CONFIG if kind == "Startup Error" else None,
    )
    for title in titles[1:]:
        if hit := _FAIL.match(region[title].text):
            reading.add(region[cause].text, title=title, test=hit["test"])
    return region[cause].text


def _failures(region: Region, reading: Reading) -> set[str]:
    messages = set()
    fails = [index for index, _ in region.matches(_FAIL)]
    done: set[int] = set()
    for index in fails:
        if index in done:
            continue
        titles = [index]
        while titles[-1] + 1 < len(region) and _FAIL.match(region[titles[-1] + 1].text):
            titles.append(titles[-1] + 1)
        done.update(titles)
        below = region.after(titles[-1], limit=1)
        text = region[below[0]].text if below else ""
        if text.strip() and not text.startswith(" "):  # what Jest and Pest print there is indented
            messages.add(_error(region, reading, titles))
    for index, found in region.matches(_UNHANDLED):
        messages.add(_error(region, reading, [index], found["kind"]))
    return messages


def _annotations(region: Region, reading: Reading, index: int, messages: set[str]) -> None:
    """The runner gets every message again without its test: behind the counts, or in between."""
    early = region.before(index, limit=1000)
    reading.noise(i for i in early if region[i].marker == "error" and region[i].text in messages)
    again = False
    for at in region.after(index, limit=600):
        line = region[at]
        if line.marker:
            again = line.marker == "error" and line.text in messages
        if again:
            reading.noise([at])


def read(region: Region, reading: Reading) -> None:
    """Failed suites and tests, errors outside of tests, gates, counts."""
    messages = _failures(region, reading)
    for index, found in region.matches(_THRESHOLD):
        reading.add(found["message"], cause=index, rule="coverage-threshold")
    for index, found in region.matches(_MISSING):
        kind = FailureClass.DEPENDENCY if found["dependency"] else FailureClass.CONFIG
        reading.add(found["dependency"] or found["none"], cause=index, failure_class=kind)
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)
        if messages and "Test Files" in region[index].text:
            _annotations(region, reading, index, messages)


FORMAT = Format(
    name="Vitest",
    failure_class=FailureClass.TEST,
    anchors=(
        "FAIL  ",
        "Uncaught Exception",
        "Unhandled Rejection",
        "Unhandled Error",
        "Uncaught Error",
        "Startup Error",
        "Test Files  ",
        "  Tests  ",
        " Errors  ",
        " does not meet ",
        "MISSING DEPENDENCY",
        "No test files found",
    ),
    read=read,
)
