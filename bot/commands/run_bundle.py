"""The bundle of a run: kept while it goes on, written at its end, whatever that is."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from bot.adapters.bundle_file import BundleFile
from bot.adapters.runner import Runner
from bot.bundle.document import write
from bot.bundle.recording import Recording
from bot.ports import Clock
from bot.report.facts import ReportFacts
from bot.sanitize import Secrets

HURRY_SECONDS = 1.5
"""What a cancelled run grants it: the runner kills the process soon."""


class BundleKeeper:
    """Of one run. Raises `ConfigurationError` where `path` leads out of the workspace."""

    def __init__(self, runner: Runner, clock: Clock, hidden: Secrets, path: str) -> None:
        self._runner = runner
        self._hidden = hidden
        self._file = BundleFile.at(Path(runner.variable("GITHUB_WORKSPACE") or "."), path)
        self._written = False
        self.recording = Recording(clock)

    def kept(self, facts: ReportFacts, *, in_a_hurry: bool = False) -> ReportFacts:
        """The facts with the file's name, once it is written; that it cannot be costs a line."""
        if in_a_hurry:
            helper = threading.Thread(target=self._write, args=(facts,), daemon=True)
            helper.start()
            helper.join(HURRY_SECONDS)
        else:
            self._write(facts)
        return replace(facts, bundle=self._file.name) if self._written else facts

    def _write(self, facts: ReportFacts) -> None:
        if facts.prompt:
            self.recording.told("", facts.prompt, sent=False)
        items = tuple(item.outcome for item in facts.items)
        try:
            data = write(self.recording.ended(facts.outcome, facts.timeline, items), self._hidden)
            if self._hidden.occur_in(data.decode()):
                self._warn("one of our tokens was still in it")
                return
            self._file.write(data)
            self._written = True
        except OSError as failure:
            self._warn(failure.strerror or "the file cannot be made")
        except Exception as bug:  # noqa: BLE001 - a lost bundle must not lose the outcome
            self._warn(f"a bug in coder-fix ({type(bug).__name__})")

    def _warn(self, why: str) -> None:
        self._runner.annotate("warning", "coder-fix", f"The bundle was not written: {why}.")
