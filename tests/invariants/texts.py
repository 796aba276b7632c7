"""Invariants of every text that leaves: secrets, workflow commands, Markdown, prompts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.sanitize import redact
from tests.invariants.capture import Capture, Sent
from tests.scenarios.runner_commands import commands, lines_with_commands, stopped_by
from tests.security.encodings import holds
from tests.security.inertness import escape_remains, invisible

COMMENT_LIMIT = 65_000
SUMMARY_LIMIT = 1024 * 1024
PROMPT_LIMIT = 90 * 1024
_REGION = re.compile(r"^<data-(?P<word>\w+)>\n.*?^</data-(?P=word)>$", re.MULTILINE | re.DOTALL)
_DELIMITER = re.compile(r"</?data-[0-9a-f]{16}>")
_OUR_COMMENT = re.compile(r"coder-fix(?:-answer)?:[0-9a-f]{12}(?: \{[^<>]*\})? ?")
_MARKER = re.compile(rf"<!-- {_OUR_COMMENT.pattern}-->", re.DOTALL)
_TELLS_FAILURE = re.compile(r"error|fail|assert|panic|fatal", re.IGNORECASE)
_DEFUSED = re.compile(r"(?<=[@#/:<!])\u200b|(?<=\n)\u200b(?=::)|\A\u200b(?=::)")
_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def no_secret_leaves(capture: Capture) -> Iterator[str]:
    """6: no token of ours in any output, in any form, whatever the way out.

    But in `::add-mask::`, by which the runner is told of it.
    """
    for run in capture.runs:
        stdout = "\n".join(
            line for line in run.stdout.splitlines() if not line.startswith("::add-mask::")
        )
        deeds = "\n".join(deed.what for deed in run.deeds)
        for where, text in (
            ("stdout", stdout),
            ("stderr", run.stderr),
            ("summary", run.summary),
            ("outputs", run.output),
            ("a file, a process or an address", deeds),
        ):
            yield from _leaks(capture, f"run {run.number}, {where}", text)
    for sent in capture.ours:
        if sent.is_write:
            yield from _leaks(capture, f"{sent.method} {sent.path}", sent.text)


def _leaks(capture: Capture, where: str, text: str) -> Iterator[str]:
    for name, value in capture.secrets.items():
        if form := holds(text, value):
            yield f"{where}: {name}, {form}"


def no_command_from_outside(capture: Capture) -> Iterator[str]:
    """7: no workflow command holds outside text, and none but ours are given."""
    for run in capture.runs:
        for line in lines_with_commands(run.stdout + "\n" + run.stderr):
            if piece := _piece(capture, line):
                yield f"run {run.number}: a command holds {piece!r}"
        given = set(commands(run.stdout + "\n" + run.stderr))
        if given - {"add-mask", "debug", "error", "warning", "notice"}:
            yield f"run {run.number}: {sorted(given)}"
        if stopped_by(run.stdout):
            yield f"run {run.number}: command processing was left stopped"


def markdown_is_inert(capture: Capture) -> Iterator[str]:
    """9: outside text stands in code, nothing is hidden, and bodies keep to their limits."""
    for where, text in _shown(capture):
        if piece := _piece(capture, live(_MARKER.sub("", text))):
            yield f"{where}: {piece!r} outside code"
        rest = _DEFUSED.sub("", text)
        if hidden := invisible(rest):
            yield f"{where}: invisible {sorted(map(ord, hidden))}"
        if remains := escape_remains(rest):
            yield f"{where}: {remains[0]!r}"
    for body in capture.bodies:
        if len(body) > COMMENT_LIMIT:
            yield f"a body of {len(body)} characters"
    for run in capture.runs:
        if len(run.summary.encode()) > SUMMARY_LIMIT:
            yield f"run {run.number}: a summary of {len(run.summary)} characters"


def no_forged_marker(capture: Capture) -> Iterator[str]:
    """10: hidden comments are ours and well formed, one for each use, and no line is a command."""
    for where, text in _shown(capture):
        hidden = re.findall(r"<!--\s*(.*?)-->", text, re.DOTALL)
        if text.count("<!--") != len(hidden):
            yield f"{where}: a hidden comment is left open"
        for comment in hidden:
            if not _OUR_COMMENT.fullmatch(comment) or _piece(capture, comment):
                yield f"{where}: a hidden comment that is not ours: {comment[:60]!r}"
        if len(hidden) > 1:
            yield f"{where}: {len(hidden)} hidden comments"
        for line in text.splitlines():
            if re.match(r"/[A-Za-z]", line):
                yield f"{where}: a line that bots obey: {line[:60]!r}"


def prompts_keep_data_apart(capture: Capture) -> Iterator[str]:
    """11: outside text stands inside the fence, whose word no text can know."""
    words: dict[str, int] = {}
    for sent in capture.prompts:
        found = {match["word"] for match in _REGION.finditer(sent.prompt)}
        outside = _REGION.sub("", sent.prompt)
        if piece := _piece(capture, outside):
            yield f"{sent.path}: {piece!r} outside the fence"
        if len(found) > 1:
            yield f"{sent.path}: {len(found)} fences"
        if _DELIMITER.search(outside):
            yield f"{sent.path}: a delimiter that delimits nothing"
        for word in found:
            if words.setdefault(word, sent.run) != sent.run:
                yield f"{sent.path}: the fence of run {words[word]} again"
            insides = (
                match.group()[len(word) + 7 : -len(word) - 8]
                for match in _REGION.finditer(sent.prompt)
            )
            if any(word in inside for inside in insides):
                yield f"{sent.path}: the fence's word inside it"


def texts_are_settled(capture: Capture) -> Iterator[str]:
    """12: cleaning or redacting again what was written changes nothing."""
    texts = [*_shown(capture), *((sent.path, sent.prompt) for sent in capture.prompts)]
    for where, text in texts:
        if redact(text) != text:
            yield f"{where}: would be redacted again"
    for sent in capture.prompts:
        if hidden := invisible(sent.prompt):
            yield f"{sent.path}: invisible {sorted(map(ord, hidden))}"
        if remains := escape_remains(sent.prompt):
            yield f"{sent.path}: {remains[0]!r}"


def prompts_hold_the_failure(capture: Capture) -> Iterator[str]:
    """19: a prompt keeps to its limit, and tells the failure where a log could be read."""
    for sent in capture.prompts:
        size = len(sent.prompt.encode())
        if size > PROMPT_LIMIT:
            yield f"{sent.path}: {size} bytes"
    for run in capture.runs:
        firsts = [one.prompt for one in capture.of(run) if one.creates_session]
        telling = [line for one in capture.of(run) for line in _failure_lines(one)]
        # Where something was assigned no run was red when the agent was asked.
        is_red = firsts and "# What is asked for" not in firsts[0]
        shows_evidence = is_red and _REGION.search(firsts[0])
        if shows_evidence and telling and not any(line in firsts[0] for line in telling):
            yield f"run {run.number}: the prompt tells no failure"


def _failure_lines(sent: Sent) -> Iterator[str]:
    body = sent.exchange.response.body
    if sent.server != "blobs" or sent.status != 200 or not isinstance(body, bytes):
        return
    for line in body.decode(errors="replace").splitlines():
        text = re.sub(r"^\S+Z ", "", line).strip()
        if 8 <= len(text) <= 120 and _TELLS_FAILURE.search(text):
            yield text.removeprefix("##[error]")


def live(markdown: str) -> str:
    """What of Markdown a reader does not see as code, HTML included."""
    return "\n".join(_live(_MARKDOWN.parse(markdown)))


def _live(tokens: list[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in {"fence", "code_block", "code_inline"}:
            yield token.info
        elif token.children is not None:
            yield "".join(_live(token.children))
            yield from (str(value) for child in token.children for value in child.attrs.values())
        else:
            yield token.content


def _shown(capture: Capture) -> Iterator[tuple[str, str]]:
    """Every text that GitHub renders, and where it stands."""
    for sent in capture.ours:
        if sent.markdown:
            yield f"{sent.method} {sent.path}", sent.markdown
    for run in capture.runs:
        yield f"run {run.number}, summary", run.summary


def _piece(capture: Capture, text: str) -> str:
    """The first piece of outside text in it."""
    return next((piece for piece in capture.outside if piece in text), "")
