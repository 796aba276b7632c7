"""Which rules of the diff policy a person has accepted, and that nobody else has.

What we wrote down stands in a comment of ours, which whoever may push may edit, the agent's own
account perhaps. So each entry only names the comment that accepts; that one is read again, and its
author's right is asked for again, each time that it matters.
"""

from __future__ import annotations

from bot.decide.commands import Standing, refusal
from bot.engine.records import noted, recalled_comment
from bot.model import CommentRef, Verb
from bot.policy import Policy
from bot.ports import CodeHost
from bot.triggers.coder_commands import parse

MOST = 20
"""Entries that are looked at: two requests each."""


def entry(rule: str, ref: CommentRef) -> str:
    """How it is remembered: `skipped-tests@12345`; `review:` before the number of a review's."""
    return f"{rule}@{noted(ref)}"


def accepted(
    github: CodeHost, policy: Policy, entries: tuple[str, ...], threads: frozenset[int]
) -> tuple[str, ...]:
    """The rules whose comment says so in one of the `threads`, by somebody who may say it now.

    Unedited; what was accepted in another pull request is accepted there.
    """
    return tuple(
        rule
        for rule, _, told in (one.partition("@") for one in entries[:MOST])
        if _accepts(github, policy, rule, told, threads)
    )


def _accepts(
    github: CodeHost, policy: Policy, rule: str, told: str, threads: frozenset[int]
) -> bool:
    ref = recalled_comment(told)
    now = github.said(ref)
    if now is None or now.thread not in threads:
        return False
    commands = parse(now.body.raw).commands
    if not any(c.verb is Verb.ALLOW and c.rule == rule for c in commands):
        return False
    by = CommentRef(ref.id, 0, now.author, on_pull_request=True)
    standing = Standing(now.author, now.edited, github.permission(now.author))
    return refusal(by, standing, policy) is None
