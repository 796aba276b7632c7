"""kotlinc, its Gradle plugin, ktlint and detekt: `e: file:///Cart.kt:6:31 message`.

Before Kotlin 1.8 `e: /Cart.kt: (6, 31): message`; kotlinc itself `Cart.kt:6:31: error: message`.
https://kotlinlang.org/docs/command-line.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_GRADLE = Pattern(
    r"e: (?:\[\w+\] )?(?:file://)?(?P<path>\S.*?\.(?:kts?|java))(?::(?P<line>\d+)(?::(?P<column>\d+))?:?"
    r"|: \((?P<line2>\d+), (?P<column2>\d+)\):) (?P<message>.+)"
)
_KOTLINC = Pattern(r"(?P<path>\S.*?\.kts?):(?P<line>\d+):(?P<column>\d+): error: (?P<message>.+)")
_LINTER = Pattern(
    r"(?P<path>\S.*?\.kts?):(?P<line>\d+):(?P<column>\d+):? (?:(?:Lint error > )?\[?)"
    r"(?P<message>.+?) (?:\((?P<ktlint>[\w-]+:[\w-]+)\)|\[(?P<detekt>[A-Z]\w+)\])$"
)
_OTHER = Pattern(r"(?:e|error): (?P<message>warnings found and -Werror specified)")
_NEXT = Pattern(r"\S|$")


def read(region: Region, reading: Reading) -> None:
    """Errors of the compiler, findings of the linters."""
    for pattern in (_GRADLE, _KOTLINC):
        for index, found in region.matches(pattern):
            parts = found.groupdict()
            reading.add(
                found["message"],
                cause=index,
                detail=region.after(index, stop=_NEXT, limit=3),
                path=found["path"],
                line=found["line"] or parts.get("line2") or 0,
                column=found["column"] or parts.get("column2") or 0,
            )
    for index, found in region.matches(_LINTER):
        reading.add(
            found["message"],
            cause=index,
            path=found["path"],
            line=found["line"],
            column=found["column"],
            rule=found["ktlint"] or found["detekt"],
            tool="ktlint" if found["ktlint"] else "detekt",
            failure_class=FailureClass.LINT,
        )
    for index, found in region.matches(_OTHER):
        reading.add(found["message"], cause=index)


FORMAT = Format(
    name="kotlin",
    failure_class=FailureClass.COMPILE,
    anchors=(".kt:", ".kts:", "e: file:", "-Werror specified"),
    read=read,
)
