"""ExUnit: `  1) test title (Module)`, place, message, `code:`, `stacktrace:`; the counts.

https://hexdocs.pm/ex_unit/ExUnit.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_TITLE = Pattern(
    r"\s+\d+\) (?P<test>(?:test|property|doctest|feature|describe)\b.* \([A-Z][\w.]*\)"
    r"|[A-Z][\w.]*: failure on setup_all.*)$"
)
_END = Pattern(
    r"\s+\d+\) \S.*\)$|Finished in |\s*\d+ (?:tests?|doctests?|propert)|Randomized with"
    r"|Running ExUnit"
)
_PLACE = Pattern(r"\s+(?P<path>(?!deps/)\S+\.(?:exs?|eex|heex)):(?P<line>\d+)$")
_MESSAGE = Pattern(r"\s+(?:\*\* \((?P<rule>[\w.]+|EXIT from #PID<[\d.]+>)\) )?(?P<text>\S.*)")
_CODE = Pattern(r"\s+code: +(?:assert |refute )?(?P<code>\S.*)")
_SIDE = Pattern(r"\s+(?P<side>left|right): +(?P<value>.*)")
_FRAME = Pattern(r"\s+(?!\(\w+[\w .-]*\d\)|deps/)(?:\(\w+\) )?(?P<path>\S+\.exs?):(?P<line>\d+): ")
_COUNTS = Pattern(
    r"(?:\d+ \w+, )*\d+ (?:tests?|propert\w+|doctests?).*, (?P<failures>\d+) failures?"
)


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each numbered test; then counts."""
    for index, found in region.matches(_TITLE):
        block = region.after(index, stop=_END, limit=80)
        place = region.find(_PLACE, block[:2])
        start = place[0] + 1 if place else block.start
        cause = region.find(_MESSAGE, range(start, block.stop))
        frame = region.find(_FRAME, block)
        sides = [i for i in block if _SIDE.match(region[i].text)]
        where = frame or place
        rule = (cause[1]["rule"] or "") if cause else ""
        causes = [cause[0]] if cause else []
        text = cause[1]["text"] if cause else f"{found['test']} failed"
        if rule.startswith("EXIT") and cause:  # the exception that came from the other process
            inner = region.find(_MESSAGE, range(cause[0] + 1, block.stop))
            causes += [inner[0]] if inner else []
            text = f"{text} {inner[1]['text']}" if inner else text
        elif code := region.find(_CODE, block):
            text = f"{text}: {code[1]['code']}"
        reading.add(
            text,
            title=index,
            cause=causes,
            frames=[hit[0] for hit in (frame, place) if hit],
            detail=[*sides, *range(start, min(start + 8, block.stop))],
            path=where[1]["path"] if where else "",
            line=where[1]["line"] if where else 0,
            rule="EXIT" if rule.startswith("EXIT") else rule,
            test=found["test"],
            frame=f"{where[1]['path']}:{where[1]['line']}" if where else "",
        )
    for index, counts in region.matches(_COUNTS):
        if counts["failures"] != "0":
            reading.summary(index)


FORMAT = Format(
    name="exunit",
    failure_class=FailureClass.TEST,
    anchors=(
        ") test ",
        ") property ",
        ") doctest ",
        ") feature ",
        "failure on setup_all",
        " failure",
    ),
    read=read,
)
