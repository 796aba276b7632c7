"""`coder-fix distill`: what failed in a log, in a few lines. Needs neither GitHub nor Coder."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from bot.commands.parsing import Flags
from bot.errors import ConfigurationError

if TYPE_CHECKING:
    from bot.evidence.distiller import Distillation

CHARS_PER_TOKEN = 4
FOUND, NOT_FOUND, WRONG_INPUT = 0, 4, 2
LEAST_CHARS = 200
"""Below this there is no room for a verdict and a line."""
_DEFAULT_TOKENS = 2000


def parser() -> Flags:
    """The flags of the verb."""
    flags = Flags(
        "distill",
        "Show what failed in CI logs: the few lines that matter, with their numbers.",
        takes="[FILE ...]",
        codes="0 something found, 2 wrong input, 3 the output cannot be written, 4 nothing found; "
        "the end of the log is shown.",
        example="gh run view 17402000003 --log-failed | coder-fix distill --format markdown",
    )
    flags.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        help="logs of jobs, plain or .gz; a run's log archive (.zip); `-` or nothing: stdin; "
        "JUnit .xml and .sarif reports are read as such",
    )
    flags.add_argument(
        "--url",
        metavar="RUN_URL",
        type=_url,
        default="",
        help="page of the run, or better of the job (…/job/ID), where a link leads to the line",
    )
    flags.add_argument(
        "--compare",
        metavar="GREEN",
        help="log of a green run of the same job; lines that it has not are marked",
    )
    size = flags.add_mutually_exclusive_group()
    size.add_argument(
        "--budget-tokens",
        metavar="N",
        type=_tokens,
        help="most of the output; a token is 4 characters",
    )
    size.add_argument("--budget-chars", metavar="N", type=_chars, help="the same in characters")
    flags.add_argument(
        "--format",
        choices=("text", "json", "markdown"),
        default="text",
        help="default: %(default)s",
    )
    flags.add_argument(
        "--explain",
        action="store_true",
        help="say why each line was kept (text and json); the reasons come on top of the budget",
    )
    return flags


def main(argv: Sequence[str]) -> int:
    """Run the verb; returns the exit code."""
    flags = parser()
    options = flags.read(argv)
    if options.explain and options.format == "markdown":
        flags.error("--explain goes with --format text and json, not with markdown")
    with ExitStack() as stack:
        try:
            shown, found = _distilled(options, stack)
        except ConfigurationError as error:
            from bot.report.annotation import complaint

            sys.stderr.write(f"coder-fix distill: {complaint(error)}\n")
            return WRONG_INPUT
    sys.stdout.write(shown)
    return FOUND if found else NOT_FOUND


def _distilled(options: argparse.Namespace, stack: ExitStack) -> tuple[str, bool]:
    """What to print, and whether anything was found."""
    from bot.commands.distill_input import inputs, is_binary
    from bot.commands.distill_output import FORMS
    from bot.commands.distill_words import Order
    from bot.evidence.distiller import Distillation

    given = inputs(options.files or ["-"], stack)
    texts = [log for log in given.logs if not is_binary(log)]
    if count := len(given.logs) - len(texts):
        which = "1 log is" if count == 1 else f"{count} logs are"
        sys.stderr.write(f"coder-fix distill: {which} binary and left out\n")
    read = Distillation(texts, reports=given.reports, job_url=lambda *_: options.url)
    known = _compared(read, options.compare, stack) if options.compare else None
    order = Order(read, _budget(options), options.explain, known, given.steps)
    if count and not texts and not given.reports and options.format != "json":
        return "There is no text in the log.\n", False
    return FORMS[options.format](order), read.found


def _compared(read: Distillation, name: str, stack: ExitStack) -> frozenset[str] | None:
    """What the green logs said, None where they say nothing; each is held against its own job."""
    from bot.commands.distill_input import inputs, is_binary

    greens = [log for log in inputs([name], stack).logs if log.size and not is_binary(log)]
    if not greens:
        sys.stderr.write(f"coder-fix distill: {name} holds no text; nothing is compared\n")
        return None
    alone = len(greens) == 1
    said: list[frozenset[str]] = [
        read.compare_with(log, job=None if alone else log.job.name.raw) for log in greens
    ]
    return frozenset().union(*said)


def _budget(options: argparse.Namespace) -> int:
    """Characters."""
    tokens = options.budget_tokens or _DEFAULT_TOKENS
    return int(options.budget_chars or CHARS_PER_TOKEN * tokens)


def _tokens(given: str) -> int:
    return _at_least(LEAST_CHARS // CHARS_PER_TOKEN, given)


def _chars(given: str) -> int:
    return _at_least(LEAST_CHARS, given)


def _at_least(least: int, given: str) -> int:
    number = int(given) if re.fullmatch(r"\d{1,9}", given.strip()) else 0
    if number < least:
        msg = f"{given!r} is no budget: give a whole number from {least} on"
        raise argparse.ArgumentTypeError(msg)
    return number


def _url(given: str) -> str:
    if given and not re.fullmatch(r"https?://[^\s\x00-\x1f]+", given):
        msg = f"{given!r} is no address: give the page of the run, https://…/actions/runs/ID"
        raise argparse.ArgumentTypeError(msg)
    return given.partition("#")[0].rstrip("/")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
