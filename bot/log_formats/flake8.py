"""flake8, pycodestyle, pyflakes with codes: `file.py:1:2: E501 message`.

https://flake8.pycqa.org/en/latest/user/options.html#cmdoption-flake8-format
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_LINE = Pattern(
    r"\s*(?P<path>(?:[A-Za-z]:)?[^\s:][^:]*\.pyi?):(?P<line>\d+):(?P<column>\d+): (?P<rule>[A-Z]{1,3}\d{2,4}) (?P<message>.+)"
)
_SOURCE = Pattern(r"\s")


def read(region: Region, reading: Reading) -> None:
    """One line for each finding; with `--show-source` the line of code below it."""
    for index, found in region.matches(_LINE):
        below = region.after(index, limit=1)
        shown = [i for i in below if _SOURCE.match(region[i].text)]
        reading.add(
            found["message"],
            cause=index,
            detail=shown,
            path=found["path"],
            line=found["line"],
            column=found["column"],
            rule=found["rule"],
        )


FORMAT = Format(
    name="flake8",
    failure_class=FailureClass.LINT,
    anchors=(".py:", ".pyi:"),
    read=read,
)
