"""Mocha: `n failing`, then `1) suite`, the titles below it, the message, the stack.

https://mochajs.org/#reporters
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_FAILING = Pattern(r"\s*(?:\d+ failing|\S+ \d+ of \d+ tests? failed:)$")
_ENTRY = Pattern(r"\s{1,4}\d+\) (?P<title>\S.*)$")
_END = Pattern(
    r"\s{1,4}\d+\) \S|npm |\s*\((?:Results|Screenshots|Video|Run Finished)\)|error Command|\[\w+\] "
)
_AT = Pattern(
    r"\s+at (?:.*\()?(?:webpack://[^/]*/)?(?:\./)?(?P<path>[^()\s][^()]*?):(?P<line>\d+):(?P<column>\d+)\)?$"
)
_VALUE = Pattern(r"\s*[-+](?! ?expected| ?actual)\s*\S")
_NONE = Pattern(r"(?P<message>Error: No test files found: .+)")
_FOREIGN = ("node_modules", "node:", "internal/", "cypress_runner", "__cypress", "<anonymous>")


def read_failures(region: Region, reading: Reading, failing: int) -> None:
    """The numbered failures below the line that counts them."""
    block = region.after(failing, limit=3000)
    entries = [i for i in block if _ENTRY.match(region[i].text)]
    for index in entries:
        _entry(region, reading, index)


def _entry(region: Region, reading: Reading, index: int) -> None:
    block = region.after(index, stop=_END, limit=200)
    found = _ENTRY.match(region[index].text)
    names, titles = [found["title"] if found else ""], [index]
    for at in block[:10]:
        if names[-1].endswith(":") or not region[at].text.strip():
            break
        names.append(region[at].text.strip())
        titles.append(at)
    if not names[-1].endswith(":"):
        return  # a numbered line, but not of a report
    rest = [i for i in range(titles[-1] + 1, block.stop) if region[i].text.strip()]
    if not rest:
        return
    cause, message = rest[0], region[rest[0]].text.strip()
    if message.endswith(":") and len(rest) > 1 and not region[rest[1]].text.startswith("+ actual"):
        message += " " + region[rest[1]].text.strip()
    frames = ((i, hit) for i in rest if (hit := _AT.match(region[i].text)))
    own = next((f for f in frames if not any(w in f[1]["path"] for w in _FOREIGN)), None)
    place = own[1] if own else None
    reading.add(
        message,
        title=titles,
        cause=cause,
        frames=own[0] if own else (),
        detail=[*[i for i in rest[1:30] if _VALUE.match(region[i].text)][:8], *rest[1:4]],
        path=place["path"] if place else "",
        line=place["line"] if place else 0,
        column=place["column"] if place else 0,
        test=" > ".join(names).removesuffix(":"),
        frame=f"{place['path']}:{place['line']}" if place else "",
    )


def read(region: Region, reading: Reading) -> None:
    """Every report of a run: its numbered failures and its counts."""
    for index, _ in region.matches(_FAILING):
        reading.summary(index)
        read_failures(region, reading, index)
    for index, found in region.matches(_NONE):
        reading.add(found["message"], cause=index, failure_class=FailureClass.CONFIG)


FORMAT = Format(
    name="Mocha",
    failure_class=FailureClass.TEST,
    anchors=(" failing", "tests failed:", "test failed:", "Error: No test files found"),
    read=read,
)
