"""go build, go vet, and linters that print like them: `./cart.go:9:10: undefined: prise`.

Errors stand below `# package`; vet names the package again as `# [package]`. golangci-lint and
staticcheck end the line with `(linter)`. https://pkg.go.dev/cmd/go, https://pkg.go.dev/cmd/vet
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ERROR = Pattern(
    r"(?!\w+\.go:\d+: (?:\d{4}[-/]\d\d[-/]|\[debug\]))(?P<vet>vet: )?(?P<path>(?:[A-Za-z]:)?[^\s:][^:]*\.(?:go|s)):(?P<line>\d+)(?::(?P<column>\d+))?: "
    r"(?P<message>\S.*)"
)
_MODULE = Pattern(
    r".*(?:go\.sum entry|no required module provides|cannot find (?:module|package)|is not in std"
    r"|is not in GOROOT|malformed module path|ambiguous import|found packages )"
)
_LINTER = Pattern(r"(?P<message>.*\S) \((?P<rule>[a-z][\w-]+|S[AT]?\d{4}|QF\d+|ST\d+|U1000)\)$")
_COLORED_LINTER = Pattern(r"(?P<rule>[a-z]\w+|[A-Z]+\d+): (?P<message>.+)")
_VET_HEAD = Pattern(r"# \[")
_HEAD = Pattern(r"# \S+(?: \[[^\]]+\])?$")
_VET = Pattern(
    r".*(?:\bformat %|wrong type|arg list ends|passes lock by value|copies lock|struct field tag"
    r"|unreachable code|self-assignment|possible misuse of|unkeyed fields|result of .+ not used"
    r"|should have signature|loop variable .+ captured|cancel function|before checking for errors"
    r"|possible formatting directive|call has possible|error is not wrapped|impossible type ass"
    r"|non-constant format string|defers a call|the .+ function is not)"
)
_MORE = Pattern(r"(?:\t|\s{4,})\S")
_LINK = Pattern(
    r"(?P<message>\S+: (?:relocation target .+ not defined|function main is undeclared in the main"
    r" package)|.*/link: running \S+ failed: .+|.*build constraints exclude all Go files in .+)"
)
_CYCLE = Pattern(r"\s+imports (?P<message>\S+: import cycle not allowed.*)")
_CYCLE_HEAD = Pattern(r"package \S+$")


def _errors(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_ERROR):
        message = found["message"]
        if _MODULE.match(message):
            continue
        rule, kind, tool = "", FailureClass.COMPILE, ""
        heads = [i for i in region.before(index, limit=12) if _HEAD.match(region[i].text)]
        if linter := _LINTER.match(message):
            message, rule = linter["message"], linter["rule"]
            if rule != "typecheck":
                tool = "golangci-lint" if rule[0].islower() else "staticcheck"
                kind = FailureClass.LINT
        elif not found["vet"]:
            headed = any(_VET_HEAD.match(region[i].text) for i in region.before(index, limit=12))
            if headed or _VET.match(message):
                tool, kind = "go vet", FailureClass.LINT
            elif not heads and found["path"].startswith("/"):
                continue  # a program's own log line
        reading.add(
            message,
            title=heads[-1] if heads else (),
            cause=index,
            detail=_continued(region, index),
            path=found["path"],
            line=found["line"],
            column=found["column"] or 0,
            rule=rule,
            tool=tool,
            failure_class=kind,
        )


def _continued(region: Region, index: int) -> list[int]:
    result = []
    for i in region.after(index, limit=8):
        if not _MORE.match(region[i].text):
            break
        result.append(i)
    return result


def read(region: Region, reading: Reading) -> None:
    """Errors with a place, then those of the linker and of import cycles."""
    _errors(region, reading)
    for index, found in region.matches(_LINK):
        reading.add(found["message"], cause=index, detail=region.after(index, limit=6))
    for index, found in region.matches(_CYCLE):
        block = region.before(index, limit=30)
        heads = [i for i in block if _CYCLE_HEAD.match(region[i].text)]
        above = range(heads[-1], index) if heads else ()
        reading.add(found["message"], cause=index, title=above[:1], detail=above)


FORMAT = Format(
    name="go build",
    failure_class=FailureClass.COMPILE,
    anchors=(
        ".go:",
        ".s:",
        "relocation target",
        "is undeclared in the main package",
        "/link: running",
        "build constraints exclude all Go files",
        "import cycle not allowed",
    ),
    read=read,
)
