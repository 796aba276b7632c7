"""`coder-fix run`, and the action itself: settings → adapters → engine → outputs and summary."""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NoReturn

from bot.adapters.cancellation import Cancellation
from bot.adapters.clock import SystemClock
from bot.adapters.runner import Runner
from bot.commands.flags import given_by
from bot.commands.loading import loading
from bot.errors import BotError, CancelledError
from bot.model import Ignored, Outcome, TriggerName
from bot.outcomes import ErrorKind, ExitCode, OutcomeKind, exit_code
from bot.report.annotation import annotation, last_line
from bot.report.facts import ReportFacts
from bot.report.outputs import outputs
from bot.report.summary import summary
from bot.report.token_note import token_note
from bot.sanitize import GrowingSecrets, prompt_block, to_prompt
from bot.settings import load
from bot.untrusted import Untrusted

if TYPE_CHECKING:
    from bot.adapters.github_api import GitHubApi
    from bot.commands.run_bundle import BundleKeeper
    from bot.composition import Composition
    from bot.engine import Engine
    from bot.log import StructuredNarrator
    from bot.ports import Narrator
    from bot.settings import Settings

_LONGEST_LINE = 1000
CLEAN_UP_SECONDS = 3.0
"""What a cancelled run grants its clean-up: the runner kills the process after 7.5 s."""


def main(
    argv: list[str],
    *,
    verb: str = "run",
    does: str = "Repair a failed workflow run.",
    example: str = "coder-fix run --repository octo/shop --run-id 17402000003 --mode report",
    fixed: Mapping[str, str] = {},
) -> int:
    """Run once; every way out writes an outcome and exactly one summary.

    `fixed` are inputs, by field name, that the verb has settled: there is no flag for them.
    """
    return Run(os.environ).main(given_by(argv, verb, does, example, fixed))


@dataclass(slots=True)
class Run:
    """One process's work, with what its end must know even when it comes early."""

    environ: Mapping[str, str] = field(repr=False)
    runner: Runner = field(init=False)
    clock: SystemClock = field(default_factory=SystemClock)
    hidden: GrowingSecrets = field(default_factory=GrowingSecrets)
    fail_on: tuple[str, ...] = ("error",)
    github: GitHubApi | None = None
    engine: Engine | None = None
    cancellation: Cancellation | None = None
    keeper: BundleKeeper | None = None

    def __post_init__(self) -> None:
        self.runner = Runner(self.environ)

    def main(self, given: dict[str, Any]) -> int:
        """The error boundary: whatever happens below becomes an outcome."""
        with Cancellation(self.clock.cancel, self._cancelled) as self.cancellation:
            try:
                facts = self._facts(given)
                self.cancellation.ignore()
            except CancelledError as cancelled:
                self._cancelled(cancelled.signal_number)
            if not self.cancellation.claim():
                _wait_for_the_end()
            try:
                return self._publish(facts)
            finally:
                self._leave()

    # --- the work --------------------------------------------------------------------------

    def _facts(self, given: dict[str, Any]) -> ReportFacts:
        try:
            return self._work(given)
        except CancelledError:
            raise
        except BotError as failure:
            return self._known(Outcome.of(failure))
        except Exception as bug:  # noqa: BLE001 - the boundary: a bug is an outcome too
            return self._bug(bug)

    def _work(self, given: dict[str, Any]) -> ReportFacts:
        # Here: it is most of the start-up time, and `--help` does not need it.
        with loading():
            from bot.composition import Composition
            from bot.log import DebugLog, Forewarned
        repository = given.pop("repository", "")
        settings = load(given)
        self.fail_on = settings.fail_on
        self.hidden = GrowingSecrets(settings.secrets)
        self.runner.mask(tuple(settings.secrets.values()))
        self.keeper = self._keeper(settings.bundle)
        recording = self.keeper.recording if self.keeper else None
        narrator = self._narrator()
        debug_log = DebugLog(narrator) if self._is_debugged else None
        parts = Composition(settings, self.runner, self.clock, self.hidden, recording, debug_log)
        self.github = github = parts.github(repository)

        def note() -> str:
            return token_note(github.bearer(), settings.mode, dry_run=settings.dry_run)

        teller = Forewarned(narrator, note)
        parts.warm_up()
        ruled = parts.ruled(github, teller)
        if isinstance(ruled, Ignored):
            return self._ignored(ruled, settings)
        settings = ruled.settings
        self.fail_on = settings.fail_on
        return replace(self._answer(ruled, github, teller), caution=note())

    def _keeper(self, path: str) -> BundleKeeper | None:
        if not path:
            return None
        from bot.commands.run_bundle import BundleKeeper

        return BundleKeeper(self.runner, self.clock, self.hidden, path)

    def _ignored(self, ignored: Ignored, settings: Settings) -> ReportFacts:
        outcome = Outcome(OutcomeKind.SKIPPED, ignored.reason, skip_reason=ignored.skip_reason)
        return ReportFacts(outcome=outcome, mode=settings.mode.value, secrets=self.hidden)

    def _answer(self, parts: Composition, github: GitHubApi, teller: Narrator) -> ReportFacts:
        mode = parts.settings.mode.value
        event = self.runner.event()
        if parts.recording is not None:
            parts.recording.event(event)
        request = parts.request(event, github)
        if isinstance(request, Ignored):
            return self._ignored(request, parts.settings)
        if request.trigger is TriggerName.RECONCILE:
            swept = parts.sweep(request, github, teller).run()
            return replace(swept, mode=mode, secrets=self.hidden)
        if request.trigger is TriggerName.UPGRADE:
            swept = parts.upgrades(request, github, teller).run()
            return replace(swept, mode=mode, secrets=self.hidden)
        if request.comment is not None:
            answered = parts.desk(request, github, teller).run()
            return replace(answered, mode=mode, secrets=self.hidden)
        self.engine = parts.engine(request, github, teller)
        return self.engine.report(self.engine.run())

    def _narrator(self) -> StructuredNarrator:
        from bot.log import narrator

        return narrator(
            self.runner,
            lambda text: to_prompt(Untrusted(text), self.hidden, limit=_LONGEST_LINE),
            as_json=self.runner.variable("LOG_FORMAT") == "json",
            debug=self._is_debugged,
        )

    @property
    def _is_debugged(self) -> bool:
        return self.runner.variable("RUNNER_DEBUG") == "1"

    # --- the ends --------------------------------------------------------------------------

    def _bug(self, bug: Exception) -> ReportFacts:
        text = "".join(traceback.format_exception(bug))
        # Its message may quote whatever the bug stumbled over.
        for line in prompt_block([Untrusted(line) for line in text.splitlines()], self.hidden):
            self.runner.say(line)
        return self._known(
            Outcome(
                OutcomeKind.ERROR,
                f"A bug in coder-fix: {type(bug).__name__}.",
                error_kind=ErrorKind.INTERNAL,
                remedy="Please report it with the traceback above.",
            )
        )

    def _known(self, outcome: Outcome) -> ReportFacts:
        if self.engine is None:
            return ReportFacts(outcome=outcome, secrets=self.hidden)
        return self.engine.report(self.engine.result(outcome))

    def _cancelled(self, signal_number: int) -> NoReturn:
        """Leave the workspace as `cleanup` says, within the few seconds that the runner grants.

        Called by the main thread, or by another one when the main thread cannot be reached.
        """
        assert self.cancellation is not None  # noqa: S101 - nothing else calls this
        if not self.cancellation.claim():
            _wait_for_the_end()
        session = self.engine.session if self.engine is not None else None
        where = f" The session is {session.url}." if session else ""
        outcome = Outcome(
            OutcomeKind.ERROR,
            f"The run was cancelled.{where}",
            error_kind=ErrorKind.CANCELLED,
            remedy="Run it again to carry on.",
        )
        if self.engine is not None and session is not None:
            helper = threading.Thread(target=self._detach, args=(self.engine,), daemon=True)
            helper.start()
            helper.join(CLEAN_UP_SECONDS)
        self._publish(self._known(outcome), in_a_hurry=True)
        self._leave(in_a_hurry=True)
        sys.stdout.flush()
        # A download or a clean-up may hang in a thread; the runner does not wait for it.
        os._exit(128 + signal_number)

    def _detach(self, engine: Engine) -> None:
        self.clock.exempt()  # pausing a session takes more than one look at it
        with suppress(BotError):
            engine.detach()

    def _leave(self, *, in_a_hurry: bool = False) -> None:
        """Let go of GitHub, last of all: a cancelled run's clean-up needs it, outputs do not."""
        if self.github is None:
            return
        if not self.github.revoke():
            self.runner.say("The token of the GitHub App is not revoked; it ends within an hour.")
        if not in_a_hurry:
            self.github.close()

    def _publish(self, facts: ReportFacts, *, in_a_hurry: bool = False) -> int:
        if self.keeper is not None:
            facts = self.keeper.kept(facts, in_a_hurry=in_a_hurry)
        text = summary(facts)
        self.runner.outputs(outputs(facts))
        if not self.runner.summary(text):
            self.runner.say(text)
        if facts.outcome.kind is OutcomeKind.ERROR:
            self.runner.annotate("error", "coder-fix", annotation(facts.outcome, self.hidden))
        self.runner.say(last_line(facts.outcome, self.hidden))
        return self._exit_code(facts.outcome)

    def _exit_code(self, outcome: Outcome) -> int:
        if outcome.kind is OutcomeKind.ERROR:
            code = exit_code(outcome.error_kind or ErrorKind.INTERNAL)
            spared = code is ExitCode.UPSTREAM and "error" not in self.fail_on
            return ExitCode.DONE if spared else code
        return ExitCode.FAIL_ON if outcome.kind.value in self.fail_on else ExitCode.DONE


def _wait_for_the_end() -> NoReturn:
    """Another thread is writing the end, and ends the process."""
    while True:
        time.sleep(1.0)
