"""Erlang's Common Test, EUnit, rebar3 and the compiler.

`suite:case failed on line n` with `Reason:`; rebar3 prints `%%% suite ==> case: FAILED`.
https://www.erlang.org/doc/apps/common_test
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_CASE = Pattern(r"(?P<test>\w+_SUITE:\w+) failed on line (?P<line>\d+)")
_REASON = Pattern(r"Reason: (?P<text>.*)")
_REBAR = Pattern(r"%%% (?P<suite>\w+_SUITE)(?:\.\w+)* ==> (?P<case>[\w.]+): FAILED")
_BODY = Pattern(r"%%% \w+_SUITE\S* ==> (?P<text>\S.*)")
_VALUE = Pattern(r"\s*\S")
_FAILURE = Pattern(r"\s*Failure/Error: (?P<text>.*)")
_INDENTED = Pattern(r"\s+Failure/Error: ")
_EXPECTED = Pattern(r"\s+(?:expected|got): ")
_EUNIT = Pattern(r"(?P<head>(?P<module>\w+): (?P<case>[\w/.-]+)(?: \(.*\))?\.{3}.*\*failed\*)")
_EUNIT_REBAR = Pattern(r"\s+\d+\) (?P<test>\w+:[\w/]+\S*)(?:: .*)?$")
_ERROR = Pattern(r"\s*(?P<text>(?:\*\*)?(?:error|Failure/Error|throw|exit): ?.*)")
_IN = Pattern(r"in function (?P<function>\w+:\S+)(?: \((?P<path>[^,]+), line (?P<line>\d+)\))?")
_COMPILE = Pattern(
    r"(?P<path>[\w./-]+\.(?:erl|hrl|yrl|xrl)):(?P<line>\d+)(?::(?P<column>\d+))?: "
    r"(?!Warning)(?P<text>\S.*)"
)
_RICH = Pattern(r"\s*\S{1,6} (?P<path>\S+\.[ehyx]rl):\s*$")
_RICH_LINE = Pattern(r"\s*(?P<line>\d+) +\S{1,6} ")
_RICH_TEXT = Pattern(r".*(?:╰──|ΓòÖ\S*|ΓöÇΓöÇ) (?P<text>\S.*)")
_COUNTS = Pattern(
    r"Testing .*: TEST COMPLETE, .*[1-9]\d* failed|Failed (?P<n>[1-9]\d*) tests"
    r"|\s+Failed: [1-9]\d*\.|\d+ tests?, [1-9]\d* failures?"
    r"|.*Failed: [1-9]\d*\. +Skipped: "
)


def _joined(region: Region, index: int, block: range) -> str:
    """The text at `index` with what was expected and got, or with the rest of a cut term."""
    text = region[index].text.rpartition("==> ")[2].partition("Failure/Error: ")
    parts = [text[2] or text[0]]
    for i in range(index + 1, min(index + 3, block.stop)):
        if not (_EXPECTED.match(region[i].text) or parts[-1].endswith(",")):
            break
        parts.append(region[i].text.strip())
    return " ".join(part.strip() for part in parts)


def _cases(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_CASE):
        reason = region.find(_REASON, region.after(index, limit=6))
        reading.add(
            reason[1]["text"] if reason else region[index].text,
            title=index if reason else (),
            cause=reason[0] if reason else index,
            detail=range(reason[0] + 1, min(reason[0] + 5, len(region))) if reason else (),
            line=found["line"],
            test=found["test"],
        )
    for index, found in region.matches(_REBAR):
        block = region.after(index, limit=12)
        body = region.find(_BODY, block) or region.find(_FAILURE, block)
        cause = body or region.find(_VALUE, block)
        reading.add(
            _joined(region, cause[0], block) if cause else region[index].text,
            title=index,
            cause=cause[0] if cause else (),
            detail=block[:8],
            test=f"{found['suite']}:{found['case']}",
        )


def _eunit(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_EUNIT):
        block = region.after(index, limit=20)
        cause = region.find(_ERROR, block)
        place = region.find(_IN, block)
        reading.add(
            cause[1]["text"] if cause else found["head"],
            title=index,
            cause=cause[0] if cause else (),
            frames=place[0] if place else (),
            detail=block[:10],
            path=(place[1]["path"] or "") if place else "",
            line=(place[1]["line"] or 0) if place else 0,
            test=f"{found['module']}:{found['case']}",
            tool="eunit",
        )
    for index, _ in region.matches(_INDENTED):
        above = region.find(_EUNIT_REBAR, reversed(region.before(index, limit=2)))
        if above is None or ":" not in above[1]["test"]:
            continue
        reading.add(
            _joined(region, index, region.after(index, limit=3)),
            title=above[0],
            cause=index,
            detail=region.after(index, limit=6),
            test=above[1]["test"],
            tool="eunit",
        )


def read(region: Region, reading: Reading) -> None:
    """Failed cases of Common Test and EUnit, compiler errors, counts."""
    _cases(region, reading)
    _eunit(region, reading)
    for index, found in region.matches(_COMPILE):
        reading.add(
            found["text"],
            cause=index,
            detail=region.after(index, limit=3),
            path=found["path"],
            line=found["line"],
            column=found["column"] or 0,
            tool="erlc",
            failure_class=FailureClass.COMPILE,
        )
    for index, found in region.matches(_RICH):  # rebar3 since 3.20
        block = region.after(index, stop=_RICH, limit=10)
        text = region.find(_RICH_TEXT, block)
        line = region.find(_RICH_LINE, block)
        if text and not text[1]["text"].startswith("Warning"):
            reading.add(
                text[1]["text"],
                cause=text[0],
                frames=index,
                detail=block[:5],
                path=found["path"],
                line=line[1]["line"] if line else 0,
                tool="erlc",
                failure_class=FailureClass.COMPILE,
            )
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="common test",
    failure_class=FailureClass.TEST,
    anchors=(
        "_SUITE:", "_SUITE ", ": FAILED", "*failed*", "Failure/Error: ", ".erl:", ".hrl:",
        "TEST COMPLETE", "Failed: ", " failures",
    ),
    read=read,
)  # fmt: skip
