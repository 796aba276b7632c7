"""rustfmt: `Diff in src/lib.rs:12:` and the changed lines, as `cargo fmt --check` prints them.

Before 1.8 the place is `src/lib.rs at line 12:`. https://github.com/rust-lang/rustfmt
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_DIFF = Pattern(r"Diff in (?P<path>\S.*?\.rs)(?: at line |:)(?P<line>\d+):$")
_ERROR = Pattern(r"error\[internal\]: (?P<message>.+)")
_PLACE = Pattern(r"\s*--> (?P<path>[^:]+):(?P<line>\d+)")
_CHANGE = Pattern(r"[-+]")


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each place that differs, and what rustfmt itself could not do."""
    for index, found in region.matches(_DIFF):
        block = region.after(index, stop=_DIFF, limit=12)
        reading.add(
            "not formatted as rustfmt would",
            cause=index,
            detail=[i for i in block if _CHANGE.match(region[i].text)],
            path=found["path"],
            line=found["line"],
        )
    for index, found in region.matches(_ERROR):
        place = region.find(_PLACE, region.after(index, limit=2))
        reading.add(
            found["message"],
            cause=index,
            frames=place[0] if place else (),
            path=place[1]["path"] if place else "",
            line=place[1]["line"] if place else 0,
        )


FORMAT = Format(
    name="rustfmt",
    failure_class=FailureClass.LINT,
    anchors=("Diff in ", "error[internal]"),
    read=read,
)
