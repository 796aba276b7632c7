"""RSpec: `  1) title`, `Failure/Error:`, the message, `# ./spec/file.rb:3`; counts and `rspec ./f:l`.

https://rspec.info/features/3-13/rspec-core/formatters/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_SOURCE = Pattern(r"\s*(?:\d+\.\d+\) )?Failure/Error: ?(?P<code>.*)")
_TITLE = Pattern(r"\s+\d+\) (?P<test>\S.*)")
_ERLANG = Pattern(r"\w+:\w+/\d|\w+_tests?:")
_END = Pattern(
    r"\s*\d+(?:\.\d+)?\) |Finished in |Failed examples:|\d+ examples?, |\s*Failure/|An error occ"
)
_FRAME = Pattern(
    r"(?!.*(?:/gems/|/lib/ruby/|/ruby/\d|<internal:))\s*# (?P<path>[^:\s]+):(?P<line>\d+)(?::in "
    r".*)?$"
)
_ERROR = Pattern(r"\s*(?P<rule>(?:[A-Z]\w*::)*[A-Z]\w*):\s*$")
_TOLD = Pattern(r"\s*(?:[Ee]xpected|got|undefined|(?:[A-Z]\w*::)*[A-Z]\w*:\s*$)")
_GOT = Pattern(r"\s*(?P<text>got: .*|but .*)")
_TEXT = Pattern(r"\s*[^\s#]")
_EMPTY = Pattern(r"\s*$")
_OUTSIDE = Pattern(
    r"An error occurred (?:while loading (?P<path>\S+?)|in an? `.*` hook)\.?(?: - Did you mean\?)?$"
)
_COUNTS = Pattern(
    r"\d+ examples?, (?P<failures>\d+) failures?(?:, \d+ pending)?"
    r"(?:, (?P<errors>\d+) errors? occurred outside of examples)?\s*$"
)
_RERUN = Pattern(r"rspec '?(?P<path>\./[^\s:\[]+)(?::(?P<line>\d+)|\[[\d:,]+\])?'? # (?P<test>.+)")


def _message(region: Region, block: range) -> tuple[str, list[int]]:
    """The message and its lines; it stands behind the code, which may have several lines."""
    blank = region.find(_EMPTY, block)
    told = region.find(_TOLD, block)
    first = told or (blank and region.find(_TEXT, range(blank[0], block.stop)))
    if not first:
        return "", []
    at = first[0]
    text = region[at].text.strip()
    rest = range(at + 1, block.stop)
    follower = None
    if _ERROR.match(text):
        follower = region.find(_TEXT, rest)
    elif rest and _GOT.match(region[rest[0]].text):
        follower = region.find(_GOT, rest)
    if follower:
        return f"{text} {region[follower[0]].text.strip()}", [at, follower[0]]
    return text, [at]


def _failures(region: Region, reading: Reading) -> set[str]:
    """One diagnostic for each `Failure/Error:`; returns the titles seen."""
    seen: set[str] = set()
    for index, source in region.matches(_SOURCE):
        above = region.before(index, limit=60 if ") Fail" in region[index].text else 4)
        title = region.find(_TITLE, reversed(above))
        outside = None if title else region.find(_OUTSIDE, reversed(above))
        if not (title or outside) or (title and _ERLANG.match(title[1]["test"])):
            continue  # rebar3 borrowed the shape
        block = region.after(index, stop=_END, limit=60)
        text, cause = _message(region, block)
        place = region.find(_FRAME, block)
        path, line = (place[1]["path"], place[1]["line"]) if place else ("", "")
        error = _ERROR.match(region[cause[0]].text) if cause else None
        test = title[1]["test"] if title else ""
        seen.add(test)
        reading.add(
            text or f"Failure/Error: {source['code']}",
            title=[head[0] for head in (title, outside) if head] + [index],
            cause=cause or index,
            frames=place[0] if place else (),
            detail=block[:8],
            path=path or (outside[1]["path"] or "" if outside else ""),
            line=line,
            rule=error["rule"] if error else "",
            test=test,
            frame=f"{path}:{line}" if path else "",
        )
    return seen


def read(region: Region, reading: Reading) -> None:
    """Failures, errors outside of examples, counts and the list of failed examples."""
    seen = _failures(region, reading)
    for index, found in region.matches(_OUTSIDE):
        block = region.after(index, stop=_END, limit=30)
        if region.find(_SOURCE, region.after(index, limit=5)):
            continue  # versions before 3.9 print the error alone
        error = region.find(_TEXT, block)
        at = error[0] if error else index
        reading.add(region[at].text, title=index, cause=at, path=found["path"] or "")
    for index, found in region.matches(_RERUN):
        if found["test"] not in seen:
            reading.add(
                f"{found['test']} failed",
                title=index,
                path=found["path"],
                line=found["line"] or 0,
                test=found["test"],
            )
    for index, counts in region.matches(_COUNTS):
        if counts["failures"] != "0" or counts["errors"]:
            reading.summary(index)


FORMAT = Format(
    name="rspec",
    failure_class=FailureClass.TEST,
    anchors=(
        "Failure/Error:", "An error occurred ", " examples, ", " example, ", "rspec ./", "rspec './",
    ),
    read=read,
)  # fmt: skip
