"""`dart test` and `flutter test`: `-1: title [E]`, the GitHub reporter's `❌ title (failed)` groups.

https://github.com/dart-lang/test/blob/master/pkgs/test/doc/configuration.md#reporter
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_EXPANDED = Pattern(r"(?:\d+:)?\d+:\d+ \+\d+(?: ~\d+)? -\d+: (?P<test>.+?) \[E\]\s*$")
_GROUP = Pattern(r"(?:[^\w\s/.]\S{0,7} )?(?P<test>\S.*) \(failed\)$")
_END = Pattern(r"(?:\d+:)?\d+:\d+ \+\d+|.* \(failed\)$|\d+ tests? passed, |✅|🎉")
_FILE = Pattern(r"(?:loading )?(?P<path>\S+?\.dart)(?P<rest>: .*|$)")
_ABSOLUTE = Pattern(r"(?:[A-Za-z]:)?[/\\].*?[/\\](?=(?:integration_test|test)[/\\])")
_THROWN = Pattern(
    r"The following (?P<rule>[\w.]+|assertion|message|TestFailure)(?: object)? (?:was thrown"
    r"|running)"
)
_TEXT = Pattern(r"\s*\S")
_QUIET = Pattern(
    r"\s*(?:$|Test failed\. See exception logs above|The test description was|When the exception"
    r"|══|To run this test again|This was caught by|\(elided)"
)
_ACTUAL = Pattern(r"\s+Actual: ")
_FRAME = Pattern(
    r"(?:\s*#\d+ +.*\((?:file://)?(?P<file>[^\s:()]*\.dart):(?P<at>\d+)|\s*(?P<path>(?!package:"
    r"|dart:|org-dartlang|To )\S+\.dart) (?P<line>\d+):\d+)"
)
_COMPILE = Pattern(
    r"(?P<path>(?:\S*/)?[\w./-]+\.dart):(?P<line>\d+):(?P<column>\d+): Error: (?P<text>.+)"
)
_COUNTS = Pattern(
    r"(?:\d+:)?\d+:\d+ \+\d+(?: ~\d+)? -\d+: Some tests failed"
    r"|\d+ tests? passed(?:, \d+ skipped)?, \d+ failed|\d+ tests? (?:failed)\b"
)
_LOAD = Pattern(r"Failed to load \"(?P<path>[^\"]+)\": *(?P<text>.*)")


def _body(region: Region, index: int, block: range) -> tuple[list[int], str]:
    """The lines that say why, and the exception.

    Flutter prints them in a box, above the title unless the reporter groups its output.
    """
    first = next((i for i in block if not _QUIET.match(region[i].text)), None)
    where = block if first is not None else region.before(index, stop=_END, limit=120)
    thrown = region.find(_THROWN, where)
    if thrown:
        told = region.find(_TEXT, range(thrown[0] + 1, where.stop))
        first = told[0] if told else thrown[0]
    if first is None:
        return [], ""
    lines = [first]
    if first + 1 < where.stop and _ACTUAL.match(region[first + 1].text):
        lines.append(first + 1)
    return lines, thrown[1]["rule"] if thrown else ""


def _relative(path: str) -> str:
    """The path from the package's root on: the same on every runner."""
    found = _ABSOLUTE.match(path)
    return path[found.end() :] if found else path


def _add(region: Region, reading: Reading, index: int, title: str) -> None:
    block = region.after(index, stop=_END, limit=80)
    lines, rule = _body(region, index, block)
    above = range(min(lines), index) if lines and min(lines) < index else range(0)
    frame = region.find(_FRAME, [*above, *block])
    file = _FILE.match(title)
    loading = title.startswith("loading ")
    path, line = (file["path"] if file else ""), ""
    if frame:
        path = frame[1]["path"] or frame[1]["file"]
        line = frame[1]["line"] or frame[1]["at"]
    load = region.find(_LOAD, block[:2])
    text = " ".join(region[i].text.strip() for i in lines)
    test = f"{_relative(file['path'])}{file['rest']}" if file else title
    if load and load[1]["text"]:
        text = load[1]["text"].partition(" for testPath=")[0]
    reading.add(
        text or f"{test} failed",
        title=index,
        cause=lines,
        frames=frame[0] if frame else (),
        detail=block[:8],
        path=path,
        line=line,
        rule=rule,
        test=test,
        frame=f"{path}:{line}" if line else "",
        failure_class=FailureClass.COMPILE if loading else None,
    )


def read(region: Region, reading: Reading) -> None:
    """Compile errors of the tests, failed tests of both reporters, counts."""
    for index, found in region.matches(_COMPILE):
        reading.add(
            found["text"],
            cause=index,
            detail=region.after(index, limit=2),
            path=found["path"],
            line=found["line"],
            column=found["column"],
            failure_class=FailureClass.COMPILE,
            tool="dart",
        )
    for index, found in region.matches(_EXPANDED):
        _add(region, reading, index, found["test"])
    for index, found in region.matches(_GROUP):
        if region[index].marker == "group":
            _add(region, reading, index, found["test"])
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="flutter test",
    failure_class=FailureClass.TEST,
    anchors=(" [E]", " (failed)", ": Error: ", "Some tests failed", " failed."),
    read=read,
)
