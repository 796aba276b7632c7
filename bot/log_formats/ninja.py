"""ninja: `FAILED: target`, the command, and what it printed, up to the next `[n/m]`.

https://ninja-build.org/manual.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_FAILED = Pattern(
    r"FAILED: (?:\[code=\d+\] )?(?P<target>[^\s:\"'](?:\S*[^\s:,])?)(?: [^\s\"']+)*\s*$"
)
_STATUS = Pattern(r"\[\d+/\d+[^\]]*\] ")
_OWN = Pattern(r"ninja: ")
_END = Pattern(r"\[\d+/\d+\] |ninja: |FAILED: ")
_PROBLEM = Pattern(
    r".*(?i:\berror\b|fatal|undefined|not found|cannot|no such|exception|assert|fail)"
)
_LEAD = Pattern(r"In file included|\S+: In |\s|\S+: in function|$")
_NINJA = Pattern(r"ninja: (?:error|fatal): (?P<message>.+)")
_STOPPED = Pattern(r"ninja: build stopped: |ninja: subcommand failed")


def _is_edge(region: Region, index: int, target: str, own: set[int]) -> bool:
    """Right below `[n/m]`, or a file in a step where ninja speaks (`--quiet` prints no status)."""
    above = region.before(index, limit=1)
    if above and _STATUS.match(region[above[0]].text):
        return True
    return region[index].step in own and ("/" in target or "." in target)


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each failed edge, and ninja's own errors."""
    own = {region[index].step for index, _ in region.matches(_OWN)}
    for index, found in region.matches(_FAILED):
        if not _is_edge(region, index, found["target"], own):
            continue
        block = region.after(index, stop=_END, limit=300)
        output = range(min(block.start + 1, block.stop), block.stop)
        if len(block) and not _PROBLEM.match(region[block.start].text[:40]):
            reading.noise(block[:1])  # the command, often thousands of characters
        told = region.find(_PROBLEM, output)
        cause = (
            told[0] if told else next((i for i in output if not _LEAD.match(region[i].text)), None)
        )
        reading.add(
            region[cause].text if cause is not None else f"{found['target']} failed",
            title=index,
            cause=() if cause is None else cause,
            detail=() if cause is None else range(cause + 1, min(cause + 6, block.stop)),
            test=found["target"],
        )
    for index, found in region.matches(_NINJA):
        reading.add(found["message"], cause=index, failure_class=FailureClass.CONFIG)
    for index, _ in region.matches(_STOPPED):
        reading.summary(index)


FORMAT = Format(
    name="ninja",
    failure_class=FailureClass.COMPILE,
    anchors=(
        "FAILED: ",
        "ninja: ",
    ),
    read=read,
)
