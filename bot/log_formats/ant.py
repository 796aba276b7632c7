"""Ant: `Testcase: name` with FAILED or an error below it, `BUILD FAILED` and its place.

https://ant.apache.org/manual/Tasks/junit.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_PREFIX = r"(?:\s*\[\w+\])?\s*"
_TEST = Pattern(
    _PREFIX + r"Testcase: (?P<test>[^\s(]+)(?:\((?P<class>[^)]+)\))?(?: took [\d.,]+ sec|:)?"
    r"(?P<how>\s+(?:FAILED|Caused an ERROR))?\s*$"
)
_HOW = Pattern(_PREFIX + r"(?:FAILED|Caused an ERROR)\s*$")
_END = Pattern(_PREFIX + r"(?:Testcase: |Test \S+ FAILED|Testsuite: |Tests run: |BUILD |------)")
_SUITE = Pattern(_PREFIX + r"Testsuite: (?P<class>\S+)")
_EXCEPTION = Pattern(_PREFIX + r"(?P<message>(?:[\w$]+\.)+[\w$]*(?:Error|Exception|Failure)\b.*)")
_WORDS = Pattern(_PREFIX + r"(?P<message>[^\s\[].*)")
_AT = Pattern(_PREFIX + r"at ")
_FRAME = Pattern(
    _PREFIX
    + r"at (?:[\w.-]+/)?(?!java\.|javax\.|jdk\.|sun\.|junit\.|org\.(?:junit|hamcrest|apache\.tools))"
    r"(?P<package>(?:[\w$]+\.)*)[\w$]+\.[\w$<>]+\((?P<file>[\w$-]+\.\w+):(?P<line>\d+)\)"
)
_BUILD = Pattern(r"\s*BUILD FAILED")
_PLACE = Pattern(r"(?P<path>\S.*?\.xml):(?P<line>\d+): (?P<message>.+)")
_RELAY = Pattern(r"The following error occurred while executing this line")
_TOLD = Pattern(r"(?:Compile failed; see|Tests? .*failed|.*[Tt]ests? failed)")
_COUNT = Pattern(_PREFIX + r"(?:Tests run: \d+, Failures: \d+, Errors: \d+|Test \S+ FAILED)")


def _tests(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_TEST):
        block = region.after(index, stop=_END, limit=120)
        if not found["how"] and not region.find(_HOW, block[:2]):
            continue  # passed
        owner = found["class"] or ""
        if not owner:
            above = reversed(region.before(index, limit=400))
            suite = region.find(_SUITE, above)
            owner = suite[1]["class"] if suite else ""
        text = [
            i
            for i in block
            if _WORDS.match(region[i].text)
            and not _AT.match(region[i].text)
            and not _HOW.match(region[i].text)
        ]
        told = region.find(_EXCEPTION, text) or region.find(_WORDS, text)
        frame = region.find(_FRAME, block)
        path = f"{frame[1]['package'].replace('.', '/')}{frame[1]['file']}" if frame else ""
        test = f"{owner}.{found['test']}" if owner else found["test"]
        reading.add(
            told[1]["message"] if told else f"{test} failed",
            title=index,
            cause=told[0] if told else (),
            frames=frame[0] if frame else (),
            detail=text[:8],
            path=path,
            line=frame[1]["line"] if frame else 0,
            test=test,
        )


def read(region: Region, reading: Reading) -> None:
    """Failed test cases, then the task that ended the build, then counts."""
    _tests(region, reading)
    for index, _ in region.matches(_BUILD):
        places = []
        for i in region.after(index, limit=12):
            if not region[i].text.strip():
                break
            if hit := _PLACE.match(region[i].text):
                places.append((i, hit))
        if not places:
            continue
        at, place = next(
            ((i, h) for i, h in reversed(places) if not _RELAY.match(h["message"])), places[-1]
        )
        if _TOLD.match(place["message"]):
            reading.summary(at)
            continue
        reading.add(
            place["message"],
            title=index,
            cause=at,
            detail=region.after(at, limit=4),
            path=place["path"],
            line=place["line"],
            failure_class=FailureClass.UNKNOWN,
        )
    if reading.findings:
        for index, _ in region.matches(_COUNT):
            reading.summary(index)


FORMAT = Format(
    name="ant",
    failure_class=FailureClass.TEST,
    anchors=("Testcase: ", "BUILD FAILED", "] Tests run: ", "] Test "),
    read=read,
)
