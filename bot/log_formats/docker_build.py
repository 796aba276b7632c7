"""docker build by BuildKit, buildx, compose and the old builder, and pulls and pushes.

The output of the failing step is repeated between `------` lines, then the Dockerfile with `>>>`,
then `failed to solve:`. https://docs.docker.com/build/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_STEP = r"(?:#\d+ (?:\d+\.\d+ )?)?"
_SOLVE = Pattern(r"failed to solve: (?P<message>.+)")
_INLINE = Pattern(_STEP + r"ERROR: (?P<message>.+)")
_PROCESS = Pattern(r'.*process ".*" did not complete successfully|executor failed running')
_HEAD = Pattern(r" > \[(?P<stage>[^\]]*)\] ?(?P<command>.*?):?$| > (?P<other>\S.*):$")
_RULER = Pattern(r"-{6,}$")
_FILE = Pattern(r"(?P<path>\S*(?:[Dd]ockerfile|Containerfile)\S*):(?P<line>\d+)$")
_MARKED = Pattern(r" *(?P<line>\d+) \| >>> ")
_TIME = Pattern(r"\d+\.\d+ $|\s*$")
_TIMED = Pattern(r"(?:\d+\.\d+ )?\s*(?P<text>.*)")
_PROBLEM = Pattern(
    r".*(?i:\berrors?\b|fatal|\bfail|not found|no such|cannot|could not|unable|denied|exception|expected|panic)"
)
_OLD = Pattern(
    r"(?:ERROR: .*|The command '.*' returned a non-zero code: \d+|.*returned a non-zero code: \d+)$"
)
_OLD_STEP = Pattern(r"(?:Step \d+/\d+ : |STEP \d+/\d+: )(?P<command>.+)")
_DAEMON = Pattern(
    r"(?:.*?: )?(?P<message>(?:Error response from daemon: |error during connect: |failed to push |failed to copy: "
    r"|Cannot connect to the Docker daemon|(?<!: )denied: (?:permission|requested)|unauthorized: ).+)"
)
_NOISE = Pattern(_STEP + r"CANCELED$")
_KINDS = (
    (FailureClass.INFRASTRUCTURE, Pattern(r".*(?:toomanyrequests|no space left on device|TLS handshake timeout|unexpected status.*: 50[0234]|received unexpected HTTP status: 50[0234])")),
    (FailureClass.CONFIG, Pattern(r".*(?:denied|[Uu]nauthorized|insufficient_scope|authorization failed|403 Forbidden)")),
    (FailureClass.DEPENDENCY, Pattern(r".*(?:failed to resolve source metadata|manifest unknown|manifest for .* not found|failed to load cache key|pull access)")),
    (FailureClass.CONFIG, Pattern(r".*(?:checksum of ref|dockerfile parse error|unknown instruction|failed to read dockerfile|Dockerfile|failed to compute cache key|unknown flag|secret .*: not found|no match for platform|invalid reference|target stage)")),
)  # fmt: skip


def _kind(message: str) -> FailureClass:
    return next((k for k, p in _KINDS if p.match(message)), FailureClass.UNKNOWN)


def _solve(region: Region, reading: Reading, index: int, message: str) -> None:
    above = region.before(index, limit=80)
    place = region.find(_FILE, reversed(above))
    marked = [i for i in above if _MARKED.match(region[i].text)]
    head = region.find(_HEAD, reversed(above))
    output: list[int] = []
    if head and _PROCESS.match(message):
        for i in range(head[0] + 1, index):
            if _RULER.match(region[i].text):
                break
            if not _TIME.match(region[i].text):
                output.append(i)
    told = region.find(_PROBLEM, output)
    told_at = told[0] if told else output[-1] if output else None
    title = marked[:1] or ([head[0]] if head else [])
    line = _MARKED.match(region[marked[0]].text) if marked else None
    reading.add(
        _text(region, told[0]) if told else _stable(message),
        title=[*([head[0]] if head else []), *title],
        cause=[index] if told_at is None else [told_at, index],
        frames=place[0] if place else (),
        detail=[*reversed(output[-10:]), *marked],
        path=place[1]["path"] if place else "",
        line=line["line"] if line else place[1]["line"] if place else 0,
        failure_class=_kind(message),
    )


def _text(region: Region, index: int) -> str:
    """What the failing command said: that it `did not complete` is said for every reason."""
    found = _TIMED.match(region[index].text)
    return found["text"] if found else region[index].text


def _stable(message: str) -> str:
    """Without the name that a worker gave to its snapshot."""
    before, ref, after = message.partition(" of ref ")
    return f"{before}: {after.partition(': ')[2]}" if ref else message


def read(region: Region, reading: Reading) -> None:
    """The step that failed with its output, or why there was nothing to build from."""
    solved: set[str] = set()
    for index, found in region.searches(_SOLVE):
        told = _stable(found["message"])[:500]
        if told in solved:
            reading.noise((index,))  # buildx says it, then the action repeats it
            continue
        solved.add(told)
        _solve(region, reading, index, found["message"])
    for index, _ in region.matches(_INLINE):
        if solved and not _SOLVE.search(region[index].text):
            reading.noise((index,))
    for index, _ in region.matches(_OLD):
        if "non-zero code" not in region[index].text:
            continue
        above = region.before(index, limit=200)
        step = region.find(_OLD_STEP, reversed(above))
        output = range(step[0] + 1, index)[-8:] if step else above[-8:]
        problem = region.find(_PROBLEM, output)
        reading.add(
            region[problem[0]].text if problem else region[index].text,
            title=step[0] if step else (),
            cause=[problem[0], index] if problem else index,
            detail=reversed(output),
            test=step[1]["command"] if step else "",
        )
    for index, found in region.matches(_DAEMON):
        reading.add(found["message"], cause=index, failure_class=_kind(found["message"]))
    reading.noise(index for index, _ in region.matches(_NOISE))


FORMAT = Format(
    name="docker build",
    failure_class=FailureClass.UNKNOWN,
    anchors=(
        "failed to solve",
        "did not complete successfully",
        "ERROR: ",
        "CANCELED",
        "returned a non-zero code",
        "Error response from daemon",
        "error during connect",
        "failed to push",
        "Cannot connect to the Docker daemon",
        "denied: ",
        "unauthorized: ",
    ),
    read=read,
)
