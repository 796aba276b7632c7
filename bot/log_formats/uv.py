"""uv: `× No solution found`, `╰─▶ Because …`; newer versions `error: …` with `cause: …` below.

https://docs.astral.sh/uv/reference/troubleshooting/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_HEAD = Pattern(
    r"\s*(?:×|├ù|\S{1,3}|error:) (?P<message>(?:No solution found when resolving|Failed to (?:build|download|fetch|resolve|prepare|install|parse"
    r"|inspect|query|extract|spawn|read)|The lockfile at `|Unable to find lockfile|Distribution not found at|No interpreter found"
    r"|Could not find|Requirements? .+|Project virtual environment|The requested interpreter|Querying Python|Dependency|Multiple top-level"
    r"|Distribution `|Hash mismatch|Package metadata|Request failed|error sending|Group `|Extra `|No `pyproject).*)"
)
_CAUSE = Pattern(r"\s*(?:[├╰]─▶ |\S+─\S* |cause: |Caused by: )(?P<message>\S.*)")
_MORE = Pattern(r"\s{3,}\S")
_STDERR = Pattern(r"\s*\[stderr\]")
_SAID = Pattern(
    r"\s*(?P<message>(?:\S+:\d+:(?:\d+:)? )?(?:fatal )?error: (?!Command ).+|\w*(?:Error|Exception): .+|\S+:\d+:(?:\d+:)? error: .+)"
)
_HINT = Pattern(r"\s*hint: ")
_NETWORK = Pattern(
    r".*(?:operation timed out|connection (?:reset|closed|refused)|dns error|\(50[0234] |\(429 |server error|No space left)"
)
_UV_WORDS = (
    "uv.lock",
    "uv sync",
    "No solution found",
    "Resolved ",
    "Using CPython",
    "uv pip",
    "Failed to build `",
)


def _block(region: Region, reading: Reading, index: int, message: str) -> None:
    block = region.after(index, stop=_HEAD, limit=80)
    causes = [i for i in block if _CAUSE.match(region[i].text)]
    stderr = region.find(_STDERR, block)
    said = region.find(_SAID, range(stderr[0] + 1, block.stop)) if stderr else None
    if said:
        cause, text = said[0], said[1]["message"]
    elif causes:
        cause = causes[-1] if not message.startswith("No solution") else causes[0]
        hit = _CAUSE.match(region[cause].text)
        text = hit["message"] if hit else region[cause].text
    else:
        cause, text = index, message
    more = []
    for at in range(cause + 1, block.stop):
        if not _MORE.match(region[at].text):
            break
        more.append(at)
        if not said and causes:
            text += " " + region[at].text.strip()
    network = _NETWORK.match(text) or _NETWORK.match(message)
    reading.add(
        text,
        title=index,
        cause=cause,
        detail=[*more[:6], *causes, *(i for i in block if _HINT.match(region[i].text))],
        failure_class=FailureClass.INFRASTRUCTURE if network and not said else None,
    )


def read(region: Region, reading: Reading) -> None:
    """Each error with its causes; what a build printed comes before what uv says about it."""
    hits = list(region.matches(_HEAD))
    if not any(word in region[i].text for i in region.hits for word in _UV_WORDS):
        return
    for index, found in hits:
        _block(region, reading, index, found["message"])


FORMAT = Format(
    name="uv",
    failure_class=FailureClass.DEPENDENCY,
    anchors=(
        "No solution found when resolving",
        "Failed to build `",
        "Failed to download",
        "Failed to fetch",
        "Failed to prepare distributions",
        "Failed to resolve",
        "Failed to parse",
        "The lockfile at `",
        "Unable to find lockfile",
        "Distribution not found at",
        "No interpreter found",
        "Resolved ",
        "Using CPython",
    ),
    read=read,
)
