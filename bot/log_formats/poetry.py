"""Poetry: `Because …, version solving failed.`, lock files out of date, missing candidates.

Dart's pub solves versions in the same words, so a line that only Poetry prints is needed.
https://python-poetry.org/docs/faq/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_SOLVING = Pattern(r"\s*(?P<message>.*\bversion solving failed\.?)$")
_LOCK = Pattern(
    r"\s*(?:Error: )?(?P<message>pyproject\.toml changed significantly.*|poetry\.lock is not up to date.*|The lock file is not .*)"
)
_OTHER = Pattern(
    r"\s*(?P<message>(?:Unable to find installation candidates for|The current project's (?:supported )?Python|Poetry could not find a pyproject"
    r"|The Poetry configuration is invalid|Current Python version .+ is not allowed|Could not parse version constraint|Group\(s\) not found"
    r"|Hash for .+ does(?:n't| not) match|Failed to create the virtual).*)"
)
_BUILD = Pattern(r"\s*(?:Note: This error originates from the build backend)")
_SAID = Pattern(
    r"\s*(?P<message>(?:\S+:\d+:(?:\d+:)? )?(?:fatal )?error: .+|\w*(?:Error|Exception): .+)"
)
_POETRY = (
    "oetry",
    "pyproject.toml",
    "SolverProblemError",
    "Updating dependencies",
    "Creating virtualenv",
)
_CONFIG = ("Poetry could not", "The Poetry conf", "Group(s)", "Failed to create")


def _paragraph(region: Region, index: int) -> list[int]:
    """The lines above `index` up to an empty one: the steps of the solver's proof."""
    above: list[int] = []
    for at in reversed(region.before(index, limit=14)):
        if not region[at].text.strip() or region[at].text.lstrip().startswith("Resolving"):
            break
        above.append(at)
    return above[::-1]


def read(region: Region, reading: Reading) -> None:
    """The solver's proof, other refusals, packages that do not build."""
    known = any(word in region[i].text for i in region.hits for word in _POETRY)
    for index, _ in region.matches(_SOLVING):
        if not known:
            continue
        proof = _paragraph(region, index)
        text = " ".join(region[i].text.strip() for i in [*proof, index])
        reading.add(text, cause=[*proof[:1], index], detail=proof)
    for index, found in region.matches(_LOCK):
        reading.add(found["message"], cause=index)
    for index, found in region.matches(_OTHER):
        kind = FailureClass.CONFIG if found["message"].startswith(_CONFIG) else None
        reading.add(
            found["message"],
            cause=index,
            detail=[i for i in region.after(index, limit=5) if region[i].text.strip()],
            failure_class=kind,
        )
    for index, _ in region.matches(_BUILD):
        said = region.find(_SAID, region.before(index, limit=120))
        if said:
            reading.add(said[1]["message"], title=index, cause=said[0])


FORMAT = Format(
    name="Poetry",
    failure_class=FailureClass.DEPENDENCY,
    anchors=(
        "version solving failed",
        "poetry.lock",
        "oetry",
        "SolverProblemError",
        "Updating dependencies",
        "Creating virtualenv",
        "Unable to find installation candidates",
        "The current project's ",
        "Current Python version",
        "Could not parse version constraint",
        "Group(s) not found",
        "Failed to create the virtual",
        "Hash for ",
    ),
    read=read,
)
