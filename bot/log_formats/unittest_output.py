"""unittest, Django's runner, nose, trial: `=====`, `FAIL: test (class)`, `-----`, a traceback.

https://docs.python.org/3/library/unittest.html
https://docs.djangoproject.com/en/stable/topics/testing/overview/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_RULER = Pattern(r"={60,}$")
_TITLE = Pattern(
    r"(?:(?:FAIL|ERROR|UNEXPECTED SUCCESS)(?: \[[^\]]+\])?: (?P<test>.+)|\[(?:FAIL|ERROR)\])$"
)
_DASHES = Pattern(r"-{20,}$")
_END = Pattern(r"={60,}$|-{20,}$")
_TEST = Pattern(r"(?P<name>\w+) \((?P<where>[\w.<>]+)\)(?P<rest> .+)?$")
_TRACEBACK = Pattern(r"\s*Traceback \(most recent call last\)")
_FILE = Pattern(r'\s*File "(?P<path>[^"]+)", line (?P<line>\d+)')
_EXCEPTION = Pattern(r"\s*(?P<type>[A-Za-z_][\w.]*)(?:: (?P<message>.*))?$")
_RAN = Pattern(r"Ran \d+ tests? in ")
_FAILED = Pattern(r"FAILED \(.*\)$")
_CHECK = Pattern(r"System check identified some issues")
_ISSUE = Pattern(r"(?P<where>\S.*?): \((?P<rule>\w+\.E\d+)\) (?P<message>.+)")
_MIGRATION = Pattern(r"Migrations for '(?P<app>[^']+)':$")
_FOREIGN = ("site-packages", "dist-packages", "/lib/python", "\\lib\\", "<frozen")


def _test_id(title: str) -> str:
    """`module.Class.test` for both `test (module.Class)` and `test (module.Class.test)`."""
    found = _TEST.match(title)
    if not found:
        return title.strip()
    name, where, rest = found["name"], found["where"], found["rest"] or ""
    if where.endswith(("_FailedTest." + name, "_FailedTest")):
        return name
    return (where if where.endswith("." + name) else f"{where}.{name}") + rest


def _cause(region: Region, body: range) -> tuple[int, int] | None:
    """The line that ends the last traceback of the block, and where that traceback begins."""
    start = next((i for i in reversed(body) if _TRACEBACK.match(region[i].text)), None)
    if start is None:
        first = next((i for i in body if region[i].text.strip()), None)
        return None if first is None else (first, first)
    depth = len(region[start].text) - len(region[start].text.lstrip())
    for index in range(start + 1, body.stop):
        text = region[index].text
        indent = len(text) - len(text.lstrip())
        if text.strip() and indent <= depth and _EXCEPTION.match(text):
            return index, start
    return None


def _failures(region: Region, reading: Reading) -> None:
    for ruler, _ in region.matches(_RULER):
        head = region.after(ruler, limit=1)
        found = _TITLE.match(region[head[0]].text) if head else None
        if not found:
            continue
        index = head[0]
        dashes = region.find(_DASHES, region.after(index, limit=6)) if found["test"] else None
        body = region.after(dashes[0] if dashes else index, stop=_END, limit=300)
        ending = _cause(region, body)
        if ending is None:
            reading.add(found["test"] or "error", title=index, test=_test_id(found["test"] or ""))
            continue
        cause, start = ending
        files = [(i, hit) for i in range(start, cause) if (hit := _FILE.match(region[i].text))]
        own = [f for f in files if not any(word in f[1]["path"] for word in _FOREIGN)]
        at, place = (own or files)[-1] if files else (None, None)
        last = next((i for i in reversed(body) if region[i].text.strip()), cause)
        exception = _EXCEPTION.match(region[cause].text)
        reading.add(
            region[cause].text,
            title=index,
            cause=cause,
            frames=() if at is None else at,
            detail=[
                *range(cause + 1, min(cause + 8, body.stop)),
                *([] if at is None else [at + 1]),
            ],
            path=place["path"] if place else "",
            line=place["line"] if place else 0,
            rule=exception["type"] if exception and exception["message"] is not None else "",
            test=_test_id(found["test"] or region[last].text),
            frame=f"{place['path']}:{place['line']}" if place else "",
        )


def _django(region: Region, reading: Reading) -> None:
    """Problems that stop Django before any test runs, and missing migrations."""
    for index, _ in region.searches(_CHECK):
        for at in region.after(index, limit=80):
            if found := _ISSUE.match(region[at].text):
                reading.add(
                    found["message"],
                    cause=at,
                    rule=found["rule"],
                    path=found["where"],
                    failure_class=FailureClass.CONFIG,
                    tool="Django",
                )
    for index, found in region.matches(_MIGRATION):
        reading.add(
            f"model changes of {found['app']} have no migration",
            cause=index,
            detail=region.after(index, limit=4),
            failure_class=FailureClass.CONFIG,
            tool="Django",
        )


def read(region: Region, reading: Reading) -> None:
    """Failed tests, what Django's own checks say, counts."""
    _failures(region, reading)
    _django(region, reading)
    for index, _ in region.matches(_FAILED):
        ran = region.find(_RAN, reversed(region.before(index, limit=4)))
        reading.summary(*(() if ran is None else ran[:1]), index)


FORMAT = Format(
    name="unittest",
    failure_class=FailureClass.TEST,
    anchors=(
        "=" * 60,
        "Ran ",
        "FAILED (",
        "System check identified some issues",
        "Migrations for '",
    ),
    read=read,
)
