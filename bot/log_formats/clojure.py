"""clojure.test, kaocha, Leiningen, the compiler: `FAIL in (test) (file.clj:5)`, `expected:`.

https://clojure.github.io/clojure/clojure.test-api.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_TEST = Pattern(
    r"(?P<kind>FAIL|ERROR) in (?:\((?P<test>[^()\s]+)\)"
    r"|(?P<test2>(?!\./)\S+))(?: \((?P<path>[^():]+):(?P<line>-?\d+)\))?"
)
_END = Pattern(r"(?:FAIL|ERROR) in |Ran \d+ tests|lein test |Testing |\d+ tests, ")
_EXPECTED = Pattern(r"expected: (?P<text>.*)|Expected:$")
_ACTUAL = Pattern(r"\s+actual: (?P<text>.*)")
_FRAME = Pattern(r"\s+(?:at )?\(?[\w.$/*!?<>=+-]+ \((?P<path>\w[\w-]*\.clj[cs]?):(?P<line>\d+)\)")
_SYNTAX = Pattern(
    r"(?:Caused by: |Exception in thread \"main\" )?(?P<head>Syntax error(?: \((?P<rule>\w+)\))? "
    r"(?:macroexpanding|compiling|reading source)(?: \S+)? at "
    r"\((?P<path>[^():]*):(?P<line>\d+)(?::(?P<column>\d+))?\)\.?)(?P<text>.*)"
)
_EXECUTION = Pattern(
    r"(?P<head>Execution error(?: \((?P<rule>\w+)\))? at (?P<at>\S+) "
    r"\((?P<path>[^():]+):(?P<line>\d+)\)\.?)"
)
_OLD = Pattern(
    r".*(?:CompilerException|RuntimeException)\S*: (?P<text>.*?), "
    r"compiling:\((?P<path>[^():]+):(?P<line>\d+):(?P<column>\d+)\)"
)
_KONDO = Pattern(
    r"(?P<path>\S+\.(?:clj[cs]?|edn|bb)):(?P<line>\d+):(?P<column>\d+): error: (?P<text>.*)"
)
_ARTIFACT = Pattern(
    r"(?:Error building classpath\. )?(?P<text>Could not (?:find|transfer) artifact .*)"
)
_TEXT = Pattern(r"\s*\S")
_COUNTS = Pattern(
    r"(?:[1-9]\d* failures, \d+ errors|\d+ failures, [1-9]\d* errors)"
    r"|linting took \d+ms, errors: [1-9]|\d+ tests, \d+ assertions, .*(?:failure|error)"
)


def _tests(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_TEST):
        block = region.after(index, stop=_END, limit=60)
        expected = region.find(_EXPECTED, block)
        actual = region.find(_ACTUAL, block)
        lines = [hit[0] for hit in (expected, actual) if hit]
        text = " ".join(region[i].text.strip() for i in lines)
        if found["kind"] == "ERROR" and actual:
            lines, text = [actual[0]], actual[1]["text"]
        frame = region.find(_FRAME, block) if found["kind"] == "ERROR" else None
        path, line = (found["path"] or ""), (found["line"] or "")
        reading.add(
            text or f"{found['test'] or found['test2']} failed",
            title=index,
            cause=lines,
            frames=frame[0] if frame else (),
            detail=block[:8],
            path=path,
            line=line if line.isdigit() else 0,
            test=found["test"] or found["test2"],
            frame=f"{path}:{line}" if path and line.isdigit() else "",
        )


def _errors(region: Region, reading: Reading) -> None:
    for pattern in (_SYNTAX, _EXECUTION):
        for index, found in region.matches(pattern):
            values = found.groupdict()
            rest = (values.get("text") or "").strip()
            below = region.find(_TEXT, region.after(index, limit=2))
            told = below[0] if below and not rest else None
            reading.add(
                region[told].text if told is not None else rest or found["head"],
                title=index,
                cause=told if told is not None else (),
                path=found["path"],
                line=found["line"],
                column=values.get("column") or 0,
                rule=found["rule"] or "",
                failure_class=FailureClass.COMPILE if pattern is _SYNTAX else FailureClass.UNKNOWN,
            )


def read(region: Region, reading: Reading) -> None:
    """Tests, the compiler, the linter, artifacts that are not there, counts."""
    _tests(region, reading)
    _errors(region, reading)
    for index, found in region.matches(_OLD):
        reading.add(
            found["text"],
            cause=index,
            path=found["path"],
            line=found["line"],
            column=found["column"],
            failure_class=FailureClass.COMPILE,
        )
    for index, found in region.matches(_KONDO):
        reading.add(
            found["text"],
            cause=index,
            path=found["path"],
            line=found["line"],
            column=found["column"],
            tool="clj-kondo",
            failure_class=FailureClass.LINT,
        )
    for index, found in region.matches(_ARTIFACT):
        reading.add(
            found["text"], cause=index, tool="leiningen", failure_class=FailureClass.DEPENDENCY
        )
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="clojure",
    failure_class=FailureClass.TEST,
    anchors=(
        "FAIL in ", "ERROR in ", "Syntax error ", "Execution error ", "compiling:(", ".clj:",
        ".cljs:", ".cljc:", "artifact ", " failures, ", "linting took", " assertions, ",
    ),
    read=read,
)  # fmt: skip
