"""The entry: finds the verb, imports only what it uses, and is the last boundary for errors."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from bot import __version__
from bot.commands.loading import loading
from bot.errors import BotError, ConfigurationError
from bot.outcomes import ExitCode, exit_code

VERBS = {
    "run": "repair a failed workflow run (what the action does)",
    "reconcile": "give every open work item its next step, then return",
    "init": "write the workflow files of a repository, and say what is left to do",
    "doctor": "look at both sides of a set-up; changes nothing",
    "replay": "decide again, offline, what a run decided, from the bundle that it left",
    "report": "count how repairs ended, from comments and pull requests alone",
    "distill": "cut logs down to the lines that matter; needs neither GitHub nor Coder",
    "setup": "prepare a Coder for the bot: user, role, template, token; or check a template",
    "demo": "the whole story on this machine: red run, session, pull request, green",
    "sandbox": "start a GitHub and a Coder to play with, on this machine",
}
"""Verb → what it does; each is `bot.commands.VERB` with a `main(argv) -> int`."""

_SECRET_NAMES = ("TOKEN", "PRIVATE_KEY", "PRIVATE-KEY")
_UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def main(argv: list[str]) -> int:
    """Run the verb; without any argument this is the action, and on a terminal the help."""
    if sys.stdout is None:
        _complain("coder-fix: Standard output is closed.")
        return ExitCode.UPSTREAM
    is_read = sys.stdout.isatty() and os.environ.get("GITHUB_ACTIONS") != "true"
    verb = argv[0] if argv else "help" if is_read else "run"
    try:
        code = _run(verb, argv[1:])
        sys.stdout.flush()  # here, where a full disk can still be told of
    except BotError as failure:
        _complain(f"coder-fix {verb}: {_told(failure)}")
        return exit_code(failure.kind)
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return ExitCode.DONE
    except OSError as failure:
        if failure.errno not in _UNWRITABLE:
            raise
        _complain(f"coder-fix {verb}: The output cannot be written: {failure.strerror}.")
        _drop_output()
        return ExitCode.UPSTREAM
    return code


def _run(verb: str, rest: list[str]) -> int:
    if verb == "help" and rest and rest[0] in VERBS:
        return _run(rest[0], ["--help"])
    if verb in {"-h", "--help", "help"}:
        return _show(_usage())
    if verb in {"-V", "--version"}:
        return _show(f"coder-fix {__version__}")
    if verb not in VERBS:
        near = get_close_matches(verb, VERBS, n=1)
        hint = f"; did you mean {near[0]}?" if near else "."
        _complain(f"coder-fix: there is no verb `{verb}`{hint}\n\n{_usage()}")
        return ExitCode.CONFIGURATION
    return int(_command(verb).main(rest))


def _command(verb: str) -> Any:
    try:
        with loading():
            return import_module(f"bot.commands.{verb}")
    except ModuleNotFoundError as missing:
        if not (missing.name or "").startswith(("bot.commands", "bot.sandbox")):
            raise
        # The container image leaves out what only a developer's machine needs.
        msg = f"`{verb}` is not part of this image."
        remedy = f"Clone the repository and run `python -m bot {verb}` there."
        raise ConfigurationError(msg, remedy=remedy) from missing


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
        "Exit codes: 0 done, 1 a bug of ours, 2 configuration, 3 GitHub, Coder or the output\n"
        "failed, 4 the outcome is in --fail-on, nothing was found or a replay differs, 130 and\n"
        "143 cancelled.\n\n"
        "Example:\n  coder-fix init --dry-run"
    )


def _show(text: str) -> int:
    sys.stdout.write(text + "\n")
    return ExitCode.DONE


def _drop_output() -> None:
    """What is still buffered goes nowhere, so that the interpreter's end does not fail again."""
    with suppress(OSError, ValueError):  # ValueError: a stream without a descriptor, or closed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _told(failure: BotError) -> str:
    """It may quote a server, which may quote what we sent."""
    from bot.report.annotation import complaint
    from bot.sanitize import Secrets

    # By their names: what reads them properly would load what `replay` must do without.
    kept = {n: v for n, v in os.environ.items() if n.endswith(_SECRET_NAMES)}
    return complaint(failure, Secrets(kept))


def _complain(text: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(text + "\n")
