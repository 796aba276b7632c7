"""cl, link, rc, nmake and nvcc on Windows: `cart.cpp(9,16): error C2065: message`.

MSBuild appends `[cart.vcxproj]` and prints each error again at the end.
https://learn.microsoft.com/cpp/error-messages/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ERROR = Pattern(
    r"\s*(?:\d+>)?(?P<path>(?:[A-Za-z]:)?[^\s:(][^:(]*?)(?:\((?P<line>\d+)(?:,(?P<column>\d+))?\))? ?: "
    r"(?:Command line |command line )?(?:fatal )?error (?P<rule>(?:C|LNK|D|RC|CVT|A)\d{4}) ?: (?P<message>.+?)"
    r"(?: \[(?P<project>[^\]]+proj)\])?$"
)
_NMAKE = Pattern(r"NMAKE : fatal error (?P<rule>U\d+): (?P<message>.+)")
_UNRESOLVED = Pattern(
    r"unresolved external symbol (?P<symbol>.+?)(?: referenced in function (?P<function>.+))?$"
)
_NOTE = Pattern(r".*(?:: note: |\): message : |    (?:with|see|could be|or)\b)")
_NEXT = Pattern(r".*: (?:fatal )?(?:error|warning) ")
_WARNING = Pattern(r".*: warning (?P<rule>C\d{4}): (?P<message>.+?)(?: \[[^\]]+proj\])?$")
_CASCADE = {"LNK1120", "LNK1319", "C1003", "C2220"}
_WERROR = "C2220"


def _symbol(message: str) -> str:
    """The missing symbol without the function that needs it, which varies by object."""
    found = _UNRESOLVED.match(message)
    return f"unresolved external symbol {found['symbol']}" if found else message


def read(region: Region, reading: Reading) -> None:
    """Each error once; the count of the linker and nmake's last words are summaries."""
    seen: set[tuple[str, ...]] = set()
    for index, found in region.matches(_ERROR):
        key = (found["path"], found["line"] or "", found["rule"], found["message"])
        if key in seen:
            reading.noise((index,))
            continue
        seen.add(key)
        if found["rule"] in _CASCADE and found["rule"] != _WERROR:
            reading.summary(index)
            continue
        named = _WARNING.match(region[index + 1].text) if index + 1 < len(region) else None
        if found["rule"] == _WERROR and named:
            reading.add(
                named["message"],
                title=index,
                cause=index + 1,
                path=found["path"],
                line=found["line"] or 0,
                rule=named["rule"],
            )
            continue
        linker = found["rule"].startswith("LNK")
        notes = []
        for i in region.after(index, stop=_NEXT, limit=6):
            if not _NOTE.match(region[i].text):
                break
            notes.append(i)
        reading.add(
            _symbol(found["message"]),
            cause=index,
            detail=notes,
            path="" if found["path"].strip().upper() in {"LINK", "CL"} else found["path"],
            line=found["line"] or 0,
            column=found["column"] or 0,
            rule=found["rule"],
            tool="msvc link" if linker else "",
        )
    for index, found in region.matches(_NMAKE):
        if reading.findings:
            reading.summary(index)
        else:
            above = region.before(index, limit=6)
            reading.add(
                found["message"],
                title=index,
                detail=reversed(above),
                rule=found["rule"],
                tool="nmake",
                failure_class=FailureClass.UNKNOWN,
            )


FORMAT = Format(
    name="msvc",
    failure_class=FailureClass.COMPILE,
    anchors=(
        "error C",
        "error LNK",
        "error D8",
        "error RC",
        "error CVT",
        "error A",
        "fatal error U",
    ),
    read=read,
)
