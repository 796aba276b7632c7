"""`coder-fix setup`: a Coder made ready for the bot, by its administrator."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.adapters.backends.coder_http import CoderHttp
from bot.adapters.backends.prefixes import version_text
from bot.adapters.clock import SystemClock
from bot.adapters.coder_admin import CoderAdmin, NewToken, inspect
from bot.adapters.gh_cli import SecretStore
from bot.commands import setup_flags, setup_words
from bot.doctor.check import Status
from bot.doctor.template_fitness import fitness
from bot.errors import ConfigurationError, UpstreamError
from bot.model import BackendName
from bot.outcomes import ErrorKind, ExitCode
from bot.setup import Facts, Push, Step, Wishes, kind_for, plan
from bot.setup.plan import backend_for
from bot.setup.steps import MakeToken
from bot.templates import Agent, Credentials, Kind, Platform, Recipe, compose, variables

if TYPE_CHECKING:
    from bot.ports import Clock

_MOST_STEPS = 30


def main(argv: list[str], clock: Clock | None = None) -> int:
    """0 when everything stands, or would after what a dry run shows."""
    given = setup_flags.parser().read(argv)
    setup_flags.check_kind(given)
    if given.write_template:
        return _write(given)
    time = clock or SystemClock()
    options = setup_flags.options(given, setup_flags.token(given))
    http = CoderHttp(options, time)
    if given.check:
        return _check(given, http, time)
    admin = CoderAdmin(http, time, lambda token: CoderHttp(replace(options, token=token), time))
    wishes = setup_flags.wishes(given)
    store = SecretStore(given.secret_name, given.repositories)
    try:
        return Setup(given, admin, wishes, store).run()
    except KeyboardInterrupt:
        _say("Cut. Run setup again: it goes on where it stopped.")
        raise


@dataclass(slots=True)
class Setup:
    """One run: read, plan, take the first step, read again."""

    given: argparse.Namespace
    admin: CoderAdmin
    wishes: Wishes
    store: SecretStore
    taken: list[Step] = field(default_factory=list)

    def run(self) -> int:
        """Every step that is left."""
        server = self.admin.server(self.given.coder_organization)
        backend = backend_for(server, self.wishes)
        kind = Kind(kind_for(server, self.wishes))
        _say(f"Coder {version_text(server.version)}, for {backend.value}")
        push = self._push(kind, f"{server.deployment_id}/{self.wishes.template}")
        facts = self.admin.facts(server, self.wishes, push)
        self._check_values(facts, push)
        steps = plan(facts, self.wishes)
        self._check_store(steps)
        if self.given.dry_run:
            sys.stdout.write(setup_words.planned(steps, self.store))
            return ExitCode.DONE
        facts = self._take(steps, facts, push)
        self._check_capable(backend, facts)
        _say(setup_words.ended(facts, self.wishes, self.store, backend, tuple(self.taken)))
        return ExitCode.DONE

    def _push(self, kind: Kind, salt: str) -> Push:
        if not self.wishes.template:
            return Push({}, {})
        sources = compose(_recipe(self.given, kind))
        return Push(sources, setup_flags.values(self.given, variables(sources)), salt)

    def _take(self, steps: tuple[Step, ...], facts: Facts, push: Push) -> Facts:
        """All of them. What a lost answer leaves open, a new look settles; once more, at most."""
        again = False
        for _ in range(_MOST_STEPS):
            if not steps:
                return facts
            step, before = steps[0], steps
            _say(f"  {step.says}")
            lost: UpstreamError | None = None
            try:
                self.admin.do(step, facts, push, self.wishes, self._deliver)
            except UpstreamError as error:
                if not error.maybe_done:
                    raise
                lost = error
            self.taken.append(step)
            if isinstance(step, MakeToken):
                self.wishes = replace(self.wishes, renew=False)
            facts = self.admin.facts(facts.server, self.wishes, push)
            steps = plan(facts, self.wishes)
            if lost and steps == before and again:
                raise lost
            again = lost is not None
        raise UpstreamError(
            ErrorKind.CODER,
            "Somebody else changes the same things in Coder.",
            remedy="Run setup again when they are done.",
        )

    def _deliver(self, token: NewToken) -> None:
        """Into the repositories, or onto standard output, where nothing else stands."""
        if self.store.repositories:
            self.store.store(token.text)
            return
        if os.environ.get("GITHUB_ACTIONS") == "true":
            _say(f"::add-mask::{token.text}")
        sys.stdout.write(token.text + "\n")
        sys.stdout.flush()

    def _check_values(self, facts: Facts, push: Push) -> None:
        """Each variable without a default has a value, now or from the last version."""
        there = facts.template.variables if facts.template else frozenset()
        missing = [
            v
            for v in variables(push.sources)
            if v.required and v.name not in push.values and v.name not in there
        ]
        if missing:
            first = missing[0]
            names = ", ".join(f"TF_VAR_{v.name}" for v in missing)
            raise ConfigurationError(
                f"The template needs {names}. {first.name}: {first.description}",
                remedy="Set it in the environment; nothing was changed.",
            )

    def _check_store(self, steps: tuple[Step, ...]) -> None:
        """A token that stays cannot be told to a repository that lacks it."""
        if not self.store.repositories:
            return
        lacking = self.store.missing()
        if lacking and not any(isinstance(step, MakeToken) for step in steps):
            raise ConfigurationError(
                f"{', '.join(lacking)} has no secret {self.store.name}, and the token that is there"
                " cannot be shown again.",
                remedy="Name every repository with --repo and give --renew-token.",
            )

    def _check_capable(self, backend: BackendName, facts: Facts) -> None:
        name, there = self.wishes.template, facts.template
        if there is None or backend is not BackendName.TASKS:
            return
        if self.admin.sights.task_capable(name, there.id):
            return
        raise UpstreamError(
            ErrorKind.TEMPLATE,
            f"The template {name} was pushed, but Coder does not take it for a task template.",
            remedy=f"Look at it with `coder-fix setup --check {name}`.",
        )


def _recipe(given: argparse.Namespace, kind: Kind) -> Recipe:
    return Recipe(
        kind, Platform(given.platform), Agent(given.agent), Credentials(given.credentials)
    )


def _write(given: argparse.Namespace) -> int:
    """The files of the template, for those who keep theirs in a repository."""
    kind = setup_flags.kind_to_write(given)
    folder = Path(given.write_template)
    try:
        if folder.exists() and any(folder.iterdir()):
            raise ConfigurationError(
                f"{folder} is not empty.", remedy="Name a new folder; nothing was written."
            )
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in compose(_recipe(given, kind)).items():
            (folder / name).write_bytes(content)
    except OSError as failure:
        raise ConfigurationError(
            f"The template cannot be written to {folder}: {failure.strerror}.",
            remedy="Name a folder that you may make.",
        ) from failure
    _say(f"A template for {kind.value} stands in {folder}")
    return ExitCode.DONE


def _check(given: argparse.Namespace, http: CoderHttp, clock: Clock) -> int:
    """What is fit and what is not, in words; 3 where something would stop a session."""
    backend = None if given.backend == "auto" else BackendName(given.backend)
    organization, _, name = given.check.rpartition("/")
    facts = inspect(http, clock, organization or given.coder_organization, name, backend)
    findings = fitness(facts)
    sys.stdout.write(setup_words.checked(facts, findings))
    broken = any(finding.status is Status.BROKEN for finding in findings)
    return ExitCode.UPSTREAM if broken else ExitCode.DONE


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
