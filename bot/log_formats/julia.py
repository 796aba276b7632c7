"""Julia: `Test Failed at file:line`, `Error During Test at`, `ERROR: LoadError:`, Pkg.

https://docs.julialang.org/en/v1/stdlib/Test/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_TEST = Pattern(
    r"(?P<test>.*?): ?(?P<kind>Test Failed|Error During Test) at (?P<path>\S+?):(?P<line>\d+)$"
    r"|(?P<kind2>Test Failed|Error During Test) at (?P<path2>\S+?):(?P<line2>\d+)$"
)
_END = Pattern(r".*(?:Test Failed|Error During Test) at |Test Summary:|ERROR: ")
_EXPRESSION = Pattern(
    r"\s+(?:Expression|Test threw exception|Got exception outside): ?(?P<text>.*)"
)
_EVALUATED = Pattern(
    r"\s+(?:Evaluated|Expected|Thrown|No exception thrown|Message|Value): ?(?P<text>.*)"
)
_THROWN = Pattern(
    r"\s+(?!Stacktrace|\[\d+\]|Test threw|Expression|@ )(?P<text>\w*(?:Error|Exception)?\S.*)"
)
_ERROR = Pattern(r"ERROR: (?:LoadError: |InitError: )*(?P<text>.+)")
_TRAILER = Pattern(
    r"(?:Some tests did not pass|There was an error during testing"
    r"|Package \S+ errored during testing|failed process: )"
)
_IN = Pattern(r"in expression starting at (?P<path>\S+?):(?P<line>\d+)")
_COUNTS = Pattern(
    r"Test Summary: +\|.*(?:Fail|Error)|ERROR: .*(?:Some tests did not pass"
    r"|errored during testing)"
)
_UNSATISFIABLE = Pattern(
    r"ERROR: (?P<text>Unsatisfiable requirements detected for package \S+.*"
    r"|.*expected package .* to be registered.*|Package \S+ not found in current path.*)"
)
_STACK = Pattern(r"\s*Stacktrace:")
_TABLE_END = Pattern(r"ERROR|$")


def _tests(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_TEST):
        path = found["path"] or found["path2"]
        line = found["line"] or found["line2"]
        block = region.after(index, stop=_END, limit=40)
        evaluated = region.find(_EVALUATED, block)
        expression = region.find(_EXPRESSION, block)
        lines = [hit[0] for hit in (expression, evaluated) if hit]
        if "Error During" in region[index].text:
            start = expression[0] + 1 if expression else block.start
            thrown = next(
                (
                    i
                    for i in range(start, block.stop)
                    if _THROWN.match(region[i].text) and not region[i].text.startswith("  Expr")
                ),
                None,
            )
            lines = [thrown] if thrown is not None else lines
        reading.add(
            " ".join(region[i].text.strip() for i in lines) or region[index].text,
            title=index,
            cause=lines,
            detail=block[:8],
            path=path,
            line=line,
            test=found["test"] or "",
            frame=f"{path}:{line}",
        )


def read(region: Region, reading: Reading) -> None:
    """Tests, Pkg's solver, errors of scripts, the table."""
    _tests(region, reading)
    for index, found in region.matches(_UNSATISFIABLE):
        reading.add(
            found["text"],
            cause=index,
            detail=region.after(index, limit=8),
            failure_class=FailureClass.DEPENDENCY,
        )
    for index, found in region.matches(_ERROR):
        if _TRAILER.match(found["text"]) or _UNSATISFIABLE.match(region[index].text):
            continue
        place = region.find(_IN, region.after(index, limit=40))
        if place is None and not region.find(_STACK, region.after(index, limit=8)):
            continue
        reading.add(
            found["text"],
            cause=index,
            frames=place[0] if place else (),
            detail=region.after(index, limit=5),
            path=place[1]["path"] if place else "",
            line=place[1]["line"] if place else 0,
        )
    for index, found in region.matches(_COUNTS):
        reading.summary(index)
        if found[0].startswith("Test Summary"):
            reading.summary(*region.after(index, stop=_TABLE_END, limit=3))


FORMAT = Format(
    name="julia",
    failure_class=FailureClass.TEST,
    anchors=("Test Failed at ", "Error During Test at ", "ERROR: ", "Test Summary:"),
    read=read,
)
