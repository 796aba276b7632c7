"""PowerShell and Pester: the `Line |` frame, `At file:n char:n`, `[-] test`.

https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_try_catch_finally
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_FRAME = Pattern(r"Line \|\s*$")
_HEAD = Pattern(r"(?P<rule>[\w.-]+): (?P<path>(?:[A-Za-z]:)?[^:]+\.ps[dm]?1):(?P<line>\d+)\s*$")
_INSIDE = Pattern(r"\s+(?:\d+ )?\|\s{1,3}(?P<text>\S.*)")
_NUMBER = Pattern(r"\s+\d+ \|")
_MARK = Pattern(r"\s+\|\s+[~\s]+$")
_AT = Pattern(r"At (?P<path>(?:[A-Za-z]:)?[^:]+):(?P<line>\d+) char:(?P<column>\d+)")
_ID = Pattern(r"\s*\+ FullyQualifiedErrorId : (?P<rule>[^,\s]+)")
_TEXT = Pattern(r"\s*\S")
_RECOGNIZED = Pattern(
    r"(?:\S+ ?: )?(?P<text>The term '.*' is not recognized as (?:the )?(?:a )?name of a cmdlet.*)"
)
# Anybody prints `[-] text`: Pester gives the time, or says what of its own failed.
_PESTER = Pattern(
    r"\s*\[-\] (?P<test>\S.*?)(?: [\d.,]+m?s(?: \([^)]*\))?"
    r"|(?<= failed with:)|(?<= block failed)|(?<= failed))$"
)
_RUNS = Pattern(
    r"Pester v\d|Starting discovery in |Running tests from |Executing all tests in |Tests completed in "
    r"|Tests Passed: \d"
)
_PESTER_AT = Pattern(
    r"\s*at (?:<ScriptBlock>, |.*, )?(?P<path>(?:[A-Za-z]:)?[^:,]+\.ps1): ?(?:line )?(?P<line>\d+)"
)
_NEXT_TEST = Pattern(r"\s*\[[-+!?]\] ")
_COUNTS = Pattern(r"Tests Passed: \d+, Failed: [1-9]")
_TEMPORARY = Pattern(r".*[/\\]_temp[/\\]")


def _new_style(region: Region, reading: Reading) -> None:
    for index, _ in region.matches(_FRAME):
        head = region.find(_HEAD, region.before(index, limit=1))
        block = region.after(index, limit=12)
        said = [
            i
            for i in block
            if _INSIDE.match(region[i].text)
            and not _NUMBER.match(region[i].text)
            and not _MARK.match(region[i].text)
        ]
        found = _INSIDE.match(region[said[0]].text) if said else None
        path = head[1]["path"] if head and not _TEMPORARY.match(head[1]["path"]) else ""
        reading.add(
            found["text"] if found else region[index].text,
            title=head[0] if head else (),
            cause=said[0] if said else index,
            detail=[*said[1:3], *block[:2]],
            path=path,
            line=head[1]["line"] if head and path else 0,
            rule=head[1]["rule"] if head else "",
        )


def _old_style(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_AT):
        above = region.before(index, limit=1)
        name = region.find(_ID, region.after(index, limit=8))
        if not above or name is None:
            continue
        path = "" if _TEMPORARY.match(found["path"]) else found["path"]
        reading.add(
            region[above[0]].text,
            cause=above[0],
            frames=index,
            detail=region.after(index, limit=5),
            path=path,
            line=found["line"] if path else 0,
            column=found["column"] if path else 0,
            rule=name[1]["rule"],
        )


def read(region: Region, reading: Reading) -> None:
    """Errors of both generations of PowerShell, then Pester."""
    _new_style(region, reading)
    _old_style(region, reading)
    for index, found in region.matches(_RECOGNIZED):
        reading.add(found["text"], cause=index, rule="CommandNotFoundException")
    running = {region[index].step for index, _ in region.matches(_RUNS)}
    for index, found in region.matches(_PESTER):
        if region[index].step not in running:
            continue
        block = region.after(index, stop=_NEXT_TEST, limit=20)
        cause = region.find(_TEXT, block)
        place = region.find(_PESTER_AT, block)
        if cause is None:
            continue
        reading.add(
            region[cause[0]].text.strip(),
            title=index,
            cause=cause[0],
            frames=place[0] if place else (),
            detail=block[:6],
            path=place[1]["path"] if place else "",
            line=place[1]["line"] if place else 0,
            test=found["test"],
            tool="pester",
            failure_class=FailureClass.TEST,
        )
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="powershell",
    failure_class=FailureClass.CONFIG,
    anchors=(
        "Line |",
        " char:",
        "is not recognized as",
        "[-] ",
        "Tests Passed: ",
        "Pester v",
        "Starting discovery in ",
        "Running tests from ",
        "Executing all tests in ",
        "Tests completed in ",
    ),
    read=read,
)
