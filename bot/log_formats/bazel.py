"""Bazel: `ERROR: BUILD:1:8: action failed`, `FAIL: //target`, the table of tests.

https://bazel.build/docs/user-manual
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ACTION = Pattern(
    r"ERROR: (?P<path>\S+?(?:BUILD|BUILD\.bazel|\.bzl|WORKSPACE|WORKSPACE\.bazel|MODULE\.bazel|\.bazel)):(?P<line>\d+)"
    r":(?P<column>\d+): (?P<message>.+)"
)
_EXECUTING = Pattern(r"(?P<what>.*? failed: \([^)]*\))")
_LABEL = Pattern(r".*?(?P<label>@?@?[\w.~+-]*//[\w./+-]*(?::[\w./+=,@~-]+)?)")
_END = Pattern(
    r"(?:ERROR|INFO|WARNING|FAIL|FAILED|TIMEOUT|PASS|DEBUG|Target|Analyzing|Loading|FLAKY|Use --verbose)[: ]|\[[\d,]+ / [\d,]+\]|={10}|//"
)
_PROBLEM = Pattern(
    r"(?! *exec env|  ?\().*(?i:\berror\b|fatal|\bfail|not found|no such|cannot|missing|undefined|exception|expected|panic)"
)
_WORDS = Pattern(r"(?!  \(cd |  exec |    [A-Z_]+=|  /|# Configuration|# Execution|Use --)\S.*")
_TEST = Pattern(
    r"(?P<how>FAIL|TIMEOUT|FAILED TO BUILD): (?P<label>@?@?[\w.~+-]*//\S+?)(?: \((?P<why>[^)]*)\))*(?: \(see .*\))?$"
)
_OUTPUT = Pattern(r"={8,} Test output for (?P<label>\S+?)(?: \(.*\))?:$")
_OUTPUT_END = Pattern(r"={40,}$|INFO: |ERROR: |FAIL: |TIMEOUT: ")
_ROW = Pattern(
    r"(?P<label>@?@?[\w.~+-]*//\S+) +(?:\(cached\) )?(?P<how>FAILED(?: TO BUILD)?|TIMEOUT|NO STATUS)(?: in .*)?$"
)
_OTHER = Pattern(
    r"ERROR: (?P<message>(?:[Nn]o such |Skipping '|Analysis of target|error loading package|Error (?:computing|downloading|fetching)"
    r"|An error occurred|While resolving|No test targets|Unrecognized option|--|Unexpected |Cycle|cycle|Failed to |.*not found"
    r"|The project you're|Could not (?!build wheels|find a version|install packages)|.*lockfile).*)"
)
_COUNT = Pattern(r"Executed \d+ out of \d+ tests?: .*fail|(?:ERROR|FAILED): Build did NOT complete")
_DEPENDENCY = Pattern(
    r".*(?:Error downloading|no such package '@|Error computing the main repository|fetch of repository|Error fetching|lockfile)"
)


def _action(region: Region, reading: Reading, index: int, found: dict[str, str]) -> None:
    message = found["message"]
    label = _LABEL.match(message)
    cause: int = index
    detail: list[int] = []
    if executing := _EXECUTING.match(message):
        message = executing["what"]
        block = region.after(index, stop=_END, limit=80)
        detail = [i for i in block if _WORDS.match(region[i].text)]
        told = region.find(_PROBLEM, detail)
        cause = told[0] if told else detail[0] if detail else index
        message = region[cause].text if detail else message
    reading.add(
        message,
        title=() if cause == index else index,
        cause=cause,
        detail=detail[:8],
        path=found["path"],
        line=found["line"],
        column=found["column"],
        test=label["label"] if label else "",
        failure_class=FailureClass.COMPILE if detail else None,
    )


def _tests(region: Region, reading: Reading) -> None:
    outputs = {found["label"]: index for index, found in region.matches(_OUTPUT)}
    seen: set[str] = set()
    for index, found in region.matches(_TEST):
        label = found["label"]
        if label in seen:
            continue
        seen.add(label)
        start = outputs.get(label)
        block = region.after(start, stop=_OUTPUT_END, limit=300) if start is not None else range(0)
        told = region.find(_PROBLEM, block)
        cause = (
            told[0] if told else next((i for i in reversed(block) if region[i].text.strip()), None)
        )
        late = found["how"] == "TIMEOUT"
        reading.add(
            region[cause].text if cause is not None else f"{label}: {found['how']}",
            title=index,
            cause=() if cause is None else cause,
            detail=[i for i in block if region[i].text.strip()][-10:],
            test=label,
            failure_class=FailureClass.TIMEOUT if late else FailureClass.TEST,
        )
    for index, found in region.matches(_ROW):
        if found["label"] in seen:
            reading.summary(index)
        elif found["how"] != "NO STATUS":
            late = found["how"] == "TIMEOUT"
            reading.add(
                f"{found['label']}: {found['how']}",
                title=index,
                test=found["label"],
                failure_class=FailureClass.TIMEOUT if late else FailureClass.TEST,
            )


def read(region: Region, reading: Reading) -> None:
    """Actions and packages that failed, then tests, then counts."""
    for index, hit in region.matches(_ACTION):
        _action(region, reading, index, hit.groupdict())
    for index, found in region.matches(_OTHER):
        if _ACTION.match(region[index].text):
            continue
        kind = FailureClass.DEPENDENCY if _DEPENDENCY.match(found["message"]) else None
        reading.add(found["message"], cause=index, failure_class=kind)
    _tests(region, reading)
    counted = -1
    for index, _ in region.matches(_COUNT):
        if counted < 0 or region[counted].text != region[index].text:
            reading.summary(index)
        else:
            reading.noise((index,))
        counted = index


FORMAT = Format(
    name="bazel",
    failure_class=FailureClass.CONFIG,
    anchors=(
        "ERROR: ",
        "FAIL: ",
        "TIMEOUT: ",
        "FAILED TO BUILD",
        " FAILED in ",
        "TIMEOUT in ",
        "= Test output for ",
        "Executed ",
        "Build did NOT complete",
    ),
    read=read,
)
