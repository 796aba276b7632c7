"""svelte-check: `/abs/src/A.svelte:2:7`, `Error: text (ts)`, then the code.

https://github.com/sveltejs/language-tools/tree/master/packages/svelte-check
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ERROR = Pattern(r"Error: (?P<message>.+?)(?: \((?:ts|js|svelte|css)\))?\s*$")
_PLACE = Pattern(r"(?P<path>\S.*\.(?:svelte|[jt]s)):(?P<line>\d+):(?P<column>\d+)$")
_COUNTS = Pattern(r"svelte-check found \d+ errors?")


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each error that has a place above it."""
    for index, found in region.matches(_ERROR):
        place = _PLACE.match(region[index - 1].text) if index else None
        if place:
            reading.add(
                found["message"],
                cause=index,
                frames=index - 1,
                detail=region.after(index, limit=3),
                path=place["path"],
                line=place["line"],
                column=place["column"],
            )
    if reading.findings:
        reading.summary(*(index for index, _ in region.matches(_COUNTS)))


FORMAT = Format(
    name="svelte-check",
    failure_class=FailureClass.TYPE,
    anchors=("Error: ", "svelte-check found "),
    read=read,
)
