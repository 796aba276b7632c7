"""conda, mamba: `PackagesNotFoundError:`, `LibMambaUnsatisfiableError:`, `Could not solve`.

https://docs.conda.io/projects/conda/en/stable/user-guide/troubleshooting.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ERROR = Pattern(
    r"\s*(?P<rule>PackagesNotFoundError|ResolvePackageNotFound|UnsatisfiableError|LibMambaUnsatisfiableError|CondaHTTPError|CondaSSLError"
    r"|CondaEnvException|CondaError|CondaValueError|CondaVerificationError|CondaToSNonInteractiveError|EnvironmentFileNotFound"
    r"|EnvironmentLocationNotFound|EnvironmentNameNotFound|SpecsConfigurationConflictError|ChecksumMismatchError|InvalidMatchSpec"
    r"|InvalidVersionSpec|SafetyError|ClobberError|UnavailableInvalidChannel|NoWritableEnvsDirError): ?(?P<message>.*)"
)
_MAMBA = Pattern(r"\s*(?:error +libmamba|critical libmamba|error    ) ?(?P<message>\S.*)")
_ITEM = Pattern(r"\s*(?:[-└├│]+[─ ]*|\S{1,3}[Çö]\S* )\s*(?P<message>\S.*)")
_HTTP = Pattern(r".*(?:HTTP 000|HTTP 5\d\d|HTTP 429)")
_CONFIG = (
    "CondaError", "CondaValue", "CondaToS", "EnvironmentFile", "EnvironmentLocation", "EnvironmentName", "NoWritable",
)  # fmt: skip


def _class(rule: str, message: str) -> FailureClass | None:
    if rule == "CondaHTTPError" and _HTTP.match(message):
        return FailureClass.INFRASTRUCTURE
    return FailureClass.CONFIG if rule.startswith(_CONFIG) else None


def _add(region: Region, reading: Reading, index: int, rule: str, message: str) -> None:
    block = region.after(index, limit=16)
    items: list[int] = []
    for at in block:
        if _ITEM.match(region[at].text):
            items.append(at)
        elif items:
            break
    first = _ITEM.match(region[items[0]].text) if items else None
    reading.add(
        first["message"] if first else message or rule,
        title=index if first else (),
        cause=items[0] if items else index,
        detail=items[1:6] or [i for i in block[:6] if region[i].text.strip()],
        rule=rule,
        failure_class=_class(rule, message),
    )


def read(region: Region, reading: Reading) -> None:
    """Errors by their class; the first package that is named is the cause."""
    for index, found in region.matches(_ERROR):
        _add(region, reading, index, found["rule"], found["message"])
    told: set[str] = set()
    for index, found in region.matches(_MAMBA):
        if found["message"] in told:
            reading.summary(index)  # `critical` repeats what `error` said
        else:
            told.add(found["message"])
            _add(region, reading, index, "", found["message"])


FORMAT = Format(
    name="conda",
    failure_class=FailureClass.DEPENDENCY,
    anchors=(
        "PackagesNotFoundError",
        "ResolvePackageNotFound",
        "UnsatisfiableError",
        "Conda",
        "EnvironmentFileNotFound",
        "EnvironmentLocationNotFound",
        "EnvironmentNameNotFound",
        "SpecsConfigurationConflictError",
        "ChecksumMismatchError",
        "InvalidMatchSpec",
        "InvalidVersionSpec",
        "UnavailableInvalidChannel",
        "libmamba",
    ),
    read=read,
)
