"""deno test: under ` ERRORS ` each failed test as `name => ./file.ts:7:6`, `error: …`, its frames.

https://docs.deno.com/runtime/fundamentals/testing/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ERRORS = Pattern(r"\s*ERRORS\s*$")
_LIST = Pattern(r"\s*FAILURES\s*$")
_COUNTS = Pattern(r"(?:FAILED|ok) \| \d+ passed")
_TITLE = Pattern(
    r"(?P<test>\S.*?) => (?P<path>\S+?):(?P<line>\d+):(?P<column>\d+)$"
    r"|(?P<file>\S+) \(uncaught error\)$"
)
_END = Pattern(
    r"\S.* => \S+:\d+:\d+$|\S+ \(uncaught error\)$|\s*FAILURES\s*$|(?:FAILED|ok) \| \d+ passed"
)
_ERROR = Pattern(r"error: (?:Uncaught )?(?:\(in promise\) )?(?P<message>\S.*)")
_TOLD = Pattern(r"\s*\S")
_DIFF = Pattern(r"[-+] +\S")
_AT = Pattern(r"\s+at (?:.*\()?(?P<path>file://[^()]+?):(?P<line>\d+):(?P<column>\d+)\)?$")
_TRAILER = Pattern(r"error: Test failed$")
_LONGEST = 4000


def _one(region: Region, reading: Reading, index: int, block: range) -> None:
    """The block below one title."""
    title = _TITLE.match(region[index].text)
    if title is None:
        return
    file, test = title["path"] or title["file"], title["test"] or ""
    said = region.find(_ERROR, block)
    message = said[1]["message"] if said else f"{test or file} failed"
    rest = range(said[0] + 1, block.stop) if said else block
    if message.endswith(":") and (more := region.find(_TOLD, rest)):
        message = f"{message} {region[more[0]].text.strip()}"
    diff = [i for i in rest[:40] if _DIFF.match(region[i].text)]
    if "not equal" in message:
        message += "".join(f" {region[i].text.strip()}" for i in diff[:2])
    place = region.find(_AT, rest)
    found = place[1] if place else None
    reading.add(
        message,
        title=index,
        cause=said[0] if said else (),
        frames=place[0] if place else (),
        detail=[*diff[:8], *(i for i in rest[:6] if region[i].text.strip())],
        path=found["path"] if found else file,
        line=found["line"] if found else title["line"] or 0,
        column=found["column"] if found else title["column"] or 0,
        test=f"{file} › {test}" if test else file,
        frame=f"{found['path']}:{found['line']}" if found else "",
    )


def read(region: Region, reading: Reading) -> None:
    """Failed tests and steps, files that end with an error of their own, counts."""
    for start, _ in region.matches(_ERRORS):
        index = start + 1
        for at in region.after(start, stop=_LIST, limit=_LONGEST):
            if at >= index and _TITLE.match(region[at].text):
                block = region.after(at, stop=_END, limit=150)
                _one(region, reading, at, block)
                index = block.stop
    for start, _ in region.matches(_LIST):
        listed = region.after(start, stop=_COUNTS, limit=200)
        reading.noise(i for i in listed if _TITLE.match(region[i].text))
    for index, found in region.matches(_COUNTS):
        if found[0].startswith("FAILED"):
            reading.summary(index)
    reading.noise(index for index, _ in region.matches(_TRAILER))


FORMAT = Format(
    name="deno test",
    failure_class=FailureClass.TEST,
    anchors=(" ERRORS ", " FAILURES ", "FAILED", "error: Test failed"),
    read=read,
)
