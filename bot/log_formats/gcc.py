"""gcc, clang, clang-tidy, cppcheck, nvcc, gfortran: `file:line:column: error: message [-Wflag]`.

clang-cl and nvcc print `file(line,column): error: message`.
https://gcc.gnu.org/onlinedocs/gcc/Diagnostic-Message-Formatting-Options.html
https://clang.llvm.org/docs/UsersManual.html#formatting-of-diagnostics
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_SUFFIX = (
    r"(?:c|cc|cpp|cxx|c\+\+|C|h|hh|hpp|hxx|h\+\+|H|inl|ipp|ixx|tpp|tcc|inc|def|cppm|ccm|m|mm|cu|cuh|hip|cl"
    r"|metal|s|S|asm|f|F|for|f90|F90|f95|f03|f08|ll|y|yy|l|in|ino|pch|pcm|i|ii|x|dts|dtsi|glsl|td|proto)"
)
_ERROR = Pattern(
    r"(?P<path>(?:[A-Za-z]:)?[^\s:(][^:()]*\." + _SUFFIX + r")"
    r"(?::(?P<line>\d+)(?::(?P<column>\d+))?:|\((?P<line2>\d+)(?:,(?P<column2>\d+))?\) ?:)"
    r" (?:(?:fatal|internal compiler|catastrophic) )?[Ee]rror(?: #[\w-]+)?: (?P<message>.+)"
)
_RULE = Pattern(r"(?P<message>.*\S) \[(?P<rule>-?[\w,.=+-]+)\]$")
_CPPCHECK = Pattern(r"[a-z]+(?:[A-Z]\w*)+$")
"""The rules of cppcheck, `[nullPointer]`; those of compilers and clang-tidy have hyphens."""
_DRIVER = Pattern(
    r"(?:[\w./+-]*(?:gcc|g\+\+|cc1|cc1plus|cc|c\+\+|clang|clang\+\+|clang-\d+|nvcc|gfortran|f951|emcc|lto1|lto-wrapper)"
    r"(?:-\d+)?(?:\.exe)?) ?: (?:fatal |fatal   : )?error ?: (?P<message>.+)"
)
_LINK = Pattern(r"(?:linker command failed|ld returned|linker command invoked)")
_FORTRAN = Pattern(r"(?:Fatal )?Error: (?P<message>.+)")
_FORTRAN_PLACE = Pattern(r"(?P<path>[^\s:]+\.[fF]\w*):(?P<line>\d+):(?P<column>\d+):$")
_NEXT = Pattern(
    r"(?:[A-Za-z]:)?[^\s:(][^:()]*(?::\d+:|\(\d+)|In file included|\S+: In |make|\[\d+/\d+\]|\[ *\d+%\]"
    r"|\d+ (?:errors?|warnings?)|compilation terminated|ninja:|FAILED:|cc1|$"
)
_SYSTEM = Pattern(
    r"(?:/usr/|/opt/|/Applications/Xcode|/Library/|/nix/store/|[A-Za-z]:[\\/]Program Files)"
)
_FROM = Pattern(r"(?P<path>[^\s:(][^:(]*):(?P<line>\d+):\d+:   required from here")
_REQUESTED = Pattern(
    r"(?P<path>[^\s:(][^:(]*)[:(](?P<line>\d+)[:,]\d+\)?: note: in instantiation of .* requested here"
)
_INCLUDED = Pattern(
    r"(?:In file included from|                 from) (?P<path>[^\s:]+):(?P<line>\d+)"
)
_SUBSTITUTION = Pattern(
    r".*(?:template argument deduction/substitution failed|In substitution of )"
)
_COUNT = Pattern(
    r"(?:\d+ errors? generated|\d+ warnings? and \d+ errors? generated|.*all warnings being treated"
    r"|compilation terminated|\d+ errors? detected in the compilation|fatal error: too many errors)"
)


def _caller(region: Region, index: int) -> tuple[int, str, str] | None:
    """The place in the project that led into a header of the system: index, path, line."""
    for i in reversed(region.before(index, limit=15)):
        text = region[i].text
        if (found := _FROM.match(text) or _INCLUDED.match(text)) and not _SYSTEM.match(
            found["path"]
        ):
            return i, found["path"], found["line"]
    for i in region.after(index, limit=25):
        found = _REQUESTED.match(region[i].text)
        if found and not _SYSTEM.match(found["path"]):
            return i, found["path"], found["line"]
    return None


def _errors(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_ERROR):
        path, line = found["path"], found["line"] or found["line2"]
        column = found["column"] or found["column2"] or 0
        caller = None
        if _SYSTEM.match(path):
            above = region.before(index, limit=6)
            if any(_SUBSTITUTION.match(region[i].text) for i in above):
                reading.noise((index,))  # explains why one of many candidates did not fit
                continue
            caller = _caller(region, index)
        message, rule = found["message"], ""
        if flagged := _RULE.match(message):
            message, rule = flagged["message"], flagged["rule"]
        tidy = bool(rule) and not rule.startswith("-") and "-warnings-as-errors" in rule
        tool = "clang-tidy" if tidy else "cppcheck" if _CPPCHECK.match(rule) else ""
        frame = (caller[1], caller[2]) if caller else (path, line)
        reading.add(
            message,
            cause=index,
            frames=caller[0] if caller else (),
            detail=region.after(index, stop=_NEXT, limit=6),
            path=frame[0],
            line=frame[1],
            column=0 if caller else column,
            rule=_flag(rule),
            frame=f"{frame[0]}:{frame[1]}",
            tool=tool,
            failure_class=FailureClass.LINT if tool else None,
        )


def _flag(rule: str) -> str:
    """`-Werror=sign-compare` and `-Werror,-Wunused` are about `-Wsign-compare`, `-Wunused`."""
    parts = [p for p in rule.split(",") if p not in {"-Werror", "-warnings-as-errors"}]
    return parts[0].replace("-Werror=", "-W") if parts else rule


def read(region: Region, reading: Reading) -> None:
    """Errors with a place, errors of the compiler's driver, Fortran's, counts."""
    _errors(region, reading)
    for index, found in region.matches(_DRIVER):
        if not _LINK.match(found["message"]):
            reading.add(found["message"], cause=index)
    for index, found in region.matches(_FORTRAN):
        above = region.before(index, limit=8)
        place = region.find(_FORTRAN_PLACE, reversed(above))
        if place:
            reading.add(
                found["message"],
                cause=index,
                frames=place[0],
                detail=range(place[0] + 1, index),
                path=place[1]["path"],
                line=place[1]["line"],
                column=place[1]["column"],
                tool="gfortran",
            )
    for index, _ in region.matches(_COUNT):
        reading.summary(index)


FORMAT = Format(
    name="gcc",
    failure_class=FailureClass.COMPILE,
    anchors=(
        "error: ",
        "error :",
        "Error: ",
        "error #",
        "errors generated",
        "error generated",
        "all warnings being treated",
        "compilation terminated",
        "detected in the compilation",
    ),
    read=read,
)
