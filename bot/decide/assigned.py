"""Where the work begins if no run is red. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import Assignment
from bot.untrusted import Untrusted


@dataclass(frozen=True, slots=True)
class AssignmentFacts:
    """What is to be done where no run is red, from `head_sha` of the default `branch` on.

    `title`, `text` and `author` are the issue's; `where` tells in a line each which files hold the
    packages and what renews their lock files, read with the evidence. `closed` says that somebody
    has closed the issue, or `deleted` it, `edited` that its title or text changed after the
    command, so that who commanded has not read it. `asked`: this request asks for it; else it was
    found by a branch, or a session, that is named like ours.
    """

    assignment: Assignment
    branch: str
    head_sha: str
    title: Untrusted = Untrusted("")
    text: Untrusted = Untrusted("")
    author: str = ""
    where: tuple[Untrusted, ...] = ()
    closed: bool = False
    deleted: bool = False
    edited: bool = False
    asked: bool = True
