"""Maven Surefire and Failsafe: `[ERROR] test -- Time elapsed: 0.1 s <<< FAILURE!`, the exception.

Since 3.0 `Class.test`, before `test(Class)`; the `Failures:` list of the end repeats each in one
line. https://maven.apache.org/surefire/maven-surefire-plugin/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_LEVEL = r"(?:\[ERROR\] +|\[WARNING\] +)?"
_TEST = Pattern(
    _LEVEL
    + r"(?P<name>\S.*?)(?: --)? +Time elapsed: [\d.,]+ (?:s|sec|ms|h|min)\s+<<< (?P<how>FAILURE|ERROR)!"
)
_CLASS = Pattern(_LEVEL + r"Tests run: \d+.*<<< (?:FAILURE|ERROR)!(?:(?: --?)? in (?P<class>\S+))?")
_OLD_NAME = Pattern(r"(?P<test>[^\s(.]+)\((?P<class>[\w.$]+)\)(?P<case>\[.*\])?$")
_END = Pattern(
    r"\[(?:INFO|ERROR|WARNING)\]|Tests run:|Running \S+$|Results ?:|(?:Failed tests|Tests in error):|\S.* <<< (?:FAILURE|ERROR)!"
)
_AT = Pattern(r"\s*(?:at |\.\.\. \d+ more)")
_CAUSED = Pattern(r"Caused by: (?P<message>.+)")
_FRAME = Pattern(
    r"\s*at (?:[\w.-]+(?:@[\w.]+)?/)?(?!java\.|javax\.|jdk\.|sun\.|com\.sun\.|junit\.|org\.(?:junit|opentest4j"
    r"|assertj|hamcrest|mockito|testng|apache\.maven|springframework)|kotlin\.|scala\.|groovy|com\.google\.)"
    r"(?P<package>(?:[\w$]+\.)*)[\w$]+\.[\w$<>]+\((?P<file>[\w$-]+\.\w+):(?P<line>\d+)\)"
)
_LISTED = Pattern(
    r"(?:\[ERROR\] )?  (?P<test>[\w$]+\.[\w$]+(?:\[[^\]]*\])?(?:->[\w$.]+)?):(?P<line>\d+)(?P<chain>(?:->\S+)*)"
    r" (?:» )?(?P<message>\S.*)"
)
_COUNT = Pattern(
    _LEVEL + r"Tests run: \d+, Failures: (?P<f>\d+), Errors: (?P<e>\d+)(?:, Skipped: \d+)?,?\s*$"
)
_CRASH = Pattern(
    r"(?:\[ERROR\] )?(?:\S*Exception:? )?(?P<message>The forked VM terminated without .*|Crashed tests:.*"
    r"|There was a timeout .* in the fork.*|.*The forked VM was killed.*)"
)
_CRASHED = Pattern(r"(?:\[ERROR\] +)?(?P<test>[\w$.]+(?:[#.][\w$]+)?)$")
_NO_TESTS = Pattern(
    r"\[ERROR\] .*(?P<message>No tests (?:were executed|matching pattern).*?)(?: ->.*)?$"
)


def _name(region: Region, index: int, name: str) -> str:
    """`package.Class.test`, whatever the version prints."""
    if old := _OLD_NAME.match(name):
        return f"{old['class']}.{old['test']}{old['case'] or ''}"
    if "." in name.partition("(")[0]:
        return name
    for i in reversed(region.before(index, limit=300)):
        if found := _CLASS.match(region[i].text):
            return f"{found['class']}.{name}" if found["class"] else name
    return name


def _tests(region: Region, reading: Reading) -> set[str]:
    told: set[str] = set()
    for index, found in region.matches(_TEST):
        if _CLASS.match(region[index].text):
            reading.noise((index,))  # counts of a class; its tests follow
            continue
        test = _name(region, index, found["name"])
        simple = test.partition("(")[0].partition("[")[0]
        told.add(simple.rpartition(".")[2])
        block = region.after(index, stop=_END, limit=150)
        head = [i for i in block if not _AT.match(region[i].text)]
        text = [i for i in head if region[i].text.strip()]
        frame = region.find(_FRAME, block)
        roots = [i for i in text if _CAUSED.match(region[i].text)]
        path = f"{frame[1]['package'].replace('.', '/')}{frame[1]['file']}" if frame else ""
        words = [region[i].text.strip() for i in text[:4] if i not in roots]
        reading.add(
            " ".join(words) or f"{test} failed",
            title=index,
            cause=[*text[:1], *roots[-1:]],
            frames=frame[0] if frame else (),
            detail=text[1:12],
            path=path,
            line=frame[1]["line"] if frame else 0,
            rule=_exception(words[0]) if words else "",
            test=test,
            frame=f"{path}:{frame[1]['line']}" if frame else "",
        )
    return told


def _exception(text: str) -> str:
    name = text.partition(":")[0].rpartition(".")[2]
    return name if name.isidentifier() else ""


def read(region: Region, reading: Reading) -> None:
    """Blocks of tests; lines of the final list whose block is not there; crashes; counts."""
    told = _tests(region, reading)
    for index, found in region.matches(_LISTED):
        test = found["test"]
        owner, _, name = test.partition("[")[0].rpartition(".")
        if name not in told and owner not in told:
            reading.add(found["message"], cause=index, line=found["line"], test=test)
    for pattern, kind in ((_CRASH, FailureClass.TEST), (_NO_TESTS, FailureClass.CONFIG)):
        for index, found in region.matches(pattern):
            late = found["message"].startswith("There was a timeout")
            below = region.after(index, limit=1)
            crashed = found["message"] == "Crashed tests:" and below
            named = _CRASHED.match(region[below[0]].text) if crashed else None
            if named and any(f.diagnostic.test == named["test"] for f in reading.findings):
                reading.noise((index, below[0]))  # said before
                continue
            reading.add(
                f"{found['message']} {named['test']}" if named else found["message"],
                cause=[index, *([below[0]] if named else [])],
                test=named["test"] if named else "",
                detail=region.after(index, limit=4),
                failure_class=FailureClass.TIMEOUT if late else kind,
            )
    for index, found in region.matches(_COUNT):
        if found["f"] != "0" or found["e"] != "0":
            reading.summary(index)


FORMAT = Format(
    name="surefire",
    failure_class=FailureClass.TEST,
    anchors=(
        "<<< ",
        "Tests run: ",
        "[ERROR]   ",
        "forked VM",
        "Crashed tests",
        "There was a timeout",
        "No tests ",
    ),
    read=read,
)
