"""sbt and scalac: `[error] Cart.scala:6:16: message`, `[error] (task) reason`.

Scala 3 prints `-- [E007] Type Mismatch Error: Cart.scala:6:16 ---`. https://www.scala-sbt.org/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_SCALA2 = Pattern(
    r"(?:\[error\] )?(?P<path>(?:[A-Za-z]:)?[^\s:]+\.(?:scala|sbt|java|sc)):(?P<line>\d+)(?::(?P<column>\d+))?: (?:error: )?(?P<message>\S.*)"
)
_SCALA3 = Pattern(
    r"(?:\[error\] )?-- (?:\[(?P<rule>E\d+)\] )?(?P<kind>[\w ]*Error): (?P<path>\S+?):(?P<line>\d+):(?P<column>\d+) -*"
)
_TEXT3 = Pattern(r"(?:\[error\] )? *\|\s*(?P<text>[A-Za-z`'\"(].*?)\|?$")
_ERROR = Pattern(r"\[error\] ")
_STACK = Pattern(r"\[error\]\s+at |\[error\] stack trace is suppressed")
_TASK = Pattern(r"\[error\] \((?P<task>[^()]*(?:\([^()]*\)[^()]*)*)\) (?P<message>.+)")
_TOLD = Pattern(r".*(?:Compilation failed|Tests unsuccessful|TestsFailedException|CompileFailed)")
_COMMAND = Pattern(
    r"\[error\] (?P<message>Not a valid (?:command|project ID|key|configuration): .+|Expected .+|No such setting/task.*)"
)
_LIST = Pattern(r"\[error\] (?:Failed tests|Error during tests|Passed tests):")
_LISTED = Pattern(r"\[error\] +\t\S")
_COUNT = Pattern(r"\[error\] (?:\w+ errors? found|\d+ errors? found)$")
_KINDS = (
    (FailureClass.DEPENDENCY, Pattern(r".*(?:ResolveException|Error downloading|unresolved dependency|found version conflict|eviction)")),
    (FailureClass.LINT, Pattern(r".*(?:[Ss]cala(?:fmt|fix|style)|must be formatted|headerCheck|mima|binary compat)")),
    (FailureClass.COMPILE, Pattern(r".*(?:doc|compile)")),
)  # fmt: skip


def _errors(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_SCALA2):
        if not _ERROR.match(region[index].text) and ": error: " not in region[index].text:
            continue
        below = _same(region, index)
        reading.add(
            found["message"],
            cause=index,
            detail=below,
            path=found["path"],
            line=found["line"],
            column=found["column"] or 0,
            failure_class=FailureClass.COMPILE,
        )
    for index, found in region.matches(_SCALA3):
        below = _same(region, index)
        told = region.find(_TEXT3, below)
        reading.add(
            told[1]["text"] if told else found["kind"],
            title=index,
            cause=told[0] if told else index,
            detail=below[:8],
            path=found["path"],
            line=found["line"],
            column=found["column"],
            rule=found["rule"] or "",
            failure_class=FailureClass.COMPILE,
        )


def _same(region: Region, index: int) -> list[int]:
    result = []
    for i in region.after(index, limit=12):
        text = region[i].text
        if not _ERROR.match(text) and not text.startswith((" ", "|")):
            break
        if _SCALA2.match(text) or _SCALA3.match(text) or _COUNT.match(text):
            break
        result.append(i)
        if text.strip().endswith("^"):
            break
    return result


def read(region: Region, reading: Reading) -> None:
    """Compiler errors, tasks that failed for another reason, failed suites, counts."""
    _errors(region, reading)
    for index, found in region.matches(_TASK):
        message = found["message"]
        if _TOLD.match(message):
            reading.summary(index)
            continue
        whole = f"{found['task']} {message}"
        kind = next((k for k, pattern in _KINDS if pattern.match(whole)), FailureClass.UNKNOWN)
        reading.add(
            message,
            cause=index,
            detail=_same(region, index)[:5],
            test=found["task"],
            failure_class=kind,
        )
    for index, found in region.matches(_COMMAND):
        reading.add(found["message"], cause=index, failure_class=FailureClass.CONFIG)
    for index, _ in region.matches(_LIST):
        listed = [i for i in region.after(index, limit=12) if _LISTED.match(region[i].text)]
        reading.summary(index, *listed)
    for index, _ in region.matches(_COUNT):
        reading.summary(index)
    reading.noise(index for index, _ in region.matches(_STACK))


FORMAT = Format(
    name="sbt",
    failure_class=FailureClass.UNKNOWN,
    anchors=("[error]", ".scala:", " Error: "),
    read=read,
)
