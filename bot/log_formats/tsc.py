"""TypeScript: `file(1,2): error TS2322: message` or `file:1:2 - error TS2322: message`.

Angular, Next.js and Deno print the compiler's errors in shapes of their own.
https://www.typescriptlang.org/tsconfig/#pretty
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ERROR = Pattern(
    r"\s*(?:Error: )?(?P<path>\S.*?)(?:\((?P<line>\d+),(?P<column>\d+)\): |:(?P<row>\d+):(?P<place>\d+) - )"
    r"error (?P<rule>TS\d+): (?P<message>.+)"
)
_GLOBAL = Pattern(r"error (?P<rule>TS\d+): (?P<message>.+)")
_TAGGED = Pattern(
    r"(?:\S{1,3} \[ERROR\] (?P<angular>(?:TS|NG)\d+)|(?P<deno>TS\d+) \[ERROR\]): (?P<message>.+)"
)
_TAGGED_PLACE = Pattern(r"\s+(?:at )?(?:file://)?(?P<path>\S.*?):(?P<line>\d+):(?P<column>\d+):?$")
_NEXT = Pattern(r"Type error: (?P<message>.+)")
_NEXT_PLACE = Pattern(r"\s*(?P<path>\./\S+):(?P<line>\d+):(?P<column>\d+)$")
_MORE = Pattern(r"\s+\S")
_COUNTS = Pattern(r"Found [1-9]\d* errors?(?: in |\.|$)")


def _compiler(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_ERROR):
        below = region.after(index, limit=8)
        stop = next((i for i in below if not _MORE.match(region[i].text)), below.stop)
        reading.add(
            found["message"],
            cause=index,
            detail=range(index + 1, min(stop, index + 4)),
            path=found["path"],
            line=found["line"] or found["row"],
            column=found["column"] or found["place"],
            rule=found["rule"],
        )
    for index, found in region.matches(_GLOBAL):
        reading.add(
            found["message"], cause=index, rule=found["rule"], failure_class=FailureClass.CONFIG
        )


def _frameworks(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_TAGGED):
        place = region.find(_TAGGED_PLACE, region.after(index, limit=12))
        at, where = place or (None, None)
        reading.add(
            found["message"],
            cause=index,
            frames=() if at is None else at,
            path=where["path"] if where else "",
            line=where["line"] if where else 0,
            column=where["column"] if where else 0,
            rule=found["angular"] or found["deno"],
        )
    for index, found in region.matches(_NEXT):
        place = region.find(_NEXT_PLACE, region.before(index, limit=2))
        at, where = place or (None, None)
        reading.add(
            found["message"],
            cause=index,
            title=() if at is None else at,
            detail=region.after(index, limit=8),
            path=where["path"] if where else "",
            line=where["line"] if where else 0,
            column=where["column"] if where else 0,
        )


def read(region: Region, reading: Reading) -> None:
    """The compiler's own lines, those of frameworks, the count."""
    _compiler(region, reading)
    _frameworks(region, reading)
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="TypeScript",
    failure_class=FailureClass.TYPE,
    anchors=("error TS", "[ERROR] TS", "[ERROR] NG", " [ERROR]: ", "Type error: ", "Found "),
    read=read,
)
