"""pytest: `= FAILURES =`, `_ test _`, `E   message`, `path:line: Error`, the short summary.

https://docs.pytest.org/en/stable/how-to/output.html
"""

from collections.abc import Iterable
from itertools import islice

from bot.log_formats.reading import Finding, Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_TITLE = Pattern(r"_{3,} (?:ERROR (?:at \w+ of|collecting) )?(?!coverage: )(?P<test>\S.*?) _{3,}$")
_END = Pattern(r"_{3,} .+ _{3,}$|={3,} .+ ={3,}$|-+ Captured .* -+$|!{3,} ")
_ERROR = Pattern(r"E   (?P<message> *\S.*)")
_PLACE = Pattern(r"(?P<path>[^\s:][^:\n]*\.\w+):(?P<line>\d+): (?P<error>\S.*)?$")
_NATIVE = Pattern(r"(?P<message>[A-Za-z_][\w.]*(?:Error|Exception|Exit|Failed|Interrupt)\b.*)")
_CRASH = Pattern(r"worker '\w+' crashed while running '(?P<test>.+)'")
_SHORT = Pattern(r"(?P<kind>FAILED|ERROR) (?P<test>\S+(?:\[.*?\])?)(?: - (?P<message>.*))?$")
_COUNTS = Pattern(
    r"=* ?(?:\d+ \w+, )*[1-9]\d* (?:failed|errors?)\b.* in [\d.]+s|=+ no tests (?:ran|collected) "
)
_STOPPED = Pattern(r"!+ .*(?:Interrupted|stopping after|_pytest\.outcomes).* !+$")
_CONFTEST = Pattern(r"ImportError while loading conftest '(?P<path>.+)'")
_INTERNAL = Pattern(r"INTERNALERROR> (?P<message>[A-Za-z_][\w.]*(?:Error|Exception|Exit)\b.*)")
_USAGE = Pattern(
    r"ERROR: (?:usage: |(?P<message>(?:file or directory )?not found: .+|found no coll.+))"
)
_USAGE_ERROR = Pattern(r"\S.*: error: (?P<message>.+)")
_COVERAGE = Pattern(
    r"(?:FAIL |ERROR: )?(?P<message>Required test coverage of .*not reached.*|Coverage failure: .+)"
)
_FATAL = Pattern(r"(?P<message>Fatal Python error: .+)|\++ (?P<timeout>Timeout) \++$")
_MOST_FATAL = 20
_STACK = Pattern(r"~+ Stack of ")
_BY_PLUGIN = "from pytest-timeout"
_SYNTAX = Pattern(r"E   (?P<message>\w*(?:SyntaxError|IndentationError|TabError): .+)")
_SYNTAX_PLACE = Pattern(r'E     File "(?P<path>[^"]+)", line (?P<line>\d+)')
_DOCTEST = "[doctest] "
_UNMET = Pattern(r"Expected(?: nothing)?:?$|Differences \(")
_FATAL_FRAME = Pattern(r'\s*File "(?P<path>[^"]+)", line (?P<line>\d+),? in (?P<function>\w+)')
_FOREIGN = ("site-packages", "dist-packages", "/lib/python", "<frozen")


def _block(region: Region, index: int, test: str, reading: Reading) -> bool:
    """The block below one `___ test ___` line; False when nothing in it says what failed."""
    block = region.after(index, stop=_END, limit=400)
    errors = [i for i in block if _ERROR.match(region[i].text)]
    if not errors:
        crash = region.find(_CRASH, block)
        native = next((i for i in reversed(block) if _NATIVE.match(region[i].text)), None)
        errors = [crash[0]] if crash else [native] if native is not None else []
        test = crash[1]["test"] if crash else test
    places = [(i, hit) for i in reversed(block) if (hit := _PLACE.match(region[i].text))]
    own = next((p for p in places if not any(w in p[1]["path"] for w in _FOREIGN)), None)
    at, place = own or (places[0] if places else (None, None))
    unmet = region.find(_UNMET, block) if test.startswith(_DOCTEST) else None
    if unmet and place:
        told = [i for i in range(unmet[0], at or block.stop) if region[i].text.strip()][:8]
        reading.add(
            " ".join(region[i].text.strip() for i in told),
            title=index,
            cause=told[0],
            frames=() if at is None else at,
            detail=[*range(max(block.start, told[0] - 3), told[0]), *told[1:]],
            path=place["path"],
            line=place["line"],
            test=test,
            frame=f"{place['path']}:{place['line']}",
        )
        return True
    syntax = region.find(_SYNTAX, errors)
    if syntax and (found := region.find(_SYNTAX_PLACE, errors)):
        at, place = found
    cause = syntax[0] if syntax else errors[0] if errors else at
    if cause is None:
        return False
    message = region[cause].text.removeprefix("E   ").strip()
    reading.add(
        message,
        title=index,
        cause=cause,
        frames=() if at is None else at,
        detail=[*errors[:8], *range(max(block.start, cause - 3), cause)],
        path=place["path"] if place else "",
        line=place["line"] if place else 0,
        test=test,
        frame=f"{place['path']}:{place['line']}" if place else "",
        rule=_exception(message),
    )
    return True


def _exception(message: str) -> str:
    name = message.partition(":")[0]
    return name if name.endswith(("Error", "Exception", "Failed", "Exit")) else ""


def _short_name(test: str) -> str:
    """`TestCart.test_total[1]` for `test_cart.py::TestCart::test_total[1]`, as a block says it."""
    test = test.removeprefix(_DOCTEST)
    name, bracket, parameters = test.partition("[")
    return (
        name.partition("::")[2].replace("::", ".") + bracket + parameters if "::" in name else test
    )


def _short_summary(region: Region, reading: Reading) -> None:
    """The lines of the short summary name the tests; without a block they are all there is."""
    unnamed: dict[str, list[Finding]] = {}
    for finding in reading.findings:
        unnamed.setdefault(_short_name(finding.diagnostic.test), []).append(finding)
    for index, found in region.matches(_SHORT):
        test = found["test"]
        path = test.partition("::")[0]
        if not ("::" in test or path.endswith((".py", ".rst", ".md", ".txt"))):
            continue
        same = unnamed.get(_short_name(test), [])
        known = next((f for f in same if f.diagnostic.path.endswith(path)), None)
        known = known or (same[0] if same else None)
        if known:
            same.remove(known)
            reading.retitle(known, index, test)
        else:
            message = found["message"] or f"{found['kind'].lower()} {test}"
            reading.add(message, cause=index, path=path, test=test, rule=_exception(message))


def _stopped_early(region: Region, reading: Reading) -> None:
    """What ends a run before its report: conftest, options, pytest itself, the interpreter."""
    for index, found in region.matches(_CONFTEST):
        block = region.after(index, stop=_END, limit=60)
        cause = next((i for i in block if _ERROR.match(region[i].text)), index)
        message = region[cause].text.removeprefix("E").strip()
        reading.add(message, title=index, cause=cause, path=found["path"], rule=_exception(message))
    for index, found in region.matches(_USAGE):
        error = region.find(_USAGE_ERROR, region.after(index, limit=6))
        cause, message = (error[0], error[1]["message"]) if error else (index, found["message"])
        reading.add(message or "usage", title=index, cause=cause, failure_class=FailureClass.CONFIG)
    internal = list(region.matches(_INTERNAL))
    for index, found in internal[-1:]:
        reading.add(found["message"], cause=index, detail=region.before(index, limit=4))
    _fatal(region, reading)


def _fatal(region: Region, reading: Reading) -> None:
    """What ended the interpreter, with the test that its stack goes through.

    Either may stand behind the test's name or its dots on the same line. A test that failed for its
    time limit has a block of its own, which holds the stacks too.
    """
    for index, found in islice(region.searches(_FATAL), _MOST_FATAL):
        stack = region.after(index, limit=200)
        if found["timeout"]:
            failed = any(_BY_PLUGIN in region[i].text for f in reading.findings for i in f.roles)
            if failed or not (stack and _STACK.match(region[stack[0]].text)):
                continue  # the rule below the stacks
        frames = [
            (i, hit)
            for i in stack
            if (hit := _FATAL_FRAME.match(region[i].text))
            and not any(word in hit["path"] for word in _FOREIGN)
        ]
        tested = next((hit for _, hit in frames if hit["function"].startswith("test")), None)
        test = f"{tested['path'].rpartition('/')[2]}::{tested['function']}" if tested else ""
        if test and any(f.diagnostic.test.endswith(test) for f in reading.findings):
            continue  # the worker's end was told
        reading.add(
            found["message"] or "the test ran into its time limit",
            cause=index,
            frames=[i for i, _ in frames][:2],
            test=test,
            path=tested["path"] if tested else "",
            line=tested["line"] if tested else 0,
            failure_class=FailureClass.TIMEOUT if found["timeout"] else None,
        )


def _gates(region: Region, reading: Reading) -> None:
    """One diagnostic for the gate of a run, which may say it in two lines."""
    lines = list(region.searches(_COVERAGE))
    if lines:
        required = [line for line in lines if line[1]["message"].startswith("Required")]
        message = (required or lines)[0][1]["message"]
        reading.add(message, cause=[index for index, _ in lines][:4], rule="coverage")


def _marks(region: Region, reading: Reading, patterns: Iterable[Pattern]) -> None:
    for pattern in patterns:
        for index, _ in region.matches(pattern):
            reading.summary(index)


def read(region: Region, reading: Reading) -> None:
    """Blocks first, then the short summary that names them, then gates and counts."""
    for index, found in region.matches(_TITLE):
        _block(region, index, found["test"], reading)
    _short_summary(region, reading)
    _stopped_early(region, reading)
    _gates(region, reading)
    _marks(region, reading, (_COUNTS, _STOPPED))


FORMAT = Format(
    name="pytest",
    failure_class=FailureClass.TEST,
    anchors=(
        "___ ",
        "FAILED ",
        "ERROR ",
        " failed",
        " error",
        "!!! ",
        "= no tests ",
        "while loading conftest",
        "INTERNALERROR> ",
        "ERROR: ",
        "Required test coverage of",
        "Coverage failure: ",
        "Fatal Python error: ",
        "+ Timeout +",
    ),
    read=read,
)
