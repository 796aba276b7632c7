"""What we answer to `/coder` commands that start nothing: `help`, and what was not understood.

Only people with rights get these. The words that they wrote are shown as code, never as a line of
their own, so no answer is read as a command by us or by another bot.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.model import CommentCommands, Misread, Trouble, Verb
from bot.outcomes import OutcomeKind
from bot.report import story
from bot.report.blocks import plural
from bot.report.facts import ReportFacts
from bot.sanitize import NO_SECRETS, Secrets, redact, to_markdown

VERBS: dict[Verb, tuple[str, str]] = {
    Verb.FIX: ("fix [hint]", "repair the red checks here; on an issue, settle it"),
    Verb.UPGRADE: ("upgrade <package>[@version]", "upgrade it, in a pull request of its own"),
    Verb.RETRY: ("retry", "start anew on the newest commit"),
    Verb.STATUS: ("status", "tell how it stands"),
    Verb.STOP: ("stop", "end it; nothing more starts here until `fix` or `retry`"),
    Verb.TELL: ("tell <text>", "say something to the agent at work"),
    Verb.ALLOW: ("allow <rule>", "accept one finding about the change"),
    Verb.HELP: ("help", "show this table"),
}
"""How each verb is written, and what it does, as trusted Markdown."""

_LIST = "Write `/coder help` for a list."

TROUBLES: dict[Trouble, str] = {
    Trouble.NO_VERB: f"`/coder` needs a verb. {_LIST}",
    Trouble.UNKNOWN_VERB: "{said} is not a command. {meant}",
    Trouble.NO_PACKAGE: "`/coder upgrade` needs a package, such as `httpx` or `@types/node@20`.",
    Trouble.BAD_PACKAGE: "{said} is not a package: {why}.",
    Trouble.NO_RULE: "`/coder allow` needs a rule, as it stands in the findings.",
    Trouble.BAD_RULE: "{said} is not a rule. Copy its name from the findings.",
    Trouble.NO_TEXT: "`/coder tell` needs a text.",
    Trouble.QUOTED: "{said} is part of a quote. Put an empty line above it.",
    Trouble.FOLDED: "{said} stands in a folded section. Write it outside of `<details>`.",
}
"""What is wrong and what to do, in a line; `{said}` is what was written, as code."""

_HOW = (
    "A command begins its line, outside quotes and code. Its text may go on in the lines below. "
    "People with write permission can give commands."
)
_WORD_LIMIT = 80


def help_text() -> str:
    """The table of commands, and how they are written."""
    rows = [f"| `/coder {usage}` | {meaning} |" for usage, meaning in VERBS.values()]
    return "\n".join(
        (
            "| Command | What it does |",
            "| --- | --- |",
            *rows,
            "",
            _HOW,
        )
    )


def status_text(facts: ReportFacts) -> str:
    """How it stands, in the words of the comment that it would be a headline of."""
    if facts.outcome.kind is OutcomeKind.ANSWERED:
        return "Nothing has been started here. `/coder fix` starts an agent."
    parts = (
        f"{story.glyph(facts)} **{story.headline(facts)}**",
        story.explanation(facts),
        story.facts_line(facts),
    )
    return "\n\n".join(part for part in parts if part)


def comment(parts: Sequence[str], marker: str, secrets: Secrets = NO_SECRETS) -> str:
    """The one answer below an item: what was asked for, in order; `marker` is its last line."""
    text = "\n\n---\n\n".join(dict.fromkeys(parts))
    return f"{redact(text, secrets)}\n\n{marker}\n"


def misread_text(found: CommentCommands, secrets: Secrets = NO_SECRETS) -> str:
    """One line for each command that was not understood, and for those above the maximum."""
    lines = [_misread(one, secrets) for one in found.misread]
    if found.left_out:
        lines.append(
            f"{plural(found.left_out, 'more command')} in that comment "
            f"{'was' if found.left_out == 1 else 'were'} not read: it has too many."
        )
    listed = lines if len(lines) == 1 else [f"- {line}" for line in lines]
    return redact("\n".join(listed), secrets)


def _misread(one: Misread, secrets: Secrets) -> str:
    meant = f"Did you mean `/coder {one.nearest.value}`?" if one.nearest else _LIST
    said = to_markdown(one.said, secrets, limit=_WORD_LIMIT)
    return TROUBLES[one.trouble].format(said=said, meant=meant, why=one.why)
