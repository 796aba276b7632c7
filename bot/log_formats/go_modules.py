"""go modules: missing go.sum entries, unknown revisions, packages that no module provides.

https://go.dev/ref/mod
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_PROBLEM = Pattern(
    r"(?:(?P<path>[^\s:][^:]*\.go):(?P<line>\d+):(?P<column>\d+): |go: (?:error )?|go(?: \w+)+: |"
    r"(?P<imports>\t[^\s:]+)(?::| imports)|verifying )?"
    r"(?P<message>.*(?:missing go\.sum entry|no required module provides package"
    r"|cannot find module providing package|cannot find (?:main )?module|unknown revision"
    r"|checksum mismatch|updates to go\.mod needed|inconsistent vendoring|is not in std"
    r"|is not in GOROOT|ambiguous import|no matching versions|malformed module path"
    r"|go\.mod file not found|module declares its path as|errors parsing .*go\.m?o?d"
    r"|requires go >= |requires go1\.|invalid go version|not in your go\.mod|unrecognized import path"
    r"|does not contain package|missing dot in first path element|50[0234] [A-Z]\w+|404 Not Found"
    r"|410 Gone|TLS handshake timeout|i/o timeout|can't find reason for requirement"
    r"|module .* found .*, but does not contain).*)"
)
_NOT_GO = Pattern(r"(?:go: (?:downloading|finding|extracting|added|upgraded|warning)|.*\bwarn)")
_OWN = Pattern(r"(?:go(?: \w+)*: |\S+\.go:\d+:\d+: |verifying |\t\S+|.*\bgo\.(?:mod|sum|work)\b)")
_DOWN = Pattern(
    r".*(?:reading|Get) \"?https?://.+/@v/.*(?:50[0234] [A-Z]|timeout|connection reset|: EOF)"
)
_CONFIG = Pattern(
    r".*(?:requires go >= |requires go1\.|invalid go version|go\.mod file not found"
    r"|cannot find main module|errors parsing)"
)
_MORE = Pattern(r"\s+\S")
_HEAD = Pattern(r"go: .*(?: imports| tested by|:)$|\s+\S+ (?:imports|tested by)$")


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each module or package that go could not resolve."""
    told: set[int] = set()
    for index, found in region.matches(_PROBLEM):
        text = region[index].text
        if index in told or _NOT_GO.match(text) or not _OWN.match(text):
            continue
        above = []
        for i in reversed(region.before(index, limit=8)):
            if not _HEAD.match(region[i].text):
                break
            above.append(i)
        below = []
        for i in region.after(index, limit=6):
            if not _MORE.match(region[i].text):
                break
            below.append(i)
        told.update(below)
        kind = FailureClass.DEPENDENCY
        if _CONFIG.match(text):
            kind = FailureClass.CONFIG
        elif _DOWN.match(text):
            kind = FailureClass.INFRASTRUCTURE
        reading.add(
            found["message"].strip().removesuffix("; to add it:").removesuffix("; to add:"),
            title=above,
            cause=index,
            detail=below,
            path=found["path"] or "",
            line=found["line"] or 0,
            column=found["column"] or 0,
            failure_class=kind,
        )


FORMAT = Format(
    name="go modules",
    failure_class=FailureClass.DEPENDENCY,
    anchors=(
        "go.sum entry",
        "no required module provides",
        "cannot find m",
        "unknown revision",
        "checksum mismatch",
        "updates to go.mod needed",
        "inconsistent vendoring",
        "is not in std",
        "is not in GOROOT",
        "ambiguous import",
        "no matching versions",
        "malformed module path",
        "go.mod",
        "module declares its path as",
        "requires go",
        "unrecognized import path",
        "does not contain package",
        "/@v/",
    ),
    read=read,
)
