"""Cypress: Mocha's report for each spec, the table `(Run Finished)`, its own start-up errors.

https://docs.cypress.io/app/references/command-line https://docs.cypress.io/app/references/error-messages
"""

from bot.log_formats.mocha import read_failures
from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_FAILING = Pattern(r"\s*\d+ failing$")
_ROW = Pattern(
    r"\s*\S{1,3}\s+(?:✖|\S£û)\s+(?P<spec>\S+\.\w+)\s.*\S{1,3}$"
    r"|\s*(?:✖|\S£û)\s+\d+ of \d+ failed \(\d+%\)"
)
_SERVER = Pattern(
    r"\s*(?P<message>Cypress could not verify that this server is running:|Cypress failed to verify that .+"
    r"|The cypress npm package is installed, but the Cypress binary is missing\.?|Can't run because .+"
    r"|Cypress failed to start\.?|No version of Cypress is installed in: .+)"
)
_OUTSIDE = Pattern(
    r"\s*(?P<message>The following error originated from your (?:test code|application).*)"
)
_QUOTED = Pattern(r"\s*> +(?P<message>\S.*)")


def read(region: Region, reading: Reading) -> None:
    """Failures of each spec, then errors outside of tests, then the table."""
    for index, _ in region.matches(_FAILING):
        reading.summary(index)
        if any(_is_cypress(region[i].text) for i in region.hits if i != index):
            read_failures(region, reading, index)
    for index, found in region.matches(_SERVER):
        named = region.find(_QUOTED, region.after(index, limit=4))
        message = found["message"] + (f" {named[1]['message']}" if named else "")
        reading.add(
            message,
            cause=index,
            detail=() if named is None else [named[0]],
            failure_class=FailureClass.CONFIG,
        )
    for index, found in region.matches(_OUTSIDE):
        quoted = region.find(_QUOTED, region.after(index, limit=6))
        cause, message = (quoted[0], quoted[1]["message"]) if quoted else (index, found["message"])
        reading.add(message, title=index, cause=cause)
    for index, _ in region.matches(_ROW):
        reading.summary(index)


def _is_cypress(text: str) -> bool:
    return "(Run Starting)" in text or "(Run Finished)" in text or "Cypress" in text


FORMAT = Format(
    name="Cypress",
    failure_class=FailureClass.TEST,
    anchors=(
        "(Run Starting)",
        "(Run Finished)",
        "Cypress",
        " failing",
        "✖  ",
        "£û  ",
        "Can't run because ",
        "The following error originated from",
    ),
    read=read,
)
