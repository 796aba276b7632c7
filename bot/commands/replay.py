"""`coder-fix replay`: the decisions of a run once more, from the bundle that it left. Offline."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from bot.bundle.bundle import Bundle
from bot.bundle.document import LARGEST, read
from bot.bundle.replay import vouches
from bot.commands.parsing import Flags
from bot.commands.replay_words import account, prompts
from bot.errors import ConfigurationError
from bot.outcomes import ExitCode


def parser() -> Flags:
    """The flags of the verb."""
    flags = Flags(
        "replay",
        "Decide again what a run decided, from the bundle that its input `bundle` left. Needs "
        "neither GitHub nor Coder, and reaches no network.",
        takes="FILE",
        codes="0 every decision is the same, 2 no bundle or one of another version, 4 a decision "
        "differs.",
        example="coder-fix replay coder-fix-bundle.json",
    )
    flags.add_argument("file", metavar="FILE", help="the bundle")
    flags.add_argument(
        "--prompt", action="store_true", help="print the prompts that the agent got, and no more"
    )
    return flags


def main(argv: list[str]) -> int:
    """Tell the run again; the exit code says whether it comes to the same."""
    given = parser().read(argv)
    bundle = _bundle(given.file)
    for line in prompts(bundle) if given.prompt else account(bundle):
        sys.stdout.write(f"{line}\n")
    return ExitCode.DONE if vouches(bundle) else ExitCode.FAIL_ON


def _bundle(name: str) -> Bundle:
    try:
        return read(_bytes(name), name)
    except OSError as failure:
        raise ConfigurationError(
            f"{name} cannot be read: {failure.strerror}.",
            remedy="Give the path of a bundle.",
        ) from failure


def _bytes(name: str) -> bytes:
    """One byte more than a bundle has, at most; a pipe or a device might never end."""
    number = os.open(Path(name), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(number, "rb") as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise ConfigurationError(
                f"{name} is no plain file.", remedy="Give the path of a bundle."
            )
        return file.read(LARGEST + 1)
