"""yamllint: the file's name, then `  3:5  error  message  (rule)`; its parsable and GitHub forms.

https://yamllint.readthedocs.io/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ROW = Pattern(
    r"  (?P<line>\d+):(?P<column>\d+)\s+(?P<level>error"
    r"|warning)\s+(?P<text>.+?)(?:  ?\((?P<rule>[a-z-]+)\))?$"
)
_PARSABLE = Pattern(
    r"(?P<path>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+): \[(?P<level>error"
    r"|warning)\] (?P<text>.+?)(?: \((?P<rule>[a-z-]+)\))?$"
)
_GITHUB = Pattern(r"(?P<line>\d+):(?P<column>\d+) (?:\[(?P<rule>[a-z-]+)\] )?(?P<text>.+)")
_FILE = Pattern(r"\S.*\.(?:ya?ml|yamllint|j2)$|\./\S+$")
_BLANK = Pattern(r"\s*$")


def _add(reading: Reading, index: int, path: str, head: int | None, values: dict[str, str]) -> None:
    reading.add(
        values["text"],
        title=() if head is None else head,
        cause=index,
        path=path,
        line=values["line"],
        column=values["column"],
        rule=values["rule"] or "",
        failure_class=FailureClass.CONFIG if "syntax error" in values["text"] else None,
    )


def read(region: Region, reading: Reading) -> None:
    """Errors; warnings fail the run only with --strict, so they count where no error is."""
    rows = [(i, found) for i, found in region.matches(_ROW)]
    rows += [(i, found) for i, found in region.matches(_PARSABLE)]
    errors = [row for row in rows if row[1]["level"] == "error"]
    for index, found in errors or rows:
        values = found.groupdict()
        head = None
        if "path" not in values:
            above = region.before(index, stop=_BLANK, limit=300)
            if not above or not _FILE.match(region[above[0]].text):
                continue
            head = above[0]
        path = values.get("path") or (region[head].text.strip() if head is not None else "")
        _add(reading, index, path, head, values)
    for index, found in region.matches(_GITHUB):
        if region[index].marker != "error" or not found["rule"]:
            continue
        above = region.before(index, limit=200)
        head = next((i for i in reversed(above) if region[i].marker == "group"), None)
        path = region[head].text.strip() if head is not None else ""
        _add(reading, index, path, head, found.groupdict())


FORMAT = Format(
    name="yamllint",
    failure_class=FailureClass.LINT,
    anchors=(
        "  error  ", "  warning  ", ": [error] ", ": [warning] ", " [line-length] ",
        " [indentation] ", " [trailing-spaces] ", " [document-start] ", " [truthy] ", " [braces] ",
        " [comments] ", " [key-duplicates] ",
    ),
    read=read,
)  # fmt: skip
