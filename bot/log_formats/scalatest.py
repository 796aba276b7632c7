"""ScalaTest, MUnit, specs2: `- test *** FAILED ***`, `==> X Suite.test`, with or without sbt.

https://www.scalatest.org/user_guide, https://scalameta.org/munit/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_P = r"(?:\[(?:info|error)\] )?"
_FAILED = Pattern(_P + r"(?P<indent> *)- (?P<test>\S.*?) \*\*\* FAILED \*\*\*")
_ABORTED = Pattern(_P + r"\s*(?P<test>[\w.$]+) \*\*\* ABORTED \*\*\*")
_MUNIT = Pattern(
    _P
    + r"==> X (?P<test>\S.*?)  ?(?P<time>[\d.]+s) +(?P<message>\S.*?)(?:: (?P<path>/\S+):(?P<line>\d+).*)?$"
)
_SPECS2 = Pattern(r"\[error\] +[x!✗✘] (?P<test>\S.*)")
_DEEPER = Pattern(_P + r" {2,}(?P<text>\S.*)")
_AT = Pattern(_P + r"\s*(?:at |\.\.\.$)")
_PLACE = Pattern(_P + r".*\((?P<path>[\w.-]+\.scala):(?P<line>\d+)\)$")
_FRAME = Pattern(
    _P
    + r"\s+at (?!java\.|jdk\.|scala\.|org\.scalatest\.|org\.specs2\.|sbt\.|munit\.)(?P<package>(?:[\w$]+\.)*?)[A-Z]?[\w$]*\.[^\s(]+"
    r"\((?P<path>[\w.-]+\.scala):(?P<line>\d+)\)"
)
_CAUSE = Pattern(_P + r"\s+Cause: (?P<message>.+)")
_SUITE = Pattern(_P + r"(?P<suite>[A-Z]\w*):$")
_SUBJECT = Pattern(_P + r"(?P<subject>\S.*)$")
_TEST_LINE = Pattern(_P + r" *- ")
_MUNIT_END = Pattern(_P + r"\s+(?:at |\+ )|" + _P + r"==> |\[info\]|\[error\]")
_COUNT = Pattern(
    _P
    + r"(?:\*\*\* \d+ (?:TESTS?|SUITES?) (?:FAILED|ABORTED) \*\*\*|Tests: succeeded \d+, failed [1-9]"
    r"|(?:Failed|Error): Total \d+)"
)


def _suite(region: Region, index: int) -> str:
    above = reversed(region.before(index, limit=400))
    found = region.find(_SUITE, above)
    return found[1]["suite"] if found else ""


def _subject(region: Region, index: int) -> str:
    """`A cart` above `- should …`, which is half a sentence without it."""
    for i in reversed(region.before(index, limit=200)):
        text = region[i].text
        if _SUITE.match(text):
            return ""
        if not _TEST_LINE.match(text) and not _DEEPER.match(text) and not _AT.match(text):
            found = _SUBJECT.match(text)
            return found["subject"] if found else ""
    return ""


def _text(region: Region, index: int) -> list[int]:
    result = []
    for i in region.after(index, limit=60):
        text = region[i].text
        if not _DEEPER.match(text) and not _AT.match(text):
            break
        result.append(i)
    return result


def _failures(region: Region, reading: Reading) -> None:
    for pattern in (_FAILED, _ABORTED):
        for index, found in region.matches(pattern):
            block = _text(region, index)
            words = [i for i in block if not _AT.match(region[i].text)]
            place = region.find(_PLACE, words) or region.find(_FRAME, block)
            root = region.find(_CAUSE, block)
            named = found["test"]
            if pattern is _FAILED:
                parts = (_suite(region, index), _subject(region, index), named)
                named = " > ".join(part for part in parts if part)
            first = _DEEPER.match(region[words[0]].text) if words else None
            message = first["text"] if first else f"{named} failed"
            if place and words and place[0] == words[0]:
                message = message.rpartition(" (")[0]
            reading.add(
                message,
                title=index,
                cause=[*words[:1], *([root[0]] if root else [])],
                frames=place[0] if place else (),
                detail=words[1:8],
                path=place[1]["path"] if place else "",
                line=place[1]["line"] if place else 0,
                test=named,
            )


def _munit(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_MUNIT):
        block = region.after(index, stop=_MUNIT_END, limit=30)
        told = [i for i in block if not region[i].text[:1].isdigit()]
        words = region[told[0]].text if told else ""
        reading.add(
            f"{found['message']}: {words}" if words else found["message"],
            title=index,
            cause=told[0] if told else (),
            detail=block,
            path=found["path"] or "",
            line=found["line"] or 0,
            test=found["test"],
            tool="munit",
        )


def read(region: Region, reading: Reading) -> None:
    """Failed tests and aborted suites, then counts."""
    _failures(region, reading)
    _munit(region, reading)
    for index, found in region.matches(_SPECS2):
        below = region.after(index, limit=4)
        place = region.find(_PLACE, below)
        reading.add(
            region[place[0]].text.removeprefix("[error]").strip() if place else found["test"],
            title=index,
            cause=place[0] if place else (),
            path=place[1]["path"] if place else "",
            line=place[1]["line"] if place else 0,
            test=found["test"],
            tool="specs2",
        )
    for index, _ in region.matches(_COUNT):
        reading.summary(index)


FORMAT = Format(
    name="scalatest",
    failure_class=FailureClass.TEST,
    anchors=("*** ", "==> X ", "Tests: succeeded", "Failed: Total", "Error: Total", "[error]"),
    read=read,
)
