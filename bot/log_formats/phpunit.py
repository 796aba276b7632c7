"""PHPUnit, Pest and ParaTest: `There was 1 failure:`, `1) Class::test`, the message, the place.

https://docs.phpunit.de/en/11.5/textui.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_TEST = Pattern(
    r"\d+\) (?P<test>[A-Za-z_\\][\w\\]*::[\w\\]+(?: with data set (?:#\d+|\".*?\""
    r"|@\S+))?)(?: \(.*\)?)?$"
)
_SECTION = Pattern(r"There (?:was|were) \d+ (?:errors?|failures?):")
_SECTION_END = Pattern(
    r"There (?:was|were) \d+|(?:FAILURES|ERRORS|WARNINGS|OK)\b.*|Tests: +\d+|--$"
)
_END = Pattern(
    r"\d+\) \S|There (?:was|were) \d+|--$|(?:FAILURES|ERRORS|WARNINGS|OK)\b.*|Tests: \d+"
)
_TEXT = Pattern(r"\s*\S")
_FRAME = Pattern(r"(?!.*/vendor/|phar://)(?P<path>(?:[A-Z]:)?[^\s:]+\.php\w*):(?P<line>\d+)$")
_ASSERTED = Pattern(r"Failed asserting ")
_RULE = Pattern(r"(?P<rule>(?:[A-Z]\w*\\)*[A-Z]\w*(?:Error|Exception)): ")
_COUNTS = Pattern(r"\s*Tests: *(?P<n>\d+.*(?:Failures|Errors|failed|Warnings|Risky).*)")
_PEST = Pattern(
    r"\s*(?:FAILED?|\S{1,4} FAILED) +(?P<test>(?:Tests"
    r"|P\\Tests)\\\S+ > .+?)\s*(?:[A-Z]\w+(?:Error|Exception))?$"
)
_PEST_PLACE = Pattern(r"\s*at (?P<path>\S+\.php):(?P<line>\d+)")
_FATAL = Pattern(
    r"(?:PHP )?(?:Fatal|Parse) error: +(?P<message>.*?)(?: in (?P<path>\S+\.php)(?: on line "
    r"|:)(?P<line>\d+))?$"
)


def _tests(region: Region, reading: Reading) -> None:
    for start, _ in region.matches(_SECTION):
        section = region.after(start, stop=_SECTION_END, limit=4000)
        for index in section:
            if found := _TEST.match(region[index].text):
                _test(region, reading, index, found["test"])


def _test(region: Region, reading: Reading, index: int, test: str) -> None:
    block = region.after(index, stop=_END, limit=80)
    cause = region.find(_TEXT, block)
    frame = region.find(_FRAME, block)
    lines = [cause[0]] if cause else []
    if cause and cause[0] + 1 in block and _ASSERTED.match(region[cause[0] + 1].text):
        lines.append(cause[0] + 1)  # the first line is the author's own text
    message = " ".join(region[i].text.strip() for i in lines) or f"{test} failed"
    rule = _RULE.match(message)
    reading.add(
        message,
        title=index,
        cause=lines,
        frames=frame[0] if frame else (),
        detail=block[1:9],
        path=frame[1]["path"] if frame else "",
        line=frame[1]["line"] if frame else 0,
        rule=rule["rule"] if rule else "",
        test=test,
        frame=f"{frame[1]['path']}:{frame[1]['line']}" if frame else "",
    )


def _pest(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_PEST):
        block = region.after(index, stop=_PEST, limit=30)
        cause = region.find(_TEXT, block)
        if cause is None:
            continue
        place = region.find(_PEST_PLACE, block)
        reading.add(
            region[cause[0]].text,
            title=index,
            cause=cause[0],
            frames=place[0] if place else (),
            detail=block[1:8],
            path=place[1]["path"] if place else "",
            line=place[1]["line"] if place else 0,
            test=found["test"],
            tool="pest",
        )


def read(region: Region, reading: Reading) -> None:
    """Failed tests, what stopped PHP itself, counts."""
    _tests(region, reading)
    _pest(region, reading)
    for index, found in region.matches(_FATAL):
        reading.add(
            found["message"],
            cause=index,
            path=found["path"] or "",
            line=found["line"] or 0,
            tool="php",
            rule="Parse error" if "Parse error" in region[index].text[:20] else "Fatal error",
            failure_class=FailureClass.COMPILE
            if "Parse error" in region[index].text[:20]
            else None,
        )
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="phpunit",
    failure_class=FailureClass.TEST,
    anchors=("There was ", "There were ", "Tests: ", "FAILED ", "Fatal error: ", "Parse error: "),
    read=read,
)
