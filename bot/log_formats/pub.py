"""Dart's pub: versions that do not resolve, `pubspec.yaml` that does not parse.

https://dart.dev/tools/pub/troubleshoot
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_SOLVING = Pattern(r"(?P<text>.*version solving failed\.?)")
_WHY = Pattern(
    r"\s*(?:Because |And because |So, because |Thus, |Note: .* is pinned|The current Dart SDK"
    r"|The lower bound of|You can try|\* )"
)
_PUBSPEC = Pattern(
    r"(?P<text>(?:Error on line (?P<line>\d+)(?:, column (?P<column>\d+))?"
    r"|Error) of (?P<path>\S*pubspec\.(?:yaml|lock)): .*|Error detected in pubspec\.yaml:.*"
    r"|Could not find (?:a file named \"pubspec|package).*|The (?:lower|upper) bound of \"sdk.*"
    r"|Unable to satisfy `.*pubspec.*|Expected to find project root.*"
    r"|`.*` from `.*` does not satisfy.*)"
)
_TRAILER = Pattern(r"Failed to update packages\.|pub (?:get|upgrade) failed")


def read(region: Region, reading: Reading) -> None:
    """The solver's last sentence with the reasons above it; complaints about the pubspec."""
    for index, found in region.matches(_SOLVING):
        above = [i for i in region.before(index, limit=12) if _WHY.match(region[i].text)]
        reading.add(
            found["text"],
            cause=index,
            detail=[
                *above[-6:],
                *[i for i in region.after(index, limit=8) if _WHY.match(region[i].text)],
            ],
        )
    for index, found in region.matches(_PUBSPEC):
        reading.add(
            found["text"].rpartition("pubspec.yaml: ")[2],
            cause=index,
            detail=region.after(index, limit=5),
            path=found["path"] or "",
            line=found["line"] or 0,
            column=found["column"] or 0,
        )
    for index, _ in region.matches(_TRAILER):
        reading.summary(index)


FORMAT = Format(
    name="pub",
    failure_class=FailureClass.DEPENDENCY,
    anchors=(
        "version solving failed", "pubspec", "Failed to update packages", "Could not find package",
        "pub get failed", "Expected to find project root",
    ),
    read=read,
)  # fmt: skip
