"""golangci-lint: `file:line:col: message (linter)`, code and caret; the counts of version 2.

https://golangci-lint.run/usage/configuration/#output-configuration
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ISSUE = Pattern(
    r"(?:::error file=[^:]*::)?(?P<path>[^\s:]+\.\w+):(?P<line>\d+)(?::(?P<column>\d+))?: "
    r"(?P<text>.+) \((?P<rule>[a-z][a-z0-9-]*)\)$"
)
_SHORT = Pattern(r"(?P<text>.+) \((?P<rule>[a-z][a-z0-9-]*)\)$")
_CARET = Pattern(r"[\s\t]*\^")
_FOUND = Pattern(r"golangci-lint found issues")
_LEVEL = Pattern(r"(?:level=error msg=|ERRO |Error: )\"?(?P<text>.*?)\"?$")
_TRAILER = Pattern(r".*(?:issues found|exit code|running golangci-lint)")
_COUNTS = Pattern(r"(?P<count>\d+) issues?[.:]$")
_EACH = Pattern(r"\* (?P<linter>[\w-]+): \d+$")
_LOG = Pattern(
    r"golangci-lint|can't load config|unsupported version of the configuration|Running error"
    r"|the Go language version|no go files to analyze|context loading failed"
)


def _annotations(region: Region, reading: Reading) -> None:
    """The runner logs annotations without their place; the action's last word says whose."""
    for end, _ in region.matches(_FOUND):
        for index in region.before(end, limit=400):
            line = region[index]
            short = _SHORT.match(line.text) if line.marker == "error" else None
            if short and not _ISSUE.match(line.text):
                reading.add(short["text"], cause=index, rule=short["rule"])


def read(region: Region, reading: Reading) -> None:
    """Issues, the annotations of the action, what stops the linter itself."""
    for index, found in region.matches(_ISSUE):
        block = region.after(index, stop=_ISSUE, limit=3)
        caret = region.find(_CARET, block)
        reading.add(
            found["text"],
            cause=index,
            detail=range(index + 1, caret[0] + 1) if caret else (),
            path=found["path"],
            line=found["line"],
            column=found["column"] or 0,
            rule=found["rule"],
            failure_class=FailureClass.COMPILE if found["rule"] == "typecheck" else None,
        )
    _annotations(region, reading)
    for index, found in region.matches(_LEVEL):
        if _LOG.search(found["text"]) and not _TRAILER.match(found["text"]):
            reading.add(found["text"], cause=index, failure_class=FailureClass.CONFIG)
    for index, counts in region.matches(_COUNTS):
        each = [i for i in region.after(index, limit=12) if _EACH.match(region[i].text)]
        if counts["count"] != "0" and (each or region[index].text.endswith(".")):
            reading.summary(index, *each)


FORMAT = Format(
    name="golangci-lint",
    failure_class=FailureClass.LINT,
    anchors=(
        ".go:",
        "(errcheck)",
        "(govet)",
        "(staticcheck)",
        "(revive)",
        "(unused)",
        "(gosec)",
        " issues",
        "1 issue",
        "golangci-lint",
        "level=error",
    ),
    read=read,
)
