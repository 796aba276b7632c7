"""TAP: `not ok 1 - title` with `# ` or YAML below; prove's report, Perl's Test::More, bats.

https://testanything.org/tap-version-14-specification.html
"""

from bot.log_formats.reading import Finding, Format, Pattern, Reading, Region, Role
from bot.outcomes import FailureClass

_NOT_OK = Pattern(
    r"(?P<indent>\s*)not ok (?P<number>\d+)?(?: -)? ?(?P<test>.*?)(?: in \d+m?s(?:ec)?)?(?: # "
    r"time=\S+)?(?: \{)?\s*$"
)
_PENDING = Pattern(r".*# ?(?:TODO|SKIP)\b", 2)
_END = Pattern(r"\s*(?:not ok|ok) |\d+\.\.\d+|Bail out|Test Summary Report|TAP version")
_MORE = Pattern(
    r"\s*# {1,4}Failed (?:\(TODO\) )?test(?: '(?P<test>.*)'| \(.*\))?(?:$|\s+(?:at|in) )"
)
_AT = Pattern(r"\s*#\s+(?:at|in) (?P<path>\S+) (?:at )?line (?P<line>\d+)\.?")
_BATS = Pattern(
    r"\s*#\s+\((?:in test file|from function .* in file"
    r"|in file) (?P<path>[^,)]+), line (?P<line>\d+)"
)
_BATS_LINE = Pattern(r"\s*#\s+[`'](?P<text>.*)' failed(?P<status> with status \d+)?")
_TOLD = Pattern(
    r"\s*#\s+(?!Failed test|Looks like|at |in |\(in |\(from )(?P<text>\S.*)"
    r"|\s*# (?P<text2>\S+: .*)"
)
_NAME = Pattern(r"\s*#\s+'(?P<test>.*)'$")
_GOT = Pattern(r"\s*#\s+\$?(?:got|expected|have|want)\b.*")
_YAML = Pattern(r"\s+(?:message|error|failureType|reason): *[\"']?(?P<text>[^|>\s\"'][^\"']*)")
_YAML_AT = Pattern(
    r"\s+(?:at|location|file(?:name)?): *[\"']?(?:.*\()?(?:file://)?(?P<path>[^\s:\"'()]+):(?P<lin"
    r"e>\d+)"
)
_REPORT = Pattern(
    r"(?P<path>\S+\.(?:t|bats|pl|js|sh)|\S+/\S+) +\(Wstat: \d+.*(?:Failed: [1-9]\d*|exited|Signal"
    r"|Tests: 0)"
)
_REASON = Pattern(r" +(?:Failed tests?: +|Non-zero exit status: |Parse errors: |Non-zero wait)")
_COUNTS = Pattern(
    r"Result: FAIL|Failed \d+/\d+ test programs|# (?:fail|Looks like you failed|failed) +[1-9]"
    r"|Bail out!"
)
_PERL = Pattern(
    r"(?:(?P<missing>Can't locate \S+ in @INC).*|(?P<text>(?:syntax error"
    r"|Global symbol \S+ requires|"
    r"Can't (?:use|call|find|open)|Undefined subroutine"
    r"|Bareword) ?.*?)) at (?P<path>\S+) line (?P<line>\d+)\b"
)


def _points(region: Region, reading: Reading, commented: dict[str, Finding]) -> None:
    """Test points that failed; one that Test::More has commented on is a finding already."""
    for index, found in region.matches(_NOT_OK):
        if _PENDING.match(region[index].text):
            continue
        test = found["test"].strip() or f"test {found['number'] or ''}".strip()
        if known := commented.pop(test, None):
            reading.extend(known, Role.TITLE, [index])
            continue
        block = region.after(index, stop=_END, limit=40)
        if any("failureType:" in region[i].text for i in block):
            continue  # Node's own runner, which has a format of its own
        told = region.find(_BATS_LINE, block) or region.find(_YAML, block)
        told = told or region.find(_GOT, block) or region.find(_TOLD, block)
        place = region.find(_AT, block) or region.find(_BATS, block) or region.find(_YAML_AT, block)
        lines = _lines(region, told[0], block) if told else []
        reading.add(
            _text(region, lines) or f"not ok: {test}",
            title=index,
            cause=lines,
            frames=place[0] if place else (),
            detail=block[:8],
            path=place[1]["path"] if place else "",
            line=place[1]["line"] if place else 0,
            test=test,
            frame=f"{place[1]['path']}:{place[1]['line']}" if place else "",
        )


def _lines(region: Region, at: int, block: range) -> list[int]:
    follower = at + 1 in block and _GOT.match(region[at].text) and _GOT.match(region[at + 1].text)
    return [at, at + 1] if follower else [at]


def _text(region: Region, lines: list[int]) -> str:
    return " ".join(" ".join(region[i].text.strip(" #\t").split()) for i in lines)


def _comments(region: Region, reading: Reading) -> dict[str, Finding]:
    """Test::More's comments, all that prove shows unless it is told to be verbose; by title."""
    seen: dict[str, Finding] = {}
    for index, found in region.matches(_MORE):
        block = region.after(index, stop=_MORE, limit=12)
        test = found["test"] or ""
        if not test and block:
            named = _NAME.match(region[block[0]].text)
            test = named["test"] if named else ""
        if _PENDING.match(region[index].text):
            continue
        place = region.find(_AT, [index, *block])
        told = region.find(_GOT, block) or region.find(_TOLD, block)
        lines = _lines(region, told[0], block) if told else []
        seen[test] = reading.add(
            _text(region, lines) or f"Failed test '{test}'",
            title=index,
            cause=lines,
            frames=place[0] if place else (),
            detail=block[:6],
            path=place[1]["path"] if place else "",
            line=place[1]["line"] if place else 0,
            test=test,
            frame=f"{place[1]['path']}:{place[1]['line']}" if place else "",
        )
    return seen


def read(region: Region, reading: Reading) -> None:
    """Test points, comments, what Perl itself says, the report of prove."""
    _points(region, reading, _comments(region, reading))
    for index, found in region.matches(_PERL):
        reading.add(
            found["missing"] or found["text"],
            cause=index,
            path=found["path"],
            line=found["line"],
            tool="perl",
            failure_class=FailureClass.DEPENDENCY if found["missing"] else None,
        )
    for index, found in region.matches(_REPORT):
        reading.summary(index)
        reason = region.find(_REASON, region.after(index, limit=2))
        if not reading.findings:
            reading.add(
                region[reason[0]].text if reason else region[index].text,
                title=index,
                cause=reason[0] if reason else (),
                path=found["path"],
            )
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="TAP",
    failure_class=FailureClass.TEST,
    anchors=(
        "not ok", "Failed test", "(Wstat: ", "Result: FAIL", " test programs", "# fail ",
        "Looks like you failed", "Bail out!", "in @INC", "syntax error at", "Global symbol",
        "Undefined subroutine",
    ),
    read=read,
)  # fmt: skip
