"""make: `make[1]: *** [Makefile:4: target] Error 3` says only that a command failed.

What failed stands above it, in the words of another tool: that line is the same for every reason,
so it is no finding. A target that a signal ended, and a makefile that is wrong, are make's own to tell.
https://www.gnu.org/software/make/manual/
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
# Where a compiler or linker said why, the goal is worth showing; elsewhere it would pass for the why.
_COMPILER = Pattern(
    r"\S:\d+:(?:\d+:)? (?:fatal )?error: |\bld\S*: error: |collect2: error: |: undefined reference to "
)
_IGNORED = Pattern(r".*\(ignored\)$")


def read(region: Region, reading: Reading) -> None:
    """Targets that a signal ended, the innermost of each chain; makefiles that are wrong."""
    compiled = {region[index].step for index, _ in region.searches(_COMPILER)}
    depth = -1
    for index, found in region.matches(_FAILED):
        level = int(found["level"] or 0) if len(found["level"] or "") < 4 else 0
        if _IGNORED.match(region[index].text):
            reading.noise((index,))
            continue
        if level < depth or found["code"]:
            if not level and region[index].step in compiled:
                reading.summary(index)  # names the goal
            else:
                reading.noise((index,))
        else:  # a signal, or a file that make could not write
            above = region.before(index, stop=_OWN, limit=5)
            target = found["target"]
            reading.add(
                f"{target}: {found['how']}",
                cause=index,
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
    name="make",
    failure_class=FailureClass.UNKNOWN,
    anchors=(": *** ", "(ignored)", "error: ", "undefined reference"),
    read=read,
)
