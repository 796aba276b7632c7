"""What a runner gives and takes: event file, outputs, summary, masks, annotations.

The runner reads `##[command]` anywhere in a line of our output and `::command::` at its start
(actions/runner, ActionCommand.cs), so nothing from outside is printed raw: `said` defuses it.
"""

from __future__ import annotations

import json
import os
import re
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from bot.errors import ConfigurationError
from bot.model import Event, RunRef

SUMMARY_LIMIT = 1_048_576
"""Bytes; a longer summary is dropped whole by the runner (CreateStepSummaryCommand)."""

_TELLING_LINE = 16
"""Characters of a secret's line that stand nowhere else by chance."""


class Runner:
    """The GitHub Actions runner, or a terminal that has none of its variables."""

    def __init__(self, environ: Mapping[str, str], stdout: TextIO | None = None) -> None:
        self._environ = environ
        self._stdout = stdout or sys.stdout
        self._masked: set[str] = set()

    def variable(self, name: str) -> str:
        """The variable, or an empty string."""
        return self._environ.get(name, "").strip()

    @property
    def is_action(self) -> bool:
        """Whether a runner started us."""
        return self.variable("GITHUB_ACTIONS") == "true"

    def event(self) -> Event:
        """The delivered event; an empty one where there is no event file."""
        path, name = self.variable("GITHUB_EVENT_PATH"), self.variable("GITHUB_EVENT_NAME")
        if not path:
            return Event(name, {})
        try:
            payload = json.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as failure:
            raise ConfigurationError(
                f"The event file {path} (GITHUB_EVENT_PATH) cannot be read as JSON.",
                remedy="A runner writes it; on the command line leave the variable unset.",
            ) from failure
        if not isinstance(payload, dict):
            raise ConfigurationError(
                f"The event file {path} (GITHUB_EVENT_PATH) holds no JSON object.",
                remedy="It must be the webhook's payload.",
            )
        return Event(name, payload)

    @property
    def own_run(self) -> RunRef | None:
        """The run in which we run."""
        number = self.variable("GITHUB_RUN_ID")
        attempt = self.variable("GITHUB_RUN_ATTEMPT")
        if not number.isdigit():
            return None
        return RunRef(int(number), int(attempt) if attempt.isdigit() else 0)

    @property
    def own_workflow(self) -> str:
        """Our workflow's file, from `owner/name/.github/workflows/x.yml@ref`."""
        ref = self.variable("GITHUB_WORKFLOW_REF").partition("@")[0]
        return "/".join(ref.split("/")[2:])

    def mask(self, values: tuple[str, ...]) -> None:
        """Have the runner mask them, each once; short values would garble the log.

        The lines of a key are masked each alone: the runner would do that as well, and mask the
        head of every key and a short last line.
        """
        for value in values:
            for part in _key_lines(value) if "-----BEGIN" in value else (value,):
                if self.is_action and len(part) >= 4 and part not in self._masked:
                    self._masked.add(part)
                    self._print(f"::add-mask::{_data(part)}")

    def outputs(self, values: Mapping[str, str]) -> None:
        """Write the step's outputs, each behind a delimiter that no value can hold."""
        path = self.variable("GITHUB_OUTPUT")
        if not path or not values:
            return
        lines: list[str] = []
        for name, value in values.items():
            delimiter = f"ghadelimiter_{uuid.uuid4()}"
            lines += [f"{name}<<{delimiter}", value.replace("\r", ""), delimiter]
        _append(path, "\n".join(lines) + "\n")

    def summary(self, markdown: str) -> bool:
        """Write the job summary; false where there is no place for it."""
        path = self.variable("GITHUB_STEP_SUMMARY")
        if not path:
            return False
        data = markdown.encode()
        if len(data) > SUMMARY_LIMIT:
            data = data[: SUMMARY_LIMIT - 100].decode(errors="ignore").encode() + b"\n\n(cut)\n"
        return _append(path, data.decode())

    def annotate(self, level: str, title: str, text: str) -> None:
        """One `error`, `warning` or `notice`; a plain line on a terminal."""
        if self.is_action:
            self._print(f"::{level} title={_property(title)}::{_data(said(text))}")
        else:
            print(f"{level}: {said(text)}", file=sys.stderr, flush=True)

    def say(self, text: str) -> None:
        """Lines for people; whatever they hold, the runner finds no command in them."""
        for line in text.splitlines():
            self._print(said(line))

    def debug(self, text: str) -> None:
        """A line that GitHub shows where debug logging is on; a plain one on a terminal."""
        for line in text.splitlines():
            self._print(f"::debug::{_data(said(line))}" if self.is_action else f"debug: {line}")

    def _print(self, line: str) -> None:
        # In one piece: several threads print.
        print(f"{line}\n", end="", file=self._stdout, flush=True)


def said(text: str) -> str:
    """Text in which the runner sees no command, in either of its two syntaxes."""
    text = re.sub(r"^(\s*)::", "\\1\u200b::", text, flags=re.MULTILINE)
    return text.replace("##[", "##\u200b[").replace("\r", " ")


def _key_lines(value: str) -> list[str]:
    lines = (line.strip() for line in value.replace("\\n", "\n").splitlines())
    return [s for s in lines if len(s) >= _TELLING_LINE and not s.startswith("-----")]


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _append(path: str, text: str) -> bool:
    """Best effort: a full disk must not lose the outcome that is also printed."""
    try:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as failure:
        print(f"cannot write {os.path.basename(path)}: {failure.strerror}", file=sys.stderr)  # noqa: PTH119
        return False
    return True
