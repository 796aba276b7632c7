"""rustc and clippy: `error[E0308]: message`, ` --> file:line:col`, a code frame.

https://doc.rust-lang.org/rustc/json.html describes the same fields; cargo prints the human form.
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ERROR = Pattern(r"error(?:\[(?P<rule>[A-Z]\d+)\])?: (?P<message>.+)")
_PLACE = Pattern(r" *--> (?P<path>[^:]+):(?P<line>\d+):(?P<column>\d+)")
_FRAME = Pattern(r"\s*(?:\d+ *)?[|=]|\s*-->|\s*\.\.\.|\s*:::")
_LINT = Pattern(r".*= note: `?#?\[?(?:-D |deny\()(?P<rule>[\w:-]+)")
_NOT_COMPILED = Pattern(r"error: could not compile|error: aborting due to|For more information ab")
_SCRIPT = Pattern(r"error: failed to run custom build command for `(?P<crate>[^`]+)`")
_STDERR = Pattern(r" *--- stderr")


def _diagnostics(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_ERROR):
        place = region.find(_PLACE, region.after(index, limit=3))
        if place is None:
            continue  # cargo's own errors look alike; only those of the compiler have a place
        at, where = place
        frame = region.after(at, limit=30)
        stop = next((i for i in frame if not _FRAME.match(region[i].text)), frame.stop)
        lint = region.find(_LINT, range(at, stop))
        reading.add(
            found["message"],
            cause=index,
            frames=at,
            detail=range(at + 1, stop),
            path=where["path"],
            line=where["line"],
            column=where["column"],
            rule=found["rule"] or (lint[1]["rule"] if lint else ""),
            failure_class=FailureClass.LINT if lint else FailureClass.COMPILE,
            tool="clippy" if lint and "clippy" in lint[1]["rule"] else "",
        )


def read(region: Region, reading: Reading) -> None:
    """Compiler errors, then build scripts, whose cause stands below `--- stderr`."""
    _diagnostics(region, reading)
    for index, found in region.matches(_SCRIPT):
        block = region.after(index, limit=200)
        stderr = region.find(_STDERR, block)
        shown = range(stderr[0] + 1, min(stderr[0] + 12, block.stop)) if stderr else block[:6]
        reading.add(
            f"build script of {found['crate']} failed", cause=index, title=shown[:4], detail=shown
        )
    for index, _ in region.matches(_NOT_COMPILED):
        reading.summary(index)


FORMAT = Format(
    name="rustc",
    failure_class=FailureClass.COMPILE,
    anchors=("error[E", "error: ", "For more information about", "error"),
    read=read,
)
