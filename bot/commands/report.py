"""`coder-fix report`: how repairs ended, counted from what they left on GitHub; no server."""

from __future__ import annotations

import argparse
import os
import re
import sys
import textwrap
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from bot.adapters.clock import SystemClock
from bot.adapters.runner import Runner
from bot.commands.parsing import Flags
from bot.commands.report_words import NUMBERS, Report
from bot.errors import ConfigurationError, UpstreamError
from bot.inputs import is_full_name
from bot.outcomes import ErrorKind, ExitCode
from bot.sanitize import GrowingSecrets
from bot.settings import load
from bot.tally import (
    Counted,
    Findings,
    Gap,
    Note,
    Window,
    counted,
    in_all,
    notes,
    repairs,
    timed,
    window,
)

if TYPE_CHECKING:
    from bot.commands.report_desks import Desks

FORMATS = ("table", "json", "markdown")
_AT_ONCE = 4
_LOGIN = re.compile(r"[A-Za-z0-9][\w-]{0,38}(\[bot\])?", re.ASCII)


def parser() -> Flags:
    """The flags of the verb; its help defines each number."""
    flags = Flags(
        "report",
        "Count how repairs ended, from comments, pull requests and issues on GitHub alone. "
        "It reads, and writes nothing. Who may edit our comments may change these numbers.",
        ending="The token is read from GITHUB_TOKEN or GH_TOKEN. It needs `pull-requests: read`, "
        "and `issues: read`, `actions: read`, `checks: read` and `contents: read` for all numbers. "
        "A GitHub App's private key is read from CODER_FIX_GITHUB_APP_PRIVATE_KEY, and goes before "
        "the token.",
        codes="0 counted, 2 a flag or the token's access, 3 GitHub refused or failed.",
        example="coder-fix report --repository octo/shop --since 30d",
    )
    flags.epilog = f"{_numbers()}\n\n{flags.epilog}"
    flags.add_argument(
        "--since", metavar="TIME", default="30d", help="30d, 12h or 2026-10-01 (UTC); default 30d"
    )
    which = flags.add_mutually_exclusive_group()
    which.add_argument(
        "--repository",
        metavar="OWNER/NAME",
        action="append",
        default=[],
        help="may be given several times; default GITHUB_REPOSITORY",
    )
    which.add_argument(
        "--organization",
        metavar="LOGIN",
        help="all repositories of that organization or user that the token sees",
    )
    flags.add_argument(
        "--github-app-id",
        metavar="VALUE",
        help="id, or client id, of a GitHub App to read as; else CODER_FIX_GITHUB_APP_ID",
    )
    flags.add_argument(
        "--author",
        metavar="LOGIN",
        default="",
        help="the account as which coder-fix writes, of an App NAME[bot]; default the token's own",
    )
    flags.add_argument(
        "--branch-prefix", metavar="VALUE", help="where it is not coder-fix/, as in the inputs"
    )
    flags.add_argument(
        "--format", choices=FORMATS, default="table", help="the numbers for people or programs"
    )
    return flags


def main(argv: Sequence[str]) -> int:
    """0 when it was counted, whatever the numbers."""
    given = parser().read(argv)
    # Masks go to standard error, since standard output may be a file, such as the job's summary.
    runner, clock = Runner(os.environ, sys.stderr), SystemClock()
    when = window(given.since, clock.now())
    named = _named(given, runner)
    flags = {"branch_prefix": given.branch_prefix, "github_app_id": given.github_app_id}
    settings = load({name: value for name, value in flags.items() if value})
    hidden = GrowingSecrets(settings.secrets)
    runner.mask(tuple(settings.secrets.values()))
    from bot.commands.report_desks import desks

    with desks(settings, runner, clock, hidden, given.author) as opened:
        reading = _Reading(opened, when, settings.branch_prefix, _Progress())
        try:
            report = reading.report(named, given.organization)
        finally:
            reading.progress.clear()
    sys.stdout.write(_form(given.format)(report, hidden))
    return ExitCode.DONE


@dataclass(frozen=True, slots=True)
class _Read:
    """One repository."""

    row: Counted
    found: Findings
    gaps: frozenset[Gap]


class _Progress:
    """One line on a terminal, and nothing anywhere else."""

    def __init__(self) -> None:
        self._is_shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self._lock = Lock()

    def show(self, text: str) -> None:
        """In place of what stood there."""
        if self._is_shown:
            with self._lock:
                sys.stderr.write(f"\r\x1b[K{text[:79]}")
                sys.stderr.flush()

    def clear(self) -> None:
        """Leave the line empty."""
        self.show("")


class _Reading:
    """From the names of repositories to the report."""

    def __init__(self, desks: Desks, when: Window, prefix: str, progress: _Progress) -> None:
        self._desks, self._when, self._prefix = desks, when, prefix
        self.progress = progress
        self._done = 0

    def report(self, named: Sequence[str], organization: str | None) -> Report:
        """A repository that was named must be readable; one of an organization may be left out."""
        if organization:
            self.progress.show(f"Listing the repositories of {organization}")
            places = self._desks.of(organization).owned(organization)
        else:
            places = tuple((name, 0) for name in named)
        one = partial(self._repository, scope=organization, of=len(places))
        left: list[UpstreamError] = []

        def tolerant(place: tuple[str, int]) -> _Read | None:
            try:
                return one(place)
            except UpstreamError as failure:
                if not organization or failure.kind is not ErrorKind.GITHUB_PERMISSION:
                    raise
                left.append(failure)
                return None

        pool = ThreadPoolExecutor(_AT_ONCE)
        try:
            read = [found for found in pool.map(tolerant, places) if found is not None]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        if not read:
            raise left[0]
        return self._put_together(read, len(left))

    def _repository(self, place: tuple[str, int], *, scope: str | None, of: int) -> _Read:
        name, known = place
        desk = self._desks.of(scope or name)

        def tell(count: int) -> None:
            self.progress.show(f"{self._done} of {of} read; {name}: {count} threads")

        tell(0)
        number = known or desk.repository_id(name)
        read = desk.read(name, number, self._when.since, tell)
        found = repairs(read, self._prefix, self._when)
        fixed = [repair.sha for repair in found.repairs if repair.sha]
        ended, is_whole = desk.ended(name, fixed)
        found = replace(found, repairs=timed(found.repairs, ended))
        self._done += 1
        gaps = read.gaps if is_whole else read.gaps | {Gap.CHECKS}
        return _Read(counted(name, read.red_runs, found), found, gaps)

    def _put_together(self, read: Sequence[_Read], left: int) -> Report:
        rows = tuple(one.row for one in read)
        told = notes(rows, [one.found for one in read], [one.gaps for one in read])
        if left:
            text = "Repositories left out, for the token may not read their pull requests: {}."
            told = (*told, Note("left-out", text.format(left)))
        found = tuple(repair for one in read for repair in one.found.repairs)
        return Report(self._when, rows, in_all(rows), found, told)


def _named(given: argparse.Namespace, runner: Runner) -> tuple[str, ...]:
    """The repositories, each once; checks the names of accounts as well."""
    for flag, login in (("--organization", given.organization), ("--author", given.author)):
        if login and not _LOGIN.fullmatch(login):
            raise ConfigurationError(f"{flag}: that is no login.", remedy="Such as acme.")
    if given.organization is not None:
        if not given.organization:
            raise ConfigurationError("--organization is empty.", remedy="Name an account.")
        return ()
    asked = given.repository or [runner.variable("GITHUB_REPOSITORY")]
    names = [part.strip() for text in asked for part in text.split(",")]
    if not all(map(is_full_name, names)):
        raise ConfigurationError(
            "--repository: that is not owner/name."
            if given.repository
            else "No repository is named: GITHUB_REPOSITORY is not set to owner/name.",
            remedy="Give --repository owner/name, or --organization.",
        )
    return tuple({name.lower(): name for name in names}.values())


def _form(name: str) -> Callable[[Report, GrowingSecrets], str]:
    from bot.commands.report_json import as_json
    from bot.commands.report_markdown import as_markdown
    from bot.commands.report_table import as_table

    return {"table": as_table, "json": as_json, "markdown": as_markdown}[name]


def _numbers() -> str:
    """What each number is, for the help."""
    width = max(map(len, NUMBERS))
    lines = [
        textwrap.fill(
            text[:1].upper() + text[1:] + ".",
            78,
            initial_indent=f"  {name:<{width}}  ",
            subsequent_indent=" " * (width + 4),
        )
        for name, text in NUMBERS.items()
    ]
    return "\n".join(("the numbers:", *lines))
