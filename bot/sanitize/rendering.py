"""The only functions that show outside text, for an agent (`*prompt*`) and for people.

What comes out is inert wherever it lands: no workflow command for a runner that reads it on stdout,
no command for another bot, no hidden comment, no way out of the code it stands in. Outside text
never begins a line of its own: blocks indent or number it, inline forms are part of our line.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.sanitize.control_sequences import clean
from bot.sanitize.redaction import redact
from bot.sanitize.secrets import NO_SECRETS, Secrets
from bot.untrusted import Untrusted

LINE_LIMIT = 600
"""Characters of one outside line that are shown; what is cut out of its middle is said."""

INLINE_LIMIT = 200
_TRIM = 16_384
_EMPTY = "(empty)"

_COMMANDS = (
    "add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|notice|remove-matcher|"
    "save-state|set-env|set-output|stop-commands|warning"
)
# `##[name]` is a command anywhere in a line, `::name::` at its start (actions/runner,
# ActionCommand.cs). A blank breaks both, and it shows.
_COMMAND = re.compile(rf"##(?=\[)|^\s*:(?=:(?:{_COMMANDS})(?:[ \t].*)?::)", re.IGNORECASE)
_COMMENT = re.compile(r"<!(?=--)|--(?=!?>)")
# What is left where somebody else removed the escape character; a blank keeps terminals calm.
_ESCAPE_REMAINS = re.compile(
    r"(\[[0-9]{1,3}(?:;[0-9]{1,3})*)(?=[mGKHJ](?!\]))|(\[\?25)(?=[lh])|(\]8)(?=;[^;\n]{0,80};)"
)
_BACKTICKS = re.compile(r"`+")
_GAP = "…"


def to_prompt(text: Untrusted, secrets: Secrets = NO_SECRETS, *, limit: int = INLINE_LIMIT) -> str:
    """One line for a prompt, at most `limit` characters (more by what the omission says)."""
    return _one_line(text, secrets, limit)


def prompt_block(
    lines: Sequence[Untrusted], secrets: Secrets = NO_SECRETS, *, limit: int = LINE_LIMIT
) -> list[str]:
    """One safe line for each given line, in order; redacted together, so that keys are seen whole.

    The caller puts something of its own in front of each: a number, a bullet, an indent.
    """
    if not lines:
        return []
    # A line stays a line: carriage returns inside it would shift every number after it.
    short = [_Short.of(line.raw.rstrip("\r\n")) for line in lines]
    joined = redact("\n".join(line.text.replace("\n", " ") for line in short), secrets)
    return [
        _inert(_cut(shown.rstrip(), limit, line.dropped))
        for shown, line in zip(joined.split("\n"), short, strict=True)
    ]


def to_markdown(
    text: Untrusted, secrets: Secrets = NO_SECRETS, *, limit: int = INLINE_LIMIT
) -> str:
    """Inline code of one line; nothing in it is a link, a mention, a reference or HTML."""
    line = _one_line(text, secrets, limit)
    ticks = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") or line[0] == line[-1] == " " else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def markdown_block(
    lines: Sequence[Untrusted],
    secrets: Secrets = NO_SECRETS,
    *,
    numbers: Sequence[int] = (),
    limit: int = LINE_LIMIT,
    indent: str = "",
) -> str:
    """A fenced block. With `numbers`, one for each line, the lines carry them and gaps are said."""
    shown = prompt_block(lines, secrets, limit=limit)
    body = number_lines(shown, numbers) if numbers else [_off_the_edge(line) for line in shown]
    fence = "`" * max(3, *(_longest_run(line) + 1 for line in (*body, "")))
    return "\n".join(indent + line for line in (f"{fence}text", *body, fence))


def number_lines(lines: Sequence[str], numbers: Sequence[int]) -> list[str]:
    """`  41 | text` for each, and a line that says how many were left out at each gap."""
    width = len(str(max(numbers, default=0)))
    numbered: list[str] = []
    previous = 0
    for number, line in zip(numbers, lines, strict=True):
        missing = number - previous - 1
        if previous and missing > 0:
            plural = "s" if missing > 1 else ""
            numbered.append(f"{_GAP:>{width}} | ({missing} line{plural} omitted)")
        numbered.append(f"{number:>{width}} | {line}".rstrip())
        previous = number
    return numbered


class _Short(NamedTuple):
    """A line, cleaned; of a huge one both ends, with a margin in which tokens are seen whole."""

    text: str
    dropped: int

    @classmethod
    def of(cls, raw: str) -> "_Short":
        """Cut before the work of cleaning and again after it; each end is far from any limit."""
        dropped = 0
        text = raw
        for most in (4 * _TRIM, _TRIM):
            if len(text) > most:
                dropped += len(text) - most - 1
                text = f"{text[: most // 2]} {text[-most // 2 :]}"
            text = clean(text)
        return cls(text, dropped)


def _one_line(text: Untrusted, secrets: Secrets, limit: int) -> str:
    short = _Short.of(text.raw)
    line = redact(" ".join(short.text.split()), secrets)
    return _inert(_cut(line, limit, short.dropped)) or _EMPTY


def _cut(line: str, limit: int, trimmed: int) -> str:
    """Both ends of a line that is too long: messages stand at either."""
    omitted = len(line) - limit + trimmed
    if len(line) <= limit:
        return line
    tail = limit // 4
    return f"{line[: limit - tail]} {_GAP}({omitted:,} characters){_GAP} {line[-tail:]}"


def _inert(line: str) -> str:
    line = _COMMAND.sub(lambda match: match.group() + " ", line)
    line = _COMMENT.sub(lambda match: match.group() + " ", line)
    return _ESCAPE_REMAINS.sub(lambda match: match.group() + " ", line)


def _off_the_edge(line: str) -> str:
    """Bots read a slash at the start of a line as a command, in code too; some read fences so."""
    return f" {line}" if line.startswith(("/", "```", "~~~")) else line


def _longest_run(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)
