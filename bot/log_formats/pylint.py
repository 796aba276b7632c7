"""Pylint: `file.py:1:2: E0401: message (symbol)`.

Its exit code is a set of bits, so conventions alone fail a job too; where there are errors, they
come first. https://pylint.readthedocs.io/en/stable/user_guide/usage/output.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_LINE = Pattern(
    r"(?P<path>(?:[A-Za-z]:)?[^\s:][^:]*\.pyi?):(?P<line>\d+):(?:(?P<column>\d+):)? "
    r"(?:(?P<rule>[CRWEF]\d{4}): (?P<message>.+?)(?: \((?P<symbol>[\w-]+)\))?"
    r"|\[(?P<rule2>[CRWEF]\d{4})(?:\((?P<symbol2>[\w-]+)\))?[^\]]*\] (?P<message2>.+))$"
)
_COUNTS = Pattern(r"Your code has been rated at ")


def read(region: Region, reading: Reading) -> None:
    """One line for each message, and the rating."""
    rows = list(region.matches(_LINE))
    severe = any((row["rule"] or row["rule2"])[0] in "EF" for _, row in rows)
    for index, found in rows:
        rule = found["rule"] or found["rule2"]
        counts = rule[0] in "EF" or not severe
        reading.add(
            found["message"] or found["message2"],
            cause=index if counts else (),
            detail=() if counts else [index],
            path=found["path"],
            line=found["line"],
            column=found["column"] or 0,
            rule=found["symbol"] or found["symbol2"] or rule,
        )
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="Pylint",
    failure_class=FailureClass.LINT,
    anchors=(".py:", ".pyi:", "Your code has been rated at"),
    read=read,
)
