"""What a comment asks for: `/coder` commands, and what looked like one but is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.untrusted import Untrusted


class Verb(StrEnum):
    """The second word of a command."""

    FIX = "fix"
    UPGRADE = "upgrade"
    RETRY = "retry"
    STATUS = "status"
    STOP = "stop"
    TELL = "tell"
    ALLOW = "allow"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Package:
    """A package that a person named, such as `@types/node` in `20`, `pydantic` in `>=2`.

    Both are plain ASCII without blanks, quotes, shell characters or path tricks, but still somebody
    else's words: show them as code.
    """

    name: str
    version: str = ""


class Trouble(StrEnum):
    """Why a line that begins with `/coder` is no command."""

    NO_VERB = "no-verb"
    UNKNOWN_VERB = "unknown-verb"
    NO_PACKAGE = "no-package"
    BAD_PACKAGE = "bad-package"
    NO_RULE = "no-rule"
    BAD_RULE = "bad-rule"
    NO_TEXT = "no-text"
    QUOTED = "quoted"
    FOLDED = "folded"


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `line` counts from 0.

    `arguments` is the rest of its line, trimmed. `text` is what that leaves after the package or
    the rule, then the lines up to the next command: a hint, or what is to be told.
    """

    verb: Verb
    line: int
    arguments: Untrusted = Untrusted("")
    text: Untrusted = Untrusted("")
    package: Package | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Misread:
    """A line that begins with `/coder` and is no command.

    `said` is the word that is wrong, at most 80 characters; `nearest` the verb that was perhaps
    meant; `why` a clause of ours, where `trouble` alone does not tell.
    """

    trouble: Trouble
    line: int
    said: Untrusted = Untrusted("")
    nearest: Verb | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class CommentCommands:
    """All that one comment asks for, in order; `left_out` counts the lines above the maximum."""

    commands: tuple[Command, ...] = ()
    misread: tuple[Misread, ...] = ()
    left_out: int = 0

    def __bool__(self) -> bool:
        return bool(self.commands or self.misread)
