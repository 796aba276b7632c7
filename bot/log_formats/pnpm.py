"""pnpm: ` ERR_PNPM_CODE  message`; `ELIFECYCLE` and the recursive codes only pass a failure on.

https://pnpm.io/errors
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_CODE = Pattern(r"\s*(?:\[?ERROR\]?:? +)?\[?(?P<rule>ERR_PNPM_\w+)\]?:?\s+(?P<message>\S.*)")
_PASSED_ON = Pattern(r"\s*ELIFECYCLE\s|\s*Exit status \d+$|\s*WARN\s+Local package\.json exists")
_STOP = Pattern(r"##|\s*ERR_PNPM_|npm |Progress: ")
_NETWORK = Pattern(
    r".*(?:ETIMEDOUT|ECONNRESET|EAI_AGAIN|ERR_SOCKET_TIMEOUT|ESOCKETTIMEDOUT|\b50[0234]\b|\b429\b)"
)
_CONFIG = (
    "NO_SCRIPT",
    "NO_PKG_MANIFEST",
    "BAD_PM_VERSION",
    "INVALID_",
    "UNKNOWN_",
    "NO_GLOBAL",
    "CONFIG",
)


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each code with the lines that explain it."""
    for index, found in region.matches(_CODE):
        rule = found["rule"]
        if "RECURSIVE" in rule and "FAIL" in rule:
            reading.summary(index)  # says which package's script failed
            continue
        below = region.after(index, stop=_STOP, limit=14)
        kind = FailureClass.DEPENDENCY
        if ("FETCH" in rule or "TARBALL" in rule) and _NETWORK.match(found["message"]):
            kind = FailureClass.INFRASTRUCTURE
        elif rule.removeprefix("ERR_PNPM_").startswith(_CONFIG):
            kind = FailureClass.CONFIG
        reading.add(
            found["message"],
            cause=index,
            detail=[i for i in below if region[i].text.strip()],
            rule=rule,
            failure_class=kind,
        )
    reading.noise(index for index, _ in region.matches(_PASSED_ON))


FORMAT = Format(
    name="pnpm",
    failure_class=FailureClass.DEPENDENCY,
    anchors=("ERR_PNPM_", "ELIFECYCLE", "Exit status ", "Local package.json exists"),
    read=read,
)
