"""mypy: `file.py:1: error: message  [code]`, `Found n errors in m files`.

With `pretty` a long message goes on below, so the code may stand lines later.
https://mypy.readthedocs.io/en/stable/error_codes.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_LINE = Pattern(
    r"(?P<path>(?:[A-Za-z]:)?[^\s:][^:]*\.(?:pyi?|ipynb)):(?:(?P<line>\d+):)?(?:(?P<column>\d+):)?(?:\d+:\d+:)? "
    r"error: (?P<message>.+?)(?: +\[(?P<rule>[\w-]+)\])?$"
)
_CODE = Pattern(r"(?P<message>.*?) *\[(?P<rule>[a-z][\w-]+)\]$")
_NOTE = Pattern(r"(?:[A-Za-z]:)?[^\s:][^:]*:\d+:(?:\d+:)? note: |\s")
_COUNTS = Pattern(r"Found \d+ errors? in ")
_USAGE = Pattern(r"(?:mypy: error: |mypy\.ini: |setup\.cfg: |pyproject\.toml: \[)(?P<message>.+)")


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each error, its notes with it; options that are wrong; the count."""
    for index, found in region.matches(_LINE):
        message, rule, end = found["message"], found["rule"] or "", index
        if not rule:
            for at in region.after(index, stop=_LINE, limit=3):
                code = _CODE.match(region[at].text)
                if code and not region[at].text.startswith(" "):
                    message, rule, end = f"{message} {code['message']}".strip(), code["rule"], at
                    break
        below = region.after(end, stop=_LINE, limit=3)
        stop = next((i for i in below if not _NOTE.match(region[i].text)), below.stop)
        reading.add(
            message,
            cause=index,
            detail=range(index + 1, stop),
            path=found["path"],
            line=found["line"] or 0,
            column=found["column"] or 0,
            rule=rule,
        )
    for index, found in region.matches(_USAGE):
        reading.add(found["message"], cause=index, failure_class=FailureClass.CONFIG)
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="mypy",
    failure_class=FailureClass.TYPE,
    anchors=(
        ".py:",
        ".pyi:",
        ".ipynb:",
        "Found ",
        "mypy: error: ",
        "mypy.ini: ",
        "setup.cfg: ",
        "pyproject.toml: [",
    ),
    read=read,
)
