"""bash, sh, zsh, cmd: commands and files that are not there, syntax, unset variables.

https://www.gnu.org/software/bash/manual/bash.html#Exit-Status
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.log_formats.step_end import END_ANCHORS, StepEnds
from bot.outcomes import FailureClass

_SCRIPT = Pattern(
    r"(?:(?:/usr)?/bin/)?(?P<path>[^\s:]+): (?:line )?(?P<line>\d+): (?P<text>.*(?:command not "
    r"found|: not found|No such file or directory"
    r"|Permission denied|unbound variable|parameter not set|syntax error.*|unexpected EOF.*"
    r"|bad substitution|Bad substitution|Exec format error"
    r"|Is a directory|cannot execute.*|bad interpreter.*|Argument list too long"
    r"|integer expression expected|too many arguments|[Uu]nexpected operator|cannot (?:create"
    r"|open) .*))$"
)
_BARE = Pattern(
    r"(?P<text>(?:(?:/usr)?/bin/)?(?:ba|z|da|k)?sh: (?:\d+: )?(?:command not found: \S+"
    r"|\S+: (?:command )?not found|\S.*: No such file or directory|\S+: inaccessible or not found)"
    r"|(?:/usr/bin/)?env: .*: (?:No such file or directory|Permission denied)"
    r"|'.*' is not recognized as an internal or external command.*"
    r"|The system cannot find the (?:path|file) specified\."
    r"|.*exec: \".*\": executable file not found in \$PATH.*"
    r"|sudo: .*: command not found|xargs: .*: No such file or directory"
    r"|time(?:out)?: failed to run command .*|.*/bin/sh\^M: bad interpreter.*)$"
)
_FILE = Pattern(
    r"(?P<tool>cat|cp|mv|ls|rm|cd|cmp|diff|chmod|chown|tar|mkdir|rmdir|ln|touch|find|grep|sed|awk"
    r"|gawk|mawk|head|tail|sort|stat|source|du|install|rsync|unzip|zip|jq|tee|python3?|node|bash"
    r"|sh|make|realpath|sha256sum|gzip|dd)"
    r"(?:\[\d+\])?: (?P<text>.*(?:No such file or directory|Permission denied|[Cc]annot open"
    r"|can't open|cannot stat .*|cannot find or open.*|Broken pipe|Operation not permitted"
    r"|Read-only file system|invalid option.*|unrecognized option.*|parse error.*|error.*))$"
)
_TEMPORARY = Pattern(r".*/_temp/|.*/tmp\.|.*\\_temp\\")
_NEAR, _NEXT = 40, 3
_TRACE = Pattern(r"\++ ")


def _told(region: Region, reading: Reading, index: int) -> bool:
    step = region[index].step
    return any(region[finding.first].step == step for finding in reading.findings[-20:])


def read(region: Region, reading: Reading) -> None:
    """Errors of the shell itself; those of small tools only right before the step's end."""
    ends = StepEnds(region)
    for index, found in region.matches(_SCRIPT):
        temporary = _TEMPORARY.match(found["path"]) or (
            "/" not in found["path"] and "." not in found["path"]
        )
        if ends.behind(index, _NEAR) is None:
            continue
        reading.add(
            found["text"],
            cause=index,
            path="" if temporary else found["path"],
            line=0 if temporary else found["line"],
            detail=[i for i in region.before(index, limit=2) if _TRACE.match(region[i].text)],
        )
    for index, found in region.matches(_BARE):
        if ends.behind(index, _NEAR) is None:
            continue
        reading.add(found["text"], cause=index)
    for index, found in region.matches(_FILE):
        if ends.behind(index, _NEXT) is not None and not _told(region, reading, index):
            reading.add(found[0], cause=index)


FORMAT = Format(
    name="shell",
    failure_class=FailureClass.CONFIG,
    anchors=(
        *END_ANCHORS,
        "not found", "No such file or directory", "Permission denied", "unbound variable",
        "parameter not set", "syntax error", "unexpected EOF", "bad substitution", "Bad substitution",
        "Exec format error", "Is a directory", "cannot ", "bad interpreter", "Argument list too long",
        "integer expression expected", "too many arguments", "nexpected operator", "is not recognized as an internal",
        "The system cannot find", "failed to run command", "Broken pipe", "can't open",
        "Operation not permitted", "Read-only file system", "invalid option", "unrecognized option", "parse error",
    ),
    read=read,
)  # fmt: skip
