"""`coder-fix distill`: what failed in a log, in a few lines. Needs neither GitHub nor Coder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack

from bot.commands.distill_input import inputs
from bot.commands.distill_output import as_json, markdown, text
from bot.errors import ConfigurationError
from bot.evidence.distiller import Distillation

CHARS_PER_TOKEN = 4
FOUND, NOT_FOUND, WRONG_INPUT = 0, 4, 2
_DEFAULT_TOKENS = 2000


def parser() -> argparse.ArgumentParser:
    """The flags of the verb."""
    flags = argparse.ArgumentParser(
        prog="coder-fix distill",
        description="Show what failed in CI logs: the few lines that matter, with their numbers.",
        epilog="Exit code 0: something found. 4: nothing found, the end of the log is shown.",
    )
    flags.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        help="logs of jobs, plain or .gz; a run's log archive (.zip); `-` or nothing: stdin; "
        "JUnit .xml and .sarif reports are read as such",
    )
    flags.add_argument("--url", metavar="RUN_URL", default="", help="page that lines link to")
    flags.add_argument("--compare", metavar="GREEN", help="log of a green run of the same job")
    size = flags.add_mutually_exclusive_group()
    size.add_argument(
        "--budget-tokens", metavar="N", type=_positive, help="a token is 4 characters"
    )
    size.add_argument("--budget-chars", metavar="N", type=_positive)
    flags.add_argument("--format", choices=("text", "json", "markdown"), default="text")
    flags.add_argument("--explain", action="store_true", help="say why each line was kept")
    return flags


def main(argv: Sequence[str]) -> int:
    """Run the verb; returns the exit code."""
    options = parser().parse_args(argv)
    budget = options.budget_chars or CHARS_PER_TOKEN * (options.budget_tokens or _DEFAULT_TOKENS)
    with ExitStack() as stack:
        try:
            logs, reports = inputs(options.files or ["-"], stack)
            green = inputs([options.compare], stack)[0][0] if options.compare else None
        except ConfigurationError as error:
            sys.stderr.write(f"coder-fix distill: {error}\n")
            return WRONG_INPUT
        url = options.url.partition("#")[0].rstrip("/")
        read = Distillation(logs, green=green, reports=reports, job_url=lambda *_: url)
        shown = _FORMATS[options.format](read, budget, options.explain)
    sys.stdout.write(shown)
    return FOUND if read.found else NOT_FOUND


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


_FORMATS = {"text": text, "json": as_json, "markdown": markdown}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
