"""npm: `npm error code E…` and its block; before npm 10 each line began with `npm ERR!`.

Most blocks are trailers: `ELIFECYCLE` says only that a script failed.
https://docs.npmjs.com/common-errors
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_LINE = Pattern(r"npm (?:ERR!|error)(?: (?P<text>.*))?$")
_BLOCK_END = Pattern(r"(?!npm (?:ERR!|error))|npm (?:ERR!|error) code \S")
_CODE = Pattern(r"npm (?:ERR!|error) code (?P<code>\S+)")
_SCRIPT = Pattern(
    r"npm (?:ERR!|error) (?P<message>[Mm]issing script: .+|Workspaces? not found: .+|No workspaces found.*)"
)
_TRAILER = Pattern(
    r"npm (?:ERR!|error)(?:$| *$| (?:A complete log|For a full report|errno|syscall|path|dest|command(?:$| )"
    r"|Error: command failed|  in workspace|  at location|workspace|location|Exit status|Failed at|This is probably|Lifecycle script|Test failed|signal"
    r"|To see a list|Did you mean|    /|/|code ELIFECYCLE|Clean install|Usage:|npm ci|Options:|\[-|aliases:|Run \"npm help|  -))"
)
_HELP = Pattern(r"npm (?:ERR!|error) (?:Clean install a project|Usage:)")
_CONFLICT = Pattern(
    r"npm (?:ERR!|error) (?:ERESOLVE )?(?P<message>(?:peer(?:Optional)? )?\S+@\S+ from .+)"
)
_ASKED = Pattern(r"npm (?:ERR!|error) (?:Could not resolve dependency|Conflicting peer|Found:)")
_SAID = Pattern(
    r"npm (?:ERR!|error) (?:(?:notarget|network|engine|enoent|notsup|nospc|404|E[A-Z]+) +)?(?P<message>\S.*)"
)
_COMPILED = Pattern(
    r"npm (?:ERR!|error) (?:gyp ERR! )?(?:stack )?"
    r"(?P<message>(?:.*\b(?:fatal )?error: |\w*Error: |sh: |not found: ).+)"
)
_PATH = Pattern(r"npm (?:ERR!|error) path (?:.*[/\\])?node_modules[/\\](?P<package>\S.*)")
_COMMAND = Pattern(r"npm (?:ERR!|error) command (?P<command>(?!failed$)\S.*)")
_NETWORK = frozenset(
    {
        "ECONNRESET",
        "ETIMEDOUT",
        "EAI_AGAIN",
        "ERR_SOCKET_TIMEOUT",
        "E429",
        "E500",
        "E502",
        "E503",
        "E504",
        "E520",
        "E522",
        "ENOSPC",
        "ENETUNREACH",
        "EPIPE",
        "ESOCKETTIMEDOUT",
    }
)
_CONFIG = frozenset(
    {
        "EJSONPARSE",
        "ENOENT",
        "EACCES",
        "EPERM",
        "E401",
        "E403",
        "ENEEDAUTH",
        "ENOWORKSPACES",
        "EOTP",
        "EPUBLISHCONFLICT",
    }
)


def _class(code: str) -> FailureClass:
    if code in _NETWORK:
        return FailureClass.INFRASTRUCTURE
    return FailureClass.CONFIG if code in _CONFIG else FailureClass.DEPENDENCY


def _cause(region: Region, block: range, code: str) -> int | None:
    if code == "ERESOLVE":
        asked = [i for i in block if _ASKED.match(region[i].text)]
        wanted = next((i for i in asked if "Could not" in region[i].text), None)
        if wanted is not None and (hit := region.find(_CONFLICT, range(wanted + 1, block.stop))):
            return hit[0]
    if code.isdigit() and (hit := region.find(_COMPILED, block)):
        return hit[0]
    told = (i for i in block if _LINE.match(region[i].text) and not _TRAILER.match(region[i].text))
    return next(told, None)


def _block(region: Region, reading: Reading, index: int, code: str) -> None:
    block = region.after(index, stop=_BLOCK_END, limit=160)
    reading.noise(i for i in block if _TRAILER.match(region[i].text))
    if code == "ELIFECYCLE":
        reading.noise([index, *block])
        return
    help_at = region.find(_HELP, block)
    if help_at:
        reading.noise(range(help_at[0], block.stop))
        block = range(block.start, help_at[0])
    cause = _cause(region, block, code)
    if cause is None and code.isdigit():
        _script(region, reading, index, block)
        return
    if cause is None:
        reading.add(code, cause=index, rule=code, failure_class=_class(code))
        return
    text = region[cause].text
    said = (_COMPILED.match(text) if code.isdigit() else None) or _SAID.match(text)
    told = [i for i in block if i != cause and not _TRAILER.match(region[i].text)]
    reading.add(
        said["message"] if said else text,
        title=index,
        cause=cause,
        detail=told[:10],
        rule=code,
        failure_class=_class(code),
    )


def _script(region: Region, reading: Reading, index: int, block: range) -> None:
    """A script that failed without a word: a package's own tells which; the project's said why above."""
    path, command = region.find(_PATH, block), region.find(_COMMAND, block)
    if path is None or command is None:
        reading.noise([index, *block])
        return
    package = path[1]["package"].replace("\\", "/")
    reading.add(
        f"{package}: {command[1]['command']} failed",
        title=index,
        cause=command[0],
        detail=(path[0],),
        rule="install-script",
    )


def read(region: Region, reading: Reading) -> None:
    """Blocks with a code, missing scripts; everything else that npm says is a trailer."""
    for index in region.hits:
        if _TRAILER.match(region[index].text):
            reading.noise([index])
    for index, found in region.matches(_CODE):
        _block(region, reading, index, found["code"])
    for index, found in region.matches(_SCRIPT):
        reading.add(found["message"], cause=index, failure_class=FailureClass.CONFIG)


FORMAT = Format(
    name="npm",
    failure_class=FailureClass.DEPENDENCY,
    anchors=("npm ERR!", "npm error"),
    read=read,
)
