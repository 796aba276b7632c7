"""mix: compiler errors and warnings as errors, formatting, Hex, Credo, Dialyzer.

https://hexdocs.pm/mix/Mix.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_RAISED = Pattern(r"\*\* \((?P<rule>[A-Z][\w.]*|exit)\) ?(?P<text>.*)")
_OLD_PLACE = Pattern(
    r"(?P<path>\S+?\.(?:exs?|eex|heex|leex)):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<text>.*)"
)
_FAILED = Pattern(r"== Compilation error in file (?P<path>\S+) ==")
_ERROR = Pattern(r"\s*error: (?P<text>.+)")
_PLACE = Pattern(
    r"\s*(?:└─|\W{1,9}) (?P<path>\S+?\.(?:exs?|eex|heex|erl)):(?P<line>\d+)(?::(?P<column>\d+))?"
)
_OLD_AT = Pattern(r"  (?P<path>\S+\.(?:exs?|eex|heex)):(?P<line>\d+)")
_WARNINGS = Pattern(
    r"Compilation failed due to warnings while using the --warnings-as-errors option"
)
_WARNING = Pattern(r"\s*warning: (?P<text>.+)")
_FORMAT = Pattern(r"(?:\*\* \(Mix\) )?mix format failed due to --check-formatted")
_UNFORMATTED = Pattern(r"\s+\* (?P<path>\S+\.(?:exs?|heex))$")
_HEX = Pattern(
    r"(?:\*\* \(Mix\) )?(?P<text>Hex dependency resolution failed.*|.*Failed to use \".*"
    r"|Unchecked dependencies for environment .*|Could not (?:compile|start) dependency.*"
    r"|Can't continue due to errors on dependencies|Your lock ?file .*out of date.*)"
)
_WHY = Pattern(
    r"(?:Because|So,|And|Thus|Failed to use|\* \S+ \().*|  (?:lock mismatch|the dependency).*"
)
_CREDO = Pattern(r"[┃|\W]{1,6} \[(?P<category>[A-Z])\] \S{1,4} (?P<text>\S.*)")
_CREDO_PLACE = Pattern(
    r"[┃|\W]{1,8} +(?P<path>\S+\.exs?):(?P<line>\d+)(?::(?P<column>\d+))?(?: #\((?P<scope>.*)\))?"
)
_DIALYZER = Pattern(
    r"(?P<path>\S+\.exs?):(?P<line>\d+)(?::(?P<column>\d+))?:(?P<rule>[a-z_]+)(?: (?P<text>.*))?$"
)
_DIALYZED = Pattern(r"Total errors: (?P<count>\d+), Skipped")
_END = Pattern(r"\s*(?:error|warning): |==> |\*\* \(|Compiling |Generated ")


def _compiler(region: Region, reading: Reading) -> None:
    found_any = False
    for index, found in region.matches(_ERROR):
        block = region.after(index, stop=_END, limit=20)
        place = region.find(_PLACE, block) or region.find(_OLD_AT, block)
        if place is None:
            continue
        found_any = True
        _placed(region, reading, index, found["text"], place[0], FailureClass.COMPILE)
    for index, found in region.matches(_RAISED):
        old = _OLD_PLACE.match(found["text"])
        title = region.find(_FAILED, region.before(index, limit=1))
        if old:
            reading.add(
                old["text"],
                title=title[0] if title else (),
                cause=index,
                path=old["path"],
                line=old["line"],
                column=old["column"] or 0,
                rule=found["rule"],
                failure_class=FailureClass.COMPILE,
            )
        elif title and not found_any:
            reading.add(
                found["text"],
                title=title[0],
                cause=index,
                path=title[1]["path"],
                rule=found["rule"],
                failure_class=FailureClass.COMPILE,
            )
        elif (
            found["rule"] == "Mix"
            and not _HEX.match(found["text"])
            and not _FORMAT.match(region[index].text)
        ):
            reading.add(found["text"], cause=index, rule="Mix")


def _placed(
    region: Region, reading: Reading, index: int, text: str, at: int, kind: FailureClass
) -> None:
    place = _PLACE.match(region[at].text) or _OLD_AT.match(region[at].text)
    if place is None:
        return
    values = place.groupdict()
    reading.add(
        text,
        cause=index,
        frames=at,
        detail=range(index + 1, at),
        path=values["path"],
        line=values["line"],
        column=values.get("column") or 0,
        failure_class=kind,
    )


def _warnings(region: Region, reading: Reading) -> None:
    """Warnings are findings only where they fail the build."""
    failed = [index for index, _ in region.matches(_WARNINGS)]
    reading.summary(*failed)
    if not failed:
        return
    for index, found in region.matches(_WARNING):
        if index > failed[-1]:
            break
        block = region.after(index, stop=_END, limit=20)
        place = region.find(_PLACE, block) or region.find(_OLD_AT, block)
        if place and "/deps/" not in region[place[0]].text:
            _placed(region, reading, index, found["text"], place[0], FailureClass.COMPILE)


def _checks(region: Region, reading: Reading) -> None:
    for index, _ in region.matches(_FORMAT):
        reading.summary(index)
        for i in region.after(index, limit=200):
            if found := _UNFORMATTED.match(region[i].text):
                reading.add(
                    "is not formatted",
                    cause=i,
                    path=found["path"],
                    tool="mix format",
                    failure_class=FailureClass.LINT,
                )
    for index, found in region.matches(_CREDO):
        place = region.find(_CREDO_PLACE, region.after(index, limit=3))
        if place:
            reading.add(
                found["text"],
                cause=index,
                frames=place[0],
                path=place[1]["path"],
                line=place[1]["line"],
                column=place[1]["column"] or 0,
                tool="credo",
                failure_class=FailureClass.LINT,
            )
    for index, found in region.matches(_DIALYZER):
        below = region.after(index, limit=1)
        text = found["text"] or (region[below[0]].text if below else found["rule"])
        reading.add(
            text,
            cause=index,
            detail=below,
            path=found["path"],
            line=found["line"],
            rule=found["rule"],
            tool="dialyzer",
            failure_class=FailureClass.TYPE,
        )
    for index, counts in region.matches(_DIALYZED):
        if counts["count"] != "0":
            reading.summary(index)


def read(region: Region, reading: Reading) -> None:
    """Compiler, warnings as errors, checks, dependencies."""
    _compiler(region, reading)
    _warnings(region, reading)
    _checks(region, reading)
    for index, found in region.matches(_HEX):
        near = [*region.before(index, limit=12), *region.after(index, limit=20)]
        why = [i for i in near if _WHY.match(region[i].text)]
        reading.add(
            region[why[0]].text if why else found["text"],
            title=index if why else (),
            cause=why[0] if why else index,
            detail=why[1:5],
            failure_class=FailureClass.DEPENDENCY,
        )


FORMAT = Format(
    name="mix",
    failure_class=FailureClass.CONFIG,
    anchors=(
        "** (", "error: ", "warning: ", "--warnings-as-errors", "--check-formatted",
        "dependency resolution failed", "Unchecked dependencies", "dependencies", "[F] ", "[W] ",
        "[R] ", "[C] ", "[D] ", ".ex:", ".exs:", "Total errors: ",
    ),
    read=read,
)  # fmt: skip
