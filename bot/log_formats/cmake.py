"""CMake and Meson, configuring: `CMake Error at file:line (command):` and the text below it.

https://cmake.org/cmake/help/latest/command/message.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ERROR = Pattern(
    r"CMake (?:Internal )?Error(?: \(dev\))?(?: (?:at|in) (?P<path>[^\n(]+?)(?::(?P<line>\d+))?"
    r"(?: \((?P<command>\w+)\))?)?:(?: (?P<message>\S.*))?$"
)
_TEXT = Pattern(r"  +(?P<text>\S.*)")
_END = Pattern(r"(?:CMake |-- |\S)")
_STACK = Pattern(r"Call Stack \(most recent call first\):")
_FRAME = Pattern(r"  (?P<path>\S[^:]*):(?P<line>\d+) \(\w+\)")
_SYSTEM = Pattern(
    r"(?:/usr/|/opt/|/Applications/|.*[/\\]share[/\\]cmake-|[A-Za-z]:[\\/]Program Files)"
)
_MISSING = Pattern(r".*(?:[Cc]ould (?:NOT|not) find (?:a package|package|\w+ \()|package .* not found"
                   r"|By not providing|required packages? was not found|downloading '|Failed to clone)")  # fmt: skip
_MESON = Pattern(
    r"(?P<path>\S*meson\.(?:build|options)|\S*meson_options\.txt):(?P<line>\d+):(?P<column>\d+): "
    r"ERROR: (?P<message>.+)"
)
_INCOMPLETE = Pattern(
    r"-- Configuring incomplete, errors occurred|CMake Generate step failed|-- Generating done \(.*err"
)


def _paragraph(region: Region, block: range) -> tuple[list[int], str]:
    """The first paragraph of indented text, and it as one line."""
    indices: list[int] = []
    for i in block:
        if _TEXT.match(region[i].text):
            indices.append(i)
        elif indices:
            break
    return indices, " ".join(region[i].text.strip() for i in indices)


def _add(region: Region, reading: Reading, index: int, path: str, line: str, message: str) -> None:
    block = region.after(index, stop=_ERROR, limit=40)
    stack = next((i for i in block if _STACK.match(region[i].text)), None)
    end = next((i for i in block if _END.match(region[i].text) and i != stack), block.stop)
    lines, text = ([], message) if message else _paragraph(region, range(index + 1, stack or end))
    detail = list(range(lines[0] + 1, min(lines[0] + 10, stack or end))) if lines else []
    if message:
        detail = list(range(index + 1, min(index + 5, end)))
    frames = []
    for i in range(stack + 1, min(stack + 12, end)) if stack is not None else ():
        found = _FRAME.match(region[i].text)
        if found and not _SYSTEM.match(found["path"]):
            frames.append(i)
            if not path or _SYSTEM.match(path):
                path, line = found["path"], found["line"]
            break
    reading.add(
        text or "CMake Error",
        title=index if lines else (),
        cause=lines[0] if lines else index,
        frames=frames,
        detail=detail,
        path=path,
        line=line,
        frame=f"{path}:{line}" if path and line else "",
        failure_class=FailureClass.DEPENDENCY if _MISSING.match(text) else None,
    )


def read(region: Region, reading: Reading) -> None:
    """Each `CMake Error` with its text and the first place in the project."""
    for index, found in region.matches(_ERROR):
        _add(
            region, reading, index, found["path"] or "", found["line"] or "", found["message"] or ""
        )
    for index, found in region.matches(_MESON):
        missing = "not found" in found["message"]
        reading.add(
            found["message"],
            cause=index,
            path=found["path"],
            line=found["line"],
            column=found["column"],
            tool="meson",
            failure_class=FailureClass.DEPENDENCY if missing else None,
        )
    for index, _ in region.matches(_INCOMPLETE):
        reading.summary(index)


FORMAT = Format(
    name="cmake",
    failure_class=FailureClass.CONFIG,
    anchors=(
        "CMake Error",
        "CMake Internal Error",
        "Configuring incomplete",
        "CMake Generate step failed",
        ": ERROR: ",
    ),
    read=read,
)
