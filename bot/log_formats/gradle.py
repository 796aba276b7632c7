"""Gradle: `Class > test FAILED` with its exception, `* What went wrong:` up to `* Try:`.

https://docs.gradle.org/current/userguide/logging.html
"""

import re

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_TEST = Pattern(r"(?P<test>[^\s>:*].*\S) (?P<how>FAILED|TIMED_OUT)$")
_EXECUTOR = Pattern(r"(?:Gradle Test Run \S+ > )?(?:Gradle Test Executor \d+ > )?(?P<test>.+)")
_OUTSIDE = Pattern(r"\S")
_AT = Pattern(r"\s+at ")
_CAUSED = Pattern(r"\s+Caused by:")
_FRAME = Pattern(
    r"\s+at (?:[\w.-]+(?:@[\w.]+)?/+)*(?!java\.|javax\.|jdk\.|sun\.|com\.sun\.|junit\.|org\.(?:junit|opentest4j"
    r"|assertj|hamcrest|mockito|testng|gradle|springframework|spockframework|codehaus|robolectric)|kotlin"
    r"|scala\.|groovy|io\.kotest|com\.google\.|androidx\.)"
    r"(?P<package>(?:[\w$]+\.)*)[\w$]+\.[^\s(]+\((?P<file>[\w$-]+\.\w+):(?P<line>\d+)\)"
)
_SHORT = Pattern(r"\s+\S+ at (?P<file>[\w$-]+\.\w+):(?P<line>\d+)$")
_WRONG = Pattern(r"\* What went wrong:")
_SECTION = Pattern(r"\* |={10}|BUILD FAILED")
_WHERE = Pattern(r"(?:\w+ )*(?:[Ff]ile|[Ss]cript|plugin) '(?P<path>[^']+)' line: (?P<line>\d+)")
_REASON = Pattern(r"(?P<depth> *)> (?P<message>.+)")
_HELP = Pattern(r"\* (?:Try|Get more help|Exception is)")
_HELP_END = Pattern(r"BUILD |={10}|\d+: Task|\* What|-{10}")
_TASK = Pattern(r"(?:> Task )?:\S+ FAILED$|\d+ tests? completed, [1-9]\d* failed|FAILURE: Build c")
_TOLD_ELSEWHERE = Pattern(
    r".*(?:There were failing tests|Compilation (?:failed|error)[;.] [Ss]ee|Multiple task action failures)"
)
_KINDS = (
    (FailureClass.INFRASTRUCTURE, Pattern(r".*(?:[Rr]eceived status code 50[0234]|Read timed out|Connection reset|handshake timed)")),
    (FailureClass.CONFIG, Pattern(r".*(?:SDK location not found|File \S+ is missing|licences have not been accepted)")),
    (FailureClass.DEPENDENCY, Pattern(r".*(?:Could not (?:find (?!method|property)|(?:resolve|download|GET|HEAD) )|Could not determine the dependencies|Plugin \[id|Dependency verification|No matching variant|version conflict|Cannot find a version)")),
    (FailureClass.LINT, Pattern(r".*(?:format violations|rule violations|Lint found|lint errors|detekt|Analysis failed|PMD|SpotBugs|ktlint|code ?style)", re.IGNORECASE)),
    (FailureClass.TIMEOUT, Pattern(r".*Timeout has been exceeded")),
    (FailureClass.COMPILE, Pattern(r".*(?:Compilation|compile\w*'|Android resource linking|AAPT|Manifest merger|R8:|D8:|Internal compiler error)")),
    (FailureClass.TEST, Pattern(r".*(?:failing tests|tests failed|No tests found|Rule violated for bundle|execution failed\. See the report)")),
    (FailureClass.CONFIG, Pattern(r".*(?:A problem occurred|Could not (?:compile|open|create)|Unsupported class file|toolchain|Unknown|not found in root|Cannot|must be|requires|incompatible|SDK location|No such property|unknown property)")),
)  # fmt: skip


def _tests(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_TEST):
        if " > " not in found["test"]:
            continue
        name = _EXECUTOR.match(found["test"])
        test = name["test"] if name else found["test"]
        block = region.after(index, stop=_OUTSIDE, limit=150)
        text = [i for i in block if region[i].text.strip() and not _AT.match(region[i].text)]
        if not text:
            reading.add(f"{test} failed", title=index, test=test)
            continue
        roots = [i for i in text if _CAUSED.match(region[i].text)]
        deep = roots[-1] if roots else None
        if deep is not None and region[deep].text.strip() == "Caused by:" and deep + 1 in text:
            deep += 1
        frame = region.find(_FRAME, block) or region.find(_SHORT, text)
        package = frame[1].groupdict().get("package") or "" if frame else ""
        path = f"{package.replace('.', '/')}{frame[1]['file']}" if frame else ""
        head = [i for i in text if not roots or i < roots[0]]
        reading.add(
            " ".join(region[i].text.strip() for i in head[:4]),
            title=index,
            cause=[text[0]] if deep is None else [text[0], deep],
            frames=frame[0] if frame else (),
            detail=text[1:10],
            path=path,
            line=frame[1]["line"] if frame else 0,
            rule=_exception(region[text[0]].text),
            test=test,
            frame=f"{path}:{frame[1]['line']}" if frame else "",
            failure_class=FailureClass.TIMEOUT if found["how"] == "TIMED_OUT" else None,
        )


def _exception(text: str) -> str:
    name = text.strip().partition(":")[0].partition(" at ")[0].rpartition(".")[2]
    return name if name.isidentifier() else ""


def _wrong(region: Region, reading: Reading, index: int) -> None:
    """One `* What went wrong:`: what failed, and the innermost `>` below it."""
    block = [i for i in region.after(index, stop=_SECTION, limit=60) if region[i].text.strip()]
    if not block:
        return
    whole = " ".join(region[i].text.strip() for i in block)
    if _TOLD_ELSEWHERE.match(whole) or "OutOfMemoryError" in whole:  # `signals` tells the latter
        reading.summary(block[0])
        return
    reasons = [(i, hit) for i in block if (hit := _REASON.match(region[i].text))]
    deepest = max(reasons, key=lambda pair: len(pair[1]["depth"]), default=None)
    cause = deepest[0] if deepest else block[0]
    where = region.find(_WHERE, reversed(region.before(index, limit=5)))
    kind = next((k for k, pattern in _KINDS if pattern.match(whole)), FailureClass.UNKNOWN)
    message = deepest[1]["message"] if deepest else region[cause].text
    reading.add(
        message if deepest is None else f"{region[block[0]].text.rstrip('.')}: {message}",
        title=block[0],
        cause=cause,
        frames=where[0] if where else (),
        detail=[i for i in block if i > cause][:8] + [i for i, _ in reasons],
        path=where[1]["path"] if where else "",
        line=where[1]["line"] if where else 0,
        failure_class=kind,
    )


def read(region: Region, reading: Reading) -> None:
    """Failed tests, then what went wrong with the build; the help below it is noise."""
    _tests(region, reading)
    for index, _ in region.matches(_WRONG):
        _wrong(region, reading, index)
    for index, _ in region.matches(_HELP):
        reading.noise([index, *region.after(index, stop=_HELP_END, limit=12)])
    for index, _ in region.matches(_TASK):
        reading.summary(index)


FORMAT = Format(
    name="gradle",
    failure_class=FailureClass.TEST,
    anchors=(
        "FAILED",
        "TIMED_OUT",
        "* What went wrong:",
        "* Try:",
        "* Get more help",
        "* Exception is:",
        " completed, ",
        "FAILURE: Build c",
    ),
    read=read,
)
