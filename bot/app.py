"""The entry: finds the verb, imports only what it uses, and is the last boundary for errors."""

from __future__ import annotations

import sys
from importlib import import_module

from bot import __version__
from bot.errors import BotError
from bot.outcomes import ExitCode, exit_code

VERBS = {
    "run": "repair a failed workflow run (what the action does)",
    "reconcile": "give every open work item its next step, then return",
    "distill": "cut logs down to the lines that matter; needs neither GitHub nor Coder",
    "demo": "the whole story on this machine: red run, session, pull request, green",
    "sandbox": "start a GitHub and a Coder to play with, on this machine",
}
"""Verb → what it does; each is `bot.commands.VERB` with a `main(argv) -> int`."""

ISSUES = "https://github.com/coder-fix/coder-fix/issues"


def main(argv: list[str]) -> int:  # noqa: PLR0911 - one return for each way out
    """Run the verb; without any argument this is the action."""
    verb, rest = (argv[0], argv[1:]) if argv else ("run", [])
    if verb in {"-h", "--help", "help"}:
        return _show(_usage())
    if verb in {"-V", "--version"}:
        return _show(f"coder-fix {__version__}")
    if verb not in VERBS:
        _complain(f"coder-fix: there is no verb `{verb}`.\n\n{_usage()}")
        return ExitCode.CONFIGURATION
    try:
        command = import_module(f"bot.commands.{verb}")
        return int(command.main(rest))
    except BotError as failure:
        _complain(f"coder-fix {verb}: {failure}")
        return exit_code(failure.kind)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        return ExitCode.DONE


def console() -> None:
    """The console script."""
    sys.exit(main(sys.argv[1:]))


def _usage() -> str:
    width = max(map(len, VERBS))
    verbs = "\n".join(f"  {name:<{width}}  {text}" for name, text in VERBS.items())
    return (
        "usage: coder-fix VERB [--help | flags]\n\n"
        "Repairs red CI with agents that run in Coder.\n\n"
        f"{verbs}\n\n"
        "Exit codes: 0 done, 1 a bug of ours, 2 configuration, 3 GitHub or Coder failed,\n"
        "4 the outcome is in --fail-on, 130 and 143 cancelled."
    )


def _show(text: str) -> int:
    sys.stdout.write(text + "\n")
    return ExitCode.DONE


def _complain(text: str) -> None:
    sys.stderr.write(text + "\n")
