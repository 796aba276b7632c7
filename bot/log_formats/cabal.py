"""cabal and stack: plans that cannot be solved, packages and test suites that failed.

https://cabal.readthedocs.io/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_SOLVE = Pattern(
    r"(?:Error: )?(?:\[Cabal-7107\]|cabal: Could not resolve dependencies:"
    r"|Could not resolve dependencies:)|Error: cabal: Could not resolve"
)
_STEP = Pattern(
    r"\[__\d+\] (?P<what>trying|next goal|rejecting|fail|conflict|skipping"
    r"|unknown package)\W+(?P<text>.*)"
)
_STACK = Pattern(
    r"(?P<text>(?:Error: \[S-\d+\]|While constructing the build plan,"
    r"|The following packages? (?:is|are) missing|Unable to parse cabal file"
    r"|In the dependencies for .*:).*)"
)
_NEEDED = Pattern(r"\s+\S+ (?:needed|must match|dependency|is a library dependency).*|\s+\* .*")
_CABAL = Pattern(r"(?:Error: )?(?:\[Cabal-\d+\]\s*|cabal: )(?P<text>\S.*)")
_ERRORS = Pattern(r"Error: \[Cabal-(?P<code>\d+)\]\s*$")
_SUITE = Pattern(
    r"Test suite (?P<test>\S+): FAIL|Test suite failure for package (?P<package>\S+)"
    r"|(?P<stack>\S+)> Test suite (?P<suite>\S+) failed"
)
_COUNTS = Pattern(
    r"\d+ of \d+ test suites \(\d+ of \d+ test cases\) (?:passed|failed)\.|Failed to build \S+"
)
_TESTS_FAILED = Pattern(r"(?:Tests? failed|Failed to build|Some tests failed)")


def _solver(region: Region, reading: Reading) -> None:
    for index, _ in region.matches(_SOLVE):
        block = region.after(index, limit=40)
        steps = [i for i in block if _STEP.match(region[i].text)]
        rejected = next(
            (
                i
                for i in steps
                if region[i].text.partition("] ")[2].startswith(("rejecting", "unknown"))
            ),
            steps[-1] if steps else None,
        )
        text = region[index].text
        if rejected is not None:
            text = region[rejected].text.partition("] ")[2]
            if text.count("(") > text.count(")"):  # cabal breaks lines at 80 columns
                text = f"{text} {region[min(rejected + 1, len(region) - 1)].text}"
        reading.add(
            text,
            title=index,
            cause=rejected if rejected is not None else (),
            detail=steps[:8],
        )


def read(region: Region, reading: Reading) -> None:
    """The solver, then what cabal and stack say themselves, then test suites."""
    _solver(region, reading)
    for index, found in region.matches(_STACK):
        block = region.after(index, limit=20)
        why = [i for i in block if _NEEDED.match(region[i].text)]
        reading.add(
            region[why[0]].text if why else found["text"],
            title=index if why else (),
            cause=why[0] if why else index,
            detail=why[1:6],
        )
    for index, found in region.matches(_CABAL):
        if _TESTS_FAILED.match(found["text"]):
            reading.summary(index)
        elif not _SOLVE.match(region[index].text):
            kind = FailureClass.CONFIG if "arse" in found["text"] else None
            reading.add(found["text"], cause=index, failure_class=kind)
    for index, found in region.matches(_ERRORS):
        below = region.after(index, limit=2)
        if not below or found["code"] == "7107":
            continue
        if _TESTS_FAILED.match(region[below[0]].text):
            reading.summary(index, below[0])
        else:
            reading.add(
                region[below[0]].text, title=index, cause=below[0], rule=f"Cabal-{found['code']}"
            )
    for index, _ in region.matches(_SUITE):
        reading.summary(index)
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="cabal",
    failure_class=FailureClass.DEPENDENCY,
    anchors=(
        "Could not resolve dependencies", "[Cabal-", "cabal: ", "Error: [S-", "build plan",
        "Test suite ", "test suites", "Failed to build", "Unable to parse cabal",
        "In the dependencies for",
    ),
    read=read,
)  # fmt: skip
