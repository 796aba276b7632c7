"""Sphinx and MkDocs: warnings that a strict build counts as errors.

Sphinx: `docs/index.rst:8: WARNING: text [type]`, or `WARNING: text`. MkDocs with `--strict`:
`WARNING -  text` and `Aborted with 2 warnings in strict mode!`.
https://www.sphinx-doc.org/en/master/man/sphinx-build.html, https://www.mkdocs.org/user-guide/cli/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_SPHINX_END = Pattern(
    r"build finished with problems, |Warning, treated as error:$|build succeeded, \d+ warning"
)
_SPHINX = Pattern(
    r"(?:(?P<path>[^\s:][^:]*\.\w+):(?:docstring of \S+:)?(?:(?P<line>\d+):)? )?"
    r"(?P<kind>WARNING|ERROR|CRITICAL|SEVERE): (?P<message>.*?)(?: \[(?P<rule>[\w.-]+)\])?$"
)
_TREATED = Pattern(r"(?:(?P<path>\S+\.\w+):(?:(?P<line>\d+):)?)?(?P<message>\S.*)$")
_MODULE = Pattern(r"\w*(?:Error|Exception): .+")
_MKDOCS_END = Pattern(r"Aborted with \d+ warnings? in strict mode")
_MKDOCS = Pattern(r"(?:WARNING|ERROR) +- +(?P<message>.*)$")
_MKDOCS_FILE = Pattern(r".*?Doc file '(?P<path>[^']+)'")


def _sphinx(region: Region, reading: Reading) -> bool:
    ends = list(region.matches(_SPHINX_END))
    for index, found in ends:
        if found[0].startswith("Warning, treated"):
            below = region.after(index, limit=1)
            if below and (said := _TREATED.match(region[below[0]].text)):
                reading.add(
                    said["message"],
                    title=index,
                    cause=below[0],
                    path=said["path"] or "",
                    line=said["line"] or 0,
                    tool="Sphinx",
                )
    if not any("with warnings treated as errors" in region[i].text for i, _ in ends):
        return bool(reading.findings)
    for index, found in region.matches(_SPHINX):
        depth = 30 if "exception was raised" in found["message"] else 0
        raised = region.find(_MODULE, region.after(index, stop=_SPHINX, limit=depth))
        reading.add(
            f"{found['message']} {raised[1][0]}" if raised else found["message"],
            cause=[index, *([raised[0]] if raised else [])],
            path=found["path"] or "",
            line=found["line"] or 0,
            rule=found["rule"] or "",
            tool="Sphinx",
        )
    return True


def read(region: Region, reading: Reading) -> None:
    """Only where warnings ended the build: else they are no failure."""
    told = _sphinx(region, reading)
    ends = [index for index, _ in region.matches(_MKDOCS_END)]
    for index, found in region.matches(_MKDOCS) if ends else ():
        place = _MKDOCS_FILE.match(found["message"])
        path = f"docs/{place['path']}" if place else ""
        reading.add(found["message"], cause=index, path=path, tool="MkDocs")
    if told or ends:
        reading.summary(*ends, *(index for index, _ in region.matches(_SPHINX_END)))


FORMAT = Format(
    name="Sphinx",
    failure_class=FailureClass.LINT,
    anchors=(
        "WARNING: ",
        "ERROR: ",
        "CRITICAL: ",
        "SEVERE: ",
        "WARNING - ",
        "ERROR   - ",
        "build finished with problems",
        "Warning, treated as error",
        "in strict mode",
    ),
    read=read,
)
