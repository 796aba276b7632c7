"""How every verb reads its flags: one shape of help, and a word for what is wrong with them."""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final, NoReturn

from bot.outcomes import ExitCode

_WIDTH: Final = 78
_CHOICE = re.compile(r"argument (?P<flag>\S+): invalid choice: '?(?P<given>.*?)'? \(choose from")


class Flags(argparse.ArgumentParser):
    """The flags of one verb. Its help ends with the exit codes and one example that works.

    `ending` is text before the exit codes, wrapped here. Flags are not abbreviated: one that is
    clear today is not when the next one comes.
    """

    def __init__(
        self, verb: str, does: str, *, example: str, codes: str, ending: str = "", takes: str = ""
    ) -> None:
        self._takes = takes
        paragraphs = [*filter(None, [ending]), f"Exit codes: {codes}"]
        wrapped = [textwrap.fill(text, _WIDTH, break_on_hyphens=False) for text in paragraphs]
        super().__init__(
            prog=f"coder-fix {verb}",
            usage=f"coder-fix {verb} [flags]{f' {takes}' if takes else ''}",
            description=textwrap.fill(does, _WIDTH),
            epilog="\n\n".join([*wrapped, f"Example:\n  {example}"]),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def read(self, argv: Sequence[str]) -> argparse.Namespace:
        """What they say. Ends with exit code 2 for what is no flag, and 0 for `--help`."""
        given, rest = self.parse_known_args(argv)
        if rest:
            self.error(self._unknown(rest))
        return given

    def error(self, message: str) -> NoReturn:
        """One sentence on standard error, with the nearest flag or value, and exit code 2."""
        choice = _CHOICE.match(message)
        if choice:
            message = self._choice(choice["flag"], choice["given"])
        text = re.sub(r"^argument (-\S+): ", r"\1: ", message).rstrip(".")
        text += "" if text.endswith("?") else "."
        self.exit(ExitCode.CONFIGURATION, f"{self.prog}: {text} See `{self.prog} --help`.\n")

    def _unknown(self, rest: Sequence[str]) -> str:
        """Names alone: what follows one may be a secret."""
        names = [text.partition("=")[0] for text in rest if text.startswith("-")]
        if not names:
            return f"it takes one {self._takes}" if self._takes else "it takes flags only"
        known = [option for a in self._open() for option in a.option_strings]
        return f"there is no flag {names[0]}{nearest(names[0], known)}"

    def _open(self) -> list[argparse.Action]:
        """Those that the help shows: the others are there to be refused."""
        return [action for action in self._actions if action.help != argparse.SUPPRESS]

    def _choice(self, flag: str, given: str) -> str:
        actions = [a for a in self._actions if flag.split("/", maxsplit=1)[0] in a.option_strings]
        known = [str(choice) for action in actions for choice in action.choices or ()]
        said = f"{flag}: there is no {given!r}{nearest(given, known)}"
        return said if said.endswith("?") else f"{said}; there is {', '.join(known)}"


def nearest(given: str, known: Iterable[str]) -> str:
    """`; did you mean …?`, where something is near."""
    every = {name.lower(): name for name in known}
    near = [every[name] for name in get_close_matches(given.lower(), every, n=1)]
    return f"; did you mean {near[0]}?" if near else ""
