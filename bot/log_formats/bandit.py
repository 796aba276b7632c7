"""bandit: `>> Issue: [B602:name] message`, its severity, and `Location: file:line:column` below.

https://bandit.readthedocs.io/en/latest/formatters/screen.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ISSUE = Pattern(r">> Issue: \[(?P<rule>B\d{3})(?::[\w-]+)?\] (?P<message>.+)")
_PLACE = Pattern(r"\s+Location: (?P<path>\S.*?):(?P<line>\d+)(?::(?P<column>\d+))?$")
_SEVERITY = Pattern(r"\s+Severity: ")
_END = Pattern(r">> Issue: |-{20,}|Code scanned:")
_NOT_READ = Pattern(r"\t(?P<path>\S.*) \((?P<why>syntax error .*|exception .*)\)$")


def read(region: Region, reading: Reading) -> None:
    """Issues with their place, and files that could not be read."""
    for index, found in region.matches(_ISSUE):
        block = region.after(index, stop=_END, limit=14)
        place = region.find(_PLACE, block)
        severity = region.find(_SEVERITY, block)
        reading.add(
            found["message"],
            cause=index,
            frames=place[0] if place else (),
            detail=[severity[0]] if severity else (),
            path=place[1]["path"].removeprefix("./") if place else "",
            line=place[1]["line"] if place else 0,
            column=(place[1]["column"] or 0) if place else 0,
            rule=found["rule"],
        )
    for index, found in region.matches(_NOT_READ):
        reading.add(found["why"], cause=index, path=found["path"])


FORMAT = Format(
    name="bandit",
    failure_class=FailureClass.LINT,
    anchors=(">> Issue: [B", "(syntax error while", "(exception while"),
    read=read,
)
