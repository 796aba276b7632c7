"""Ruff: `F401 message` above ` --> file:1:2`, or `file:1:2: F401 message`; then a count.

https://docs.astral.sh/ruff/settings/#output-format
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ARROW = Pattern(r"\s*--> (?P<path>[^:]+):(?P<line>\d+):(?P<column>\d+)$")
_HEAD = Pattern(
    r"(?P<rule>[A-Z]{1,7}\d{3,4}|invalid-syntax|SyntaxError|io-error)(?: \[\*\])?:? (?P<message>.+)"
)
_LINE = Pattern(
    r"(?P<path>(?:[A-Za-z]:)?[^\s:][^:]*):(?:cell \d+:)?(?P<line>\d+):(?P<column>\d+): "
    r"(?P<rule>[A-Z]{1,7}\d{3,4}|invalid-syntax|SyntaxError):? (?P<fix>\[\*\] )?(?P<message>.+)"
)
_COUNTS = Pattern(r"Found \d+ errors?\.|Found \d+ errors? \(|\[\*\] \d+ (?:potentially )?fixable")
_FAILED = Pattern(r"ruff failed$")
_WHY = Pattern(r"\s*(?:Cause|cause): (?P<message>.+)")
# Rules that no other linter of the same shape has.
_OWN = (
    "UP0",
    "RUF",
    "SIM",
    "PL",
    "ANN",
    "ARG",
    "PTH",
    "TRY",
    "EM1",
    "FBT",
    "PERF",
    "FURB",
    "TID",
    "ERA",
    "invalid-",
    "Syntax",
)


def _lines(region: Region, reading: Reading) -> None:
    """The short shape, which flake8 prints too: Ruff's when something else in it is."""
    rows = list(region.matches(_LINE))
    counted = any(_COUNTS.match(region[i].text) for i in region.hits)
    if not counted and not any(
        row["fix"] or row["rule"].startswith(_OWN) or "`" in row["message"] for _, row in rows
    ):
        return
    for index, found in rows:
        reading.add(
            found["message"],
            cause=index,
            path=found["path"],
            line=found["line"],
            column=found["column"],
            rule=found["rule"],
        )


def read(region: Region, reading: Reading) -> None:
    """Both shapes, a configuration that cannot be read, counts."""
    for index, place in region.matches(_ARROW):
        found = _HEAD.match(region[index - 1].text) if index else None
        if found:
            reading.add(
                found["message"],
                cause=index - 1,
                frames=index,
                detail=region.after(index, limit=6),
                path=place["path"],
                line=place["line"],
                column=place["column"],
                rule=found["rule"],
            )
    _lines(region, reading)
    for index, _ in region.matches(_FAILED):
        reasons = [i for i in region.after(index, limit=6) if _WHY.match(region[i].text)]
        cause = reasons[-1] if reasons else index
        reading.add(
            region[cause].text.strip(), title=index, cause=cause, failure_class=FailureClass.CONFIG
        )
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="Ruff",
    failure_class=FailureClass.LINT,
    anchors=("--> ", ".py:", ".pyi:", ".ipynb:", "Found ", "[*] ", "ruff failed"),
    read=read,
)
