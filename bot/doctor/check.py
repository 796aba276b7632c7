"""What a check is, and what it can say: fine, wrong, or not visible to this token."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar

from bot.sanitize import to_markdown
from bot.untrusted import Untrusted

F = TypeVar("F")


class Status(StrEnum):
    """How a finding stands, best first; the words are part of the JSON output."""

    OK = "ok"
    UNSEEN = "unseen"
    WARNING = "warning"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Fine:
    """Looked at and in order; `says` tells the fact itself, where the title does not."""

    says: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is the matter; the remedy is the check's."""

    says: str


@dataclass(frozen=True, slots=True)
class Unseen:
    """A fact that could not be read: why, and who can look. Stands in the fact's place."""

    says: str
    who: str = ""


NOT_ASKED: Final = Unseen("It was not asked for.")

Remark = Fine | Wrong | Unseen


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's result. `id` is stable; the texts are for people and may change.

    `passes`: it is broken by a server in trouble, not by the configuration.
    """

    id: str
    title: str
    status: Status
    says: str
    remedy: str = ""
    who: str = ""
    link: str = ""
    passes: bool = False


@dataclass(frozen=True, slots=True)
class Check(Generic[F]):
    """One question. `severity` is what `Wrong` means; `look` gives None where it does not apply.

    `passes`: what is wrong may end by itself, so it is no fault of the configuration.
    """

    id: str
    title: str
    severity: Status
    remedy: str
    link: str
    look: Callable[[F], Remark | None]
    passes: bool = False

    def finding(self, facts: F) -> Finding | None:
        """Ask it."""
        remark = self.look(facts)
        if remark is None:
            return None
        if isinstance(remark, Fine):
            return Finding(self.id, self.title, Status.OK, remark.says)
        if isinstance(remark, Unseen):
            return self.unseen(remark)
        return Finding(
            self.id,
            self.title,
            self.severity,
            remark.says,
            self.remedy,
            link=self.link,
            passes=self.passes,
        )

    def unseen(self, why: Unseen) -> Finding:
        """Its finding where nothing of its side could be read."""
        return Finding(self.id, self.title, Status.UNSEEN, why.says, who=why.who, link=self.link)


def broken(
    name: str, title: str, *, remedy: str, link: str
) -> Callable[[Callable[[F], Remark | None]], Check[F]]:
    """Make a function a check whose `Wrong` stops coder-fix from working."""
    return lambda look: Check(name, title, Status.BROKEN, remedy, link, look)


def failing(
    name: str, title: str, *, remedy: str, link: str
) -> Callable[[Callable[[F], Remark | None]], Check[F]]:
    """As `broken`, for a server in trouble: nobody's configuration is at fault."""
    return lambda look: Check(name, title, Status.BROKEN, remedy, link, look, passes=True)


def warning(
    name: str, title: str, *, remedy: str, link: str
) -> Callable[[Callable[[F], Remark | None]], Check[F]]:
    """Make a function a check whose `Wrong` costs something, but does not stop coder-fix."""
    return lambda look: Check(name, title, Status.WARNING, remedy, link, look)


def named(*names: Untrusted | str, most: int = 5) -> str:
    """Names in one line, as inline code; the first `most` of them, and how many more."""
    shown = [
        to_markdown(n if isinstance(n, Untrusted) else Untrusted(n), limit=60) for n in names[:most]
    ]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
