"""javac, as javac itself, Ant, Gradle and Bazel print it: `Cart.java:9: error: message`.

https://docs.oracle.com/en/java/javase/21/docs/specs/man/javac.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_PREFIX = r"\s*(?:\[\w+\] )?"
_ERROR = Pattern(
    r"(?:.*compile\w+)?" + _PREFIX + r"(?P<path>\S.*?\.(?:java|groovy)):(?P<line>\d+): error: "
    r"(?:\[(?P<rule>\w+)\] )?(?P<message>.+)"
)
_GROOVY = Pattern(
    _PREFIX
    + r"(?P<path>\S.*?\.groovy): (?P<line>\d+): (?P<message>.+?) @ line \d+, column (?P<column>\d+)\."
)
_OTHER = Pattern(_PREFIX + r"error: (?P<message>(?:release version|invalid (?:target|source) release|warnings found"
                 r"|no source files|file not found|package |module not found|cannot access|error reading).*)")  # fmt: skip
_NEXT = Pattern(_PREFIX + r"(?:\S.*?\.(?:java|groovy):\d+: |\d+ errors?$|\d+ warnings?$|Note: |$)")
_COUNT = Pattern(_PREFIX + r"\d+ errors?$")


def read(region: Region, reading: Reading) -> None:
    """Each error with its code frame and the symbol it is about."""
    for index, found in region.matches(_ERROR):
        reading.add(
            found["message"],
            cause=index,
            detail=region.after(index, stop=_NEXT, limit=6),
            path=found["path"],
            line=found["line"],
            rule=found["rule"] or "",
        )
    for index, found in region.matches(_GROOVY):
        reading.add(
            found["message"],
            cause=index,
            detail=region.after(index, stop=_NEXT, limit=3),
            path=found["path"],
            line=found["line"],
            column=found["column"],
            tool="groovyc",
        )
    for index, found in region.matches(_OTHER):
        reading.add(found["message"], cause=index, failure_class=FailureClass.CONFIG)
    for index, _ in region.matches(_COUNT):
        if reading.findings:
            reading.summary(index)


FORMAT = Format(
    name="javac",
    failure_class=FailureClass.COMPILE,
    anchors=(".java:", ".groovy:", " error: ", "error: ", " errors", "1 error"),
    read=read,
)
