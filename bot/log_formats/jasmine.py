"""Jasmine: `Failures:`, then `1) suite spec`, `  Message:`, the text, `  Stack:`.

https://jasmine.github.io/setup/nodejs.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_TITLE = Pattern(r"\d+\) (?P<test>\S.*)$")
_MESSAGE = Pattern(r"  Message:$")
_STACK = Pattern(r"  Stack:$")
_FRAME = Pattern(
    r"\s+at (?!.*(?:node_modules|node:|<Jasmine>)).*?\(?(?:file://)?(?P<path>[^\s()]+):(?P<line>\d+):(?P<column>\d+)\)?$"
)
_COUNTS = Pattern(r"\d+ specs?, [1-9]\d* failures?")


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each `Message:`; its title is the numbered line above it."""
    test, title = "", -1
    for index, _ in region.matches(_MESSAGE):
        above = _TITLE.match(region[index - 1].text) if index else None
        if above:
            test, title = above["test"], index - 1
        told = region.after(index, stop=_STACK, limit=20)
        if not told:
            continue
        stack = region.after(told.stop, stop=_MESSAGE, limit=20)
        at, place = region.find(_FRAME, stack) or (None, None)
        reading.add(
            region[told[0]].text,
            title=title if title >= 0 else (),
            cause=told[0],
            frames=() if at is None else at,
            detail=told[1:6],
            path=place["path"] if place else "",
            line=place["line"] if place else 0,
            test=test,
            frame=f"{place['path']}:{place['line']}" if place else "",
        )
    reading.summary(*(index for index, _ in region.matches(_COUNTS)))


FORMAT = Format(
    name="Jasmine",
    failure_class=FailureClass.TEST,
    anchors=("  Message:", " specs, ", " spec, "),
    read=read,
)
