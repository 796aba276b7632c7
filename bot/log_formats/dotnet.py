"""dotnet build and restore, MSBuild: `Cart.cs(9,16): error CS0103: message [Cart.csproj]`.

Every error is printed where it happens and again below `Build FAILED.`. C++ is msvc's.
https://learn.microsoft.com/visualstudio/msbuild/msbuild-diagnostic-format-for-tasks
"""

from bot.log_formats.reading import Finding, Format, Pattern, Reading, Region, Role
from bot.outcomes import FailureClass

_ERROR = Pattern(
    r"\s*(?:\d+>)?(?:(?P<path>(?:[A-Za-z]:)?[^\s:(][^:(]*?)(?:\((?P<line>\d+)(?:[,-](?P<column>\d+))?(?:,\d+,\d+)?\))? ?: )?"
    r"(?:\w+ )?error (?P<rule>[A-Za-z]{1,10}\d{3,6})? ?: (?P<message>.+?)(?: \[(?P<project>[^\]]+proj)(?:::[^\]]*)?\])?$"
)
_NATIVE = Pattern(r"(?:C\d{4}|LNK\d+|D8\d+|RC\d+|U\d{4}|TS\d+|CVT\d+|A\d{4}|TESTERROR)$")
_LINT = Pattern(
    r"(?:CA|IDE|SA|SX|RCS|xUnit|NUnit|MSTEST|S|VSTHRD|MA|ASP|BL|EF|RS|SYSLIB|WHITESPACE|IMPORTS|FINALNEWLINE|CHARSET)\d*$"
)
_FORMAT = Pattern(
    r"(?P<path>\S.*?)\((?P<line>\d+),(?P<column>\d+)\): error (?P<rule>WHITESPACE|IMPORTS|FINALNEWLINE|CHARSET|ENDOFLINE): (?P<message>.+?)(?: \[.*)?$"
)
_COUNT = Pattern(r"\s+[1-9]\d* Error\(s\)|Build FAILED\.|Build failed with [1-9]\d* error")
_EMPTY = Pattern(r"\s+0 Error\(s\)")
_SDK = Pattern(
    r"(?P<message>(?:A compatible \.NET SDK was not found|The command could not be loaded|Requested SDK version: .*"
    r"|You must install or update \.NET to run.*|The framework '.*was not found|It was not possible to find any (?:installed|compatible).*))"
)
_CONTINUED = Pattern(r".* error NU\d+:  +\S")
_EXITED = Pattern(r"(?:MSB3073|MSB3721|MSB6006|MSB3077|MSB4181)$")
_DOWN = Pattern(r".*(?:50[0234] \(|timed out|timeout|Connection reset)")


def _kind(rule: str, message: str) -> FailureClass:
    if rule.startswith("NU"):
        down = rule == "NU1301" and _DOWN.match(message)
        return FailureClass.INFRASTRUCTURE if down else FailureClass.DEPENDENCY
    if rule.startswith(("NETSDK", "MSB")):
        return FailureClass.CONFIG
    return FailureClass.LINT if _LINT.match(rule) else FailureClass.COMPILE


def _errors(region: Region, reading: Reading) -> list[int]:
    """Each error once; returns the lines that only tell of a command's exit code."""
    seen: set[tuple[str, ...]] = set()
    exits: list[int] = []
    last: tuple[int, Finding] | None = None
    for index, found in region.matches(_ERROR):
        rule, path = found["rule"] or "", found["path"] or ""
        if _NATIVE.match(rule) or not (rule or found["project"]):
            continue
        key = (path, found["line"] or "", rule, found["message"])
        if key in seen:
            reading.noise((index,))
            continue
        seen.add(key)
        if _EXITED.match(rule):
            exits.append(index)
            continue
        if last and last[0] == index - 1 and rule.startswith("NU"):
            known = last[1].diagnostic
            if (known.path, known.rule) == (path, rule) and _CONTINUED.match(region[index].text):
                reading.extend(last[1], Role.DETAIL, (index,))
                continue
        finding = reading.add(
            found["message"],
            cause=index,
            path=path if path not in {"CSC", "FSC", "VBC", "MSBUILD"} else "",
            line=found["line"] or 0,
            column=found["column"] or 0,
            rule=rule,
            failure_class=_kind(rule, found["message"]),
        )
        last = index, finding
    return exits


def read(region: Region, reading: Reading) -> None:
    """Errors, commands that ended with a code, SDKs that are not there, counts."""
    exits = _errors(region, reading)
    for index in exits:  # `Exec` or a tool ended with a code: what it printed stands above
        above = region.before(index, limit=6)
        reading.add(
            region[index].text,
            title=index,
            detail=reversed(above),
            failure_class=FailureClass.UNKNOWN,
        )
    for index, found in region.matches(_FORMAT):
        reading.add(
            found["message"],
            cause=index,
            path=found["path"],
            line=found["line"],
            column=found["column"],
            rule=found["rule"],
            tool="dotnet format",
            failure_class=FailureClass.LINT,
        )
    for index, found in region.matches(_SDK):
        reading.add(
            found["message"],
            cause=index,
            detail=region.after(index, limit=6),
            failure_class=FailureClass.CONFIG,
        )
    for index, _ in region.matches(_COUNT):
        reading.summary(index)
    reading.noise(index for index, _ in region.matches(_EMPTY))


FORMAT = Format(
    name="dotnet",
    failure_class=FailureClass.COMPILE,
    anchors=(
        "error ",
        "Error(s)",
        "Build FAILED",
        "Build failed with",
        "SDK was not found",
        "Requested SDK version",
        "You must install or update .NET",
        "The framework '",
        "It was not possible to find any",
    ),
    read=read,
)
