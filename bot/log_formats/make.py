"""make: `make[1]: *** [Makefile:4: target] Error 3`, the innermost first.

The outer ones only repeat it; the cause stands above. https://www.gnu.org/software/make/manual/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_FAILED = Pattern(
    r"(?P<make>\S*make)(?:\.exe)?(?:\[(?P<level>\d+)\])?: \*\*\* \[(?:(?P<path>[^\]\s:]+):(?P<line>\d+): )?"
    r"(?P<target>[^\]]+)\] (?P<how>Error (?P<code>-?\d+)|[A-Z][a-z]+.*)$"
)
_BROKEN = Pattern(
    r"(?:(?P<make>\S*make)(?:\.exe)?(?:\[\d+\])?|(?P<path>[^\s:]+):(?P<line>\d+)): \*\*\* "
    r"(?P<message>(?!\[|Waiting|Deleting)\S.*?)(?:  Stop\.)?$"
)
_OWN = Pattern(r"\S*make(?:\.exe)?(?:\[\d+\])?: ")
_IGNORED = Pattern(r".*\(ignored\)$")


def read(region: Region, reading: Reading) -> None:
    """The innermost failed target of each chain, and makefiles that are wrong."""
    depth = -1
    for index, found in region.matches(_FAILED):
        level = int(found["level"] or 0) if len(found["level"] or "") < 4 else 0
        if _IGNORED.match(region[index].text):
            reading.noise((index,))
            continue
        if level < depth:  # tells outwards what failed within; the outermost names the goal
            if level:
                reading.noise((index,))
            else:
                reading.summary(index)
        else:
            above = region.before(index, stop=_OWN, limit=5)
            target = found["target"]
            reading.add(
                f"{target}: {found['how']}",
                title=index,
                detail=reversed([i for i in above if region[i].text.strip()]),
                path=found["path"] or "",
                line=found["line"] or 0,
                test=target,
            )
        depth = level
    for index, found in region.matches(_BROKEN):
        reading.add(
            found["message"],
            cause=index,
            path=found["path"] or "",
            line=found["line"] or 0,
            failure_class=FailureClass.CONFIG,
        )


FORMAT = Format(
    name="make", failure_class=FailureClass.UNKNOWN, anchors=(": *** ", "(ignored)"), read=read
)
