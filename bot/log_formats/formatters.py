"""Formatters that only check: black, isort, Ruff, Prettier, clang-format, gofmt.

The list of files is the finding. https://black.readthedocs.io https://pycqa.github.io/isort
https://docs.astral.sh/ruff/formatter https://prettier.io/docs/cli#--check
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_DIFFERS = "would be reformatted"
_FILE = Pattern(
    r"would reformat (?P<black>\S.*)$"
    r"|Would reformat: (?P<ruff>\S.*)$"
    r"|ERROR: (?P<isort>\S.*) Imports are incorrectly sorted"
    r"|(?P<clang>\S.*?):(?P<line>\d+):(?P<column>\d+): (?:error|warning): .*\[-Wclang-format-violations\]"
    r"|diff (?:-u )?(?P<gofmt>\S+\.go)\.orig "
)
_TOOLS = {
    "black": "black",
    "ruff": "ruff format",
    "isort": "isort",
    "clang": "clang-format",
    "gofmt": "gofmt",
}
_RUFF_FULL = Pattern(r"unformatted: (?P<message>File would be reformatted)")
_ARROW = Pattern(r"\s*--> (?P<path>[^:]+):(?P<line>\d+):(?P<column>\d+)")
_BROKEN = Pattern(
    r"error: (?:cannot format (?P<path>\S.*?)|cannot parse|Failed to (?:parse|format)):? "
    r"?(?P<message>.+)$"
)
_BROKEN_PLACE = Pattern(r"(?P<path>\S+?):(?P<line>\d+):(?P<column>\d+)(?:: (?P<message>.+))?$")
_PRETTIER = Pattern(r"Checking formatting\.\.\.")
_PRETTIER_FILE = Pattern(r"\[warn\] (?P<path>(?!Code style issues )\S.*)$")
_PRETTIER_ERROR = Pattern(
    r"\[error\] (?P<path>\S.*?): (?P<message>\w*Error: .+?)(?: \((?P<line>\d+):(?P<column>\d+)\))?$"
)
_COUNTS = Pattern(
    r"(?:\d+ files? would (?:be reformatted|fail)|(?:\[warn\] )?Code style issues (?:found )?in "
    r"|Error occurred when checking code style|Oh no! )"
)


def _files(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_FILE):
        kind, path = next((key, found[key]) for key in _TOOLS if found[key])
        reading.add(
            _DIFFERS,
            cause=index,
            path=path,
            line=found["line"] or 0,
            column=found["column"] or 0,
            tool=_TOOLS[kind],
        )
    for index, _ in region.matches(_RUFF_FULL):
        below = region.find(_ARROW, region.after(index, limit=1))
        reading.add(
            _DIFFERS,
            cause=index,
            title=() if below is None else below[0],
            path=below[1]["path"] if below else "",
            tool="ruff format",
        )


def _unparsable(region: Region, reading: Reading) -> None:
    """Files that a formatter cannot read."""
    for index, found in region.matches(_BROKEN):
        place = _BROKEN_PLACE.match(found["message"])
        path = found["path"] or (place["path"] if place else "")
        reading.add(
            (place["message"] if place else "")
            or (found["message"] if not place else "cannot parse"),
            cause=index,
            detail=region.after(index, limit=3),
            path=path,
            line=place["line"] if place else 0,
            column=place["column"] if place else 0,
            tool="black" if "cannot" in region[index].text else "ruff format",
        )


def _prettier(region: Region, reading: Reading) -> None:
    for start, _ in region.matches(_PRETTIER):
        for index in region.after(start, limit=2000):
            text = region[index].text
            if found := _PRETTIER_FILE.match(text):
                reading.add(_DIFFERS, cause=index, path=found["path"], tool="Prettier")
            elif found := _PRETTIER_ERROR.match(text):
                reading.add(
                    found["message"],
                    cause=index,
                    detail=region.after(index, limit=3),
                    path=found["path"],
                    line=found["line"] or 0,
                    column=found["column"] or 0,
                    tool="Prettier",
                )


def read(region: Region, reading: Reading) -> None:
    """Files that differ, files that do not parse, counts."""
    _files(region, reading)
    _unparsable(region, reading)
    _prettier(region, reading)
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="formatter",
    failure_class=FailureClass.LINT,
    anchors=(
        "would reformat ",
        "Would reformat: ",
        "unformatted: ",
        "would be reformatted",
        "would fail",
        "Imports are incorrectly sorted",
        "clang-format-violations",
        ".go.orig",
        "error: cannot ",
        "error: Failed to ",
        "Checking formatting",
        "Code style issues",
        "checking code style",
        "Oh no! ",
    ),
    read=read,
)
