"""ld, gold, lld, mold, Apple's ld: undefined and duplicate symbols, missing libraries.

https://sourceware.org/binutils/docs/ld/, https://lld.llvm.org/, https://github.com/rui314/mold
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_GNU = Pattern(
    r".*?(?P<message>(?:undefined reference to [`'‘].+|multiple definition of [`'‘][^'’]+['’]"
    r"|cannot find -l\S+|cannot find [\w./-]+\.(?:o|a|so)\b|relocation (?:truncated to fit|R_\w+ against).*"
    r"|DSO missing from command line|file (?:format )?not recognized.*|region `\S+' overflowed by .*"
    r"|section `\S+' will not fit in region.*|hidden symbol .* isn't defined|final link failed:?.*"
    r"|cannot open (?:output file|linker script file).*|skipping incompatible .+|unrecognized option .*"
    r"|undefined symbol: .+))"
)
_WARNING = Pattern(r".*(?:skipping incompatible|: warning: )")
_LLD = Pattern(
    r"(?:.*[/\\])?(?:ld\.lld|ld64\.lld|lld-link|wasm-ld|lld|rust-lld|mold|ld\.mold|ld\.gold|ld)(?:\.exe)?: "
    r"(?:error|fatal): (?P<message>.+)"
)
_APPLE = Pattern(r'  "(?P<symbol>[^"]+)", referenced from:')
_APPLE_OTHER = Pattern(
    r"(?P<message>duplicate symbol '.+' in:|ld: (?:library|framework) .*not found.*|ld: \S.*not found for -l.*"
    r"|ld: building for .*|ld: unknown option.*|ld: file not found: .*)"
)
_PLACE = Pattern(
    r"(?:.*[/\\](?:ld|ld\.gold|ld\.bfd)(?:\.exe)?: )?(?P<path>[^\s:(>]+\.\w+):(?:(?P<line>\d+): |\(\.)"
)
_REFERENCED = Pattern(
    r">>> (?:referenced by|defined at) (?:[^\s:(]+:\d+ \()?(?P<path>[^\s:()]+)(?::(?P<line>\d+))?"
)
_ARROW = Pattern(r">>>")
_FUNCTION = Pattern(r".*: in function [`'‘]")
_RUST = Pattern(r"error: linking with `[^`]+` failed: (?P<message>.+)")
_RUST_NOTE = Pattern(r"\s+= note: (?!.*\"-)(?P<message>\S.+)")
_COUNT = Pattern(
    r"collect2: (?:error: ld returned|fatal error: )|.*: error: linker command failed"
    r"|ld: symbol\(s\) not found|ld: \d+ duplicate symbols?|error: linking with "
)


def _gnu(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_GNU):
        text = region[index].text
        if _WARNING.match(text) or _LLD.match(text):
            continue
        place = _PLACE.match(text)
        above = index - 1 if index and _FUNCTION.match(region[index - 1].text) else None
        reading.add(
            found["message"].rstrip(":"),
            title=() if above is None else above,
            cause=index,
            path=place["path"] if place else "",
            line=(place["line"] or 0) if place else 0,
        )


def _lld(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_LLD):
        below = []
        for i in region.after(index, limit=8):
            if not _ARROW.match(region[i].text):
                break
            below.append(i)
        place = region.find(_REFERENCED, below)
        reading.add(
            found["message"],
            cause=index,
            detail=below,
            path=place[1]["path"] if place else "",
            line=(place[1]["line"] or 0) if place else 0,
        )


def read(region: Region, reading: Reading) -> None:
    """Each symbol or library that is missing or defined twice."""
    _lld(region, reading)
    _gnu(region, reading)
    for index, found in region.matches(_APPLE):
        reading.add(
            f"undefined symbol: {found['symbol']}", cause=index, detail=region.after(index, limit=2)
        )
    for index, found in region.matches(_APPLE_OTHER):
        reading.add(found["message"], cause=index, detail=region.after(index, limit=2))
    if not reading.findings:
        for index, found in region.matches(_RUST):
            note = region.find(_RUST_NOTE, region.after(index, limit=12))
            message = note[1]["message"] if note else found["message"]
            shown = region.after(note[0], limit=6) if note else ()
            reading.add(message, title=index, cause=note[0] if note else index, detail=shown)
    for index, _ in region.matches(_COUNT):
        reading.summary(index)


FORMAT = Format(
    name="linker",
    failure_class=FailureClass.COMPILE,
    anchors=(
        "undefined reference to",
        "undefined symbol",
        "multiple definition of",
        "cannot find -l",
        "ld: ",
        "lld: error",
        "lld-link: error",
        "mold: error",
        "relocation ",
        "referenced from:",
        "duplicate symbol",
        "linker command failed",
        "linking with `",
        "ld returned",
        "overflowed by",
    ),
    read=read,
)
