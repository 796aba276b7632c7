"""pre-commit: `hook......Failed`, `- hook id: x`, what the hook printed, `- files were modified`.

A hook's own lines are read by the format of its tool. https://pre-commit.com/#usage
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_HOOK = Pattern(r"(?P<hook>\S.*?)\.{2,}(?:\([^)]*\))?Failed$")
_END = Pattern(
    r"\S.*\.{2,}(?:\([^)]*\))?(?:Passed|Failed|Skipped)$|pre-commit hook\(s\) made changes|All changes made"
)
_ID = Pattern(r"- hook id: (?P<id>\S+)")
_MODIFIED = Pattern(r"- files were modified by this hook")
_FIXED = Pattern(r"(?:Fixing|Fixed|[Rr]eformatted|Rewriting|Sorting|Formatting):? (?P<path>\S+)$")
_PLACED = Pattern(r"\S+?[:(]\d+[:,)]|\s|\[\w+\] ")
_UNEXPECTED = Pattern(
    r"An unexpected error has occurred: (?P<message>.+)|(?P<config>InvalidConfigError:.*)"
)
_REASON = Pattern(r"\s*(?P<message>(?:fatal|error|ERROR|E): .+|=====> .+|\w+Error: .+)")


def _hook(region: Region, reading: Reading, index: int, name: str) -> None:
    block = region.after(index, stop=_END, limit=120)
    named = region.find(_ID, block[:3])
    modified = region.find(_MODIFIED, block[:6])
    output = [i for i in block if not region[i].text.startswith("- ") and region[i].text.strip()]
    rule = named[1]["id"] if named else ""
    fixed = [i for i in output if _FIXED.match(region[i].text)]
    path = hit["path"] if fixed and (hit := _FIXED.match(region[fixed[0]].text)) else ""
    if modified:
        message, cause = f"{rule or name} modified files", [modified[0]]
    elif output:
        # A line with a place belongs to the linter that printed it; it may have a format.
        first = output[0]
        message = region[first].text
        cause = [] if _PLACED.match(message) else [first]
        message = message if cause else f"{rule or name} failed"
    else:
        message, cause = f"{rule or name} failed", []
    reading.add(
        message,
        title=[index, *([named[0]] if named else [])],
        cause=cause,
        frames=fixed[:3],
        detail=output[:8],
        path=path,
        rule=rule,
    )


def read(region: Region, reading: Reading) -> None:
    """Failed hooks; hooks and configurations that cannot be set up."""
    for index, found in region.matches(_HOOK):
        _hook(region, reading, index, found["hook"])
    for index, found in region.matches(_UNEXPECTED):
        below = region.find(_REASON, region.after(index, limit=40))
        reading.add(
            below[1]["message"] if below else found["message"] or found["config"],
            title=index,
            cause=below[0] if below else (),
            failure_class=FailureClass.CONFIG
            if found["config"] or "InvalidConfig" in found[0]
            else FailureClass.DEPENDENCY,
        )


FORMAT = Format(
    name="pre-commit",
    failure_class=FailureClass.LINT,
    anchors=("..Failed", ")Failed", "An unexpected error has occurred", "InvalidConfigError:"),
    read=read,
)
