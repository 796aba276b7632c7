"""What `coder-fix init` shows: files, differences, and the list of what is left to do."""

from __future__ import annotations

import difflib
import os
import sys
import textwrap
from collections.abc import Iterator, Sequence

from bot.commands.parsing import nearest
from bot.policy_file import PATH
from bot.sanitize import prompt_block, to_prompt
from bot.scaffold import Change, Known
from bot.untrusted import Untrusted

_COLORS = {"+": "32", "-": "31", "@": "36"}
_BOLD = "1"
_LIMIT = 1000


class Printer:
    """Standard output; colors only on a terminal, and not with NO_COLOR or TERM=dumb."""

    def __init__(self) -> None:
        unwanted = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
        self._colored = sys.stdout.isatty() and not unwanted

    def line(self, text: str = "") -> None:
        """One line of ours."""
        print(text)

    def error(self, text: str) -> None:
        """A line for standard error."""
        sys.stdout.flush()
        print(f"coder-fix init: {to_prompt(Untrusted(text), limit=_LIMIT)}", file=sys.stderr)

    def notes(self, known: Known) -> None:
        """What was passed over in the files that are there."""
        for path in known.unreadable:
            self.line(f"{to_prompt(Untrusted(path))} is not read as a workflow.")
        if PATH in known.files and known.policy_complaint:
            self.line(to_prompt(Untrusted(known.policy_complaint), limit=_LIMIT))

    def absent(self, names: Sequence[str], known: Known) -> None:
        """Those of the names that no workflow here bears, which so are listened to in vain."""
        for name in names:
            if known.workflows and name not in known.workflows:
                near = nearest(name, known.workflows)
                shown = to_prompt(Untrusted(f"No workflow here is named {name}{near}"))
                self.line(shown if near else f"{shown}.")

    def changes(self, changes: Sequence[Change], *, whole: bool) -> None:
        """Each file with what becomes of it; `whole` shows the new ones too."""
        for change in changes:
            shown = to_prompt(Untrusted(change.path))
            if not change.is_needed:
                self.line(f"  unchanged  {shown}")
            elif change.before is None:
                self.line(f"  new        {shown}")
                if whole:
                    self._outside(f"+{line}" for line in change.after.splitlines())
            else:
                self.line(f"  differs    {shown}")
                self._outside(_difference(change))

    def written(self, paths: Sequence[str], kept: Sequence[str]) -> None:
        """How it ended."""
        self.line()
        counted = f"Wrote {len(paths)} file{'s' if len(paths) > 1 else ''}."
        self.line(counted if paths else "Nothing was written.")
        for path in kept:
            self.line(f"Kept {to_prompt(Untrusted(path))} as it is.")

    def steps(self, steps: Sequence[str]) -> None:
        """A numbered list; what follows on further lines is a command."""
        self.line()
        self.line(self._color(_BOLD, "What is left to do"))
        for number, step in enumerate(steps, 1):
            first, *commands = step.split("\n")
            head = f"{number}."
            for line in textwrap.wrap(first, 90, break_long_words=False, break_on_hyphens=False):
                self.line(f"{head:>3} {line}")
                head = ""
            for command in commands:
                self.line(f"       {command}")

    def _outside(self, lines: Iterator[str]) -> None:
        """Lines of files, which people wrote: harmless for a terminal."""
        for line in prompt_block([Untrusted(line) for line in lines]):
            self.line(f"    {self._color(_COLORS.get(line[:1], ''), line)}".rstrip())

    def _color(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colored and code else text


def _difference(change: Change) -> Iterator[str]:
    before, after = (change.before or "").splitlines(), change.after.splitlines()
    lines = difflib.unified_diff(before, after, "is", "would be", lineterm="")
    return (line for line in lines if not line.startswith(("---", "+++")))
