"""R CMD check, testthat, lintr and the installation of packages.

Source: the manual "Writing R Extensions", Checking packages.
"""

from collections.abc import Iterable

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_TEST = Pattern(
    r"\s*(?:── )?(?:\d+\. )?(?P<kind>Failure|Error)(?: "
    r"\('?(?P<path>[^':()@#\s]+\.[Rr]):(?P<line>\d+)(?::\d+)?'?\))?: "
    r"(?P<test>.*?)(?: \(@?(?P<path2>[^@#()\s]+)#(?P<line2>\d+)\))?\s*[─-]*\s*$"
)
_OLD = Pattern(
    r"\s*\d+\. (?P<kind>Failure|Error)\s?\((?:at |@)(?P<path>[^@#()\s]+)#(?P<line>\d+)\): "
    r"(?P<test>.+?)\s*[─-]*$"
)
_END = Pattern(
    r"\s*(?:── |══|\[ FAIL|\d+\. (?:Failure|Error)|Error: [Tt]est|Execution halted"
    r"|testthat results|\* checking)"
)
_TEXT = Pattern(r"\s*[^\s─]")
_CHECK = Pattern(
    r"(?:\* |❯ |✖ +|\S{1,6} )?checking (?P<what>.+?) \.{3}(?: \[[^\]]*\])?.* (?P<level>ERROR"
    r"|WARNING)$"
)
_RUNNING = Pattern(
    r"Running the tests in .(?P<path>\S+?\.[Rr]). failed\.?|Running examples in .*failed"
)
_ERROR = Pattern(r"\s*Error(?: in (?P<call>.+?))?\s?: (?P<text>.*)")
_MISSING = Pattern(
    r"\s*(?:Error.*: )?(?P<text>there is no package called .*|ERROR: dependenc(?:y|ies) .* (?:is"
    r"|are) not available for package .*|ERROR: (?:lazy loading|compilation|loading"
    r"|package installation|configuration) failed.*|.*package .* is not available for this "
    r"version of R.*)"
)
_COUNTS = Pattern(
    r"\s*\[ FAIL [1-9]\d* \||Status: .*ERROR|\s*OK: \d+ SKIPPED: \d+ .*FAILED: [1-9]"
    r"|[1-9]\d* errors? \S* ?\||.*R CMD check found (?:ERROR|WARNING)s"
)
_LINT = Pattern(
    r"(?:file=)?(?P<path>[^\s:,]+\.(?:[RrQq]|[Rr]md|qmd))(?::|,line=)(?P<line>\d+)(?::"
    r"|,col=)(?P<column>\d+)"
    r"(?:: (?:style|warning|error): |,)\[(?P<rule>\w+)\] (?P<text>.*)"
)
_HALTED = Pattern(r"Execution halted")


def _tests(region: Region, reading: Reading) -> None:
    places: set[tuple[str, str]] = set()
    for index in region.hits:
        text = region[index].text
        found = _OLD.match(text) or _TEST.match(text)
        if found is None:
            continue
        values = found.groupdict()
        if not ("── " in text or text.strip()[:1].isdigit() or (values["path"] and values["line"])):
            continue
        path = values["path"] or values.get("path2") or ""
        line = values["line"] or values.get("line2") or ""
        block = region.after(index, stop=_END, limit=30)
        cause = region.find(_TEXT, block)
        if (values["test"], line) in places:
            continue  # the old reporter prints a failure where it happens and at the end
        places.add((values["test"], line))
        reading.add(
            region[cause[0]].text if cause else f"{values['kind']}: {values['test']}",
            title=index,
            cause=cause[0] if cause else (),
            detail=block[:8],
            path=path,
            line=line,
            test=values["test"],
            frame=f"{path}:{line}" if path else "",
            tool="testthat",
        )


def _told(reading: Reading, where: Iterable[int]) -> bool:
    """Whether a finding has a line there already."""
    return any(index in finding.roles for index in where for finding in reading.findings[-20:])


def _check(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_CHECK):
        block = region.after(index, stop=_CHECK, limit=60)
        running = region.find(_RUNNING, block)
        error = region.find(_ERROR, block)
        if found["level"] == "WARNING" or _told(reading, block):
            reading.summary(index)
            continue
        text = region.find(_TEXT, block)
        cause = error or running or text
        reading.add(
            error[1]["text"] if error and error[1]["text"] else f"checking {found['what']}: ERROR",
            title=[index, *([running[0]] if running else [])],
            cause=cause[0] if cause else (),
            detail=block[:14],
        )
    for index, found in region.matches(_RUNNING):
        error = region.find(_ERROR, region.after(index, limit=20))
        if _told(reading, [*region.before(index, limit=40), *region.after(index, limit=20)]):
            reading.summary(index)
            continue
        reading.add(
            error[1]["text"] if error and error[1]["text"] else region[index].text,
            title=index,
            cause=error[0] if error else (),
            detail=region.after(index, limit=16),
            path=found["path"] or "",
        )


def _scripts(region: Region, reading: Reading) -> None:
    """`Error in f(x) : message`, then `Execution halted`, as Rscript ends."""
    for index, _ in region.matches(_HALTED):
        above = region.before(index, limit=15)
        error = region.find(_ERROR, reversed(above))
        if error is None or _told(reading, [error[0]]):
            continue
        text = error[1]["text"].strip()
        below = region.find(_TEXT, range(error[0] + 1, index)) if not text else None
        cause = below[0] if below else error[0]
        reading.add(
            text or region[cause].text,
            title=error[0],
            cause=cause,
            detail=range(error[0], index),
            failure_class=FailureClass.UNKNOWN,
        )


def read(region: Region, reading: Reading) -> None:
    """Failed tests, checks, packages that are missing, lints, scripts that stopped."""
    _tests(region, reading)
    _check(region, reading)
    for index, found in region.matches(_MISSING):
        reading.add(found["text"], cause=index, failure_class=FailureClass.DEPENDENCY)
    for index, found in region.matches(_LINT):
        reading.add(
            found["text"],
            cause=index,
            detail=region.after(index, stop=_LINT, limit=2),
            path=found["path"],
            line=found["line"],
            column=found["column"],
            rule=found["rule"],
            tool="lintr",
            failure_class=FailureClass.LINT,
        )
    _scripts(region, reading)
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="R",
    failure_class=FailureClass.TEST,
    anchors=(
        "── Failure", "── Error", "Failure ('", "Error ('", ". Failure", ". Error", "... ERROR", "] ERROR", "Running the tests in",
        "[ FAIL ", "Status: ", "FAILED: ", "Execution halted", "there is no package called",
        "ERROR: ", "found ERRORs", "not available for", "_linter] ", " error",
    ),
    read=read,
)  # fmt: skip
