"""actionlint: `.github/workflows/x.yml:10:9: message [rule]`, code and caret.

https://github.com/rhysd/actionlint/blob/main/docs/usage.md
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ISSUE = Pattern(
    r"(?P<path>[^\s:]+\.ya?ml):(?P<line>\d+):(?P<column>\d+): (?P<text>.+) "
    r"\[(?P<rule>[a-z-]+)\]\s*$"
)
_CODE = Pattern(r"\s*(?:\d+ )?\|")


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each issue."""
    for index, found in region.matches(_ISSUE):
        block = region.after(index, stop=_ISSUE, limit=3)
        reading.add(
            found["text"],
            cause=index,
            detail=[i for i in block if _CODE.match(region[i].text)],
            path=found["path"],
            line=found["line"],
            column=found["column"],
            rule=found["rule"],
        )


FORMAT = Format(
    name="actionlint",
    failure_class=FailureClass.LINT,
    anchors=(".yml:", ".yaml:"),
    read=read,
)
