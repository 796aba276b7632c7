"""An exception that ended a thread of a Java, Kotlin or Scala program which is no test.

`Exception in thread "main" java.lang.IllegalStateException: …`, frames, `Caused by:`.
https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/Throwable.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.log_formats.step_end import END_ANCHORS, StepEnds
from bot.outcomes import FailureClass

_THROWN = Pattern(r'Exception in thread "[^"]*" (?P<message>(?P<rule>[\w.$]+)(?:: .*)?)$')
_INSIDE = Pattern(r"\s+at |Caused by: |\s+\.\.\. \d+ (?:more|common)|\s+Suppressed: |\s")
_CAUSED = Pattern(r"Caused by: \S")
_AT = Pattern(
    r"\s+at (?:[\w.-]+(?:@[\w.-]+)?/)*(?P<where>[\w.$<>]+)\((?P<path>[\w.-]+):(?P<line>\d+)\)"
)
_FOREIGN = (
    "java.", "javax.", "jdk.", "sun.", "com.sun.", "kotlin.", "kotlinx.", "scala.", "groovy.", "clojure.",
    "org.gradle.", "org.apache.maven.", "org.codehaus.", "org.springframework.", "org.junit.",
)  # fmt: skip
_KINDS = {
    "ClassNotFoundException": FailureClass.DEPENDENCY,
    "NoClassDefFoundError": FailureClass.DEPENDENCY,
    "UnsupportedClassVersionError": FailureClass.CONFIG,
}
_NEAR = 200
"""Lines within which the step ends behind an exception that ended the program."""


def read(region: Region, reading: Reading) -> None:
    """The exceptions right before a failed step's end, each with its first own frame."""
    ends = StepEnds(region)
    for index, found in region.matches(_THROWN):
        if ends.behind(index, _NEAR) is None:
            continue
        below = region.after(index, limit=150)
        stop = next((i for i in below if not _INSIDE.match(region[i].text)), below.stop)
        block = range(below.start, stop)
        frames = [(i, hit) for i in block if (hit := _AT.match(region[i].text))]
        own = [f for f in frames if not f[1]["where"].startswith(_FOREIGN)]
        place = own[0] if own else None
        roots = [i for i in block if _CAUSED.match(region[i].text)]
        rule = found["rule"].rpartition(".")[2]
        reading.add(
            found["message"],
            cause=[index, *roots[-1:]],
            frames=place[0] if place else (),
            detail=block[:3],
            path=place[1]["path"] if place else "",
            line=place[1]["line"] if place else 0,
            rule=rule,
            frame=f"{place[1]['path']}:{place[1]['line']}" if place else "",
            failure_class=_KINDS.get(rule),
        )


FORMAT = Format(
    name="JVM",
    failure_class=FailureClass.UNKNOWN,
    anchors=(*END_ANCHORS, "Exception in thread "),
    read=read,
)
