"""`coder-fix doctor`: read both sides, ask every question, say what is wrong and what to do.

It sends GET requests and one GraphQL query, and writes nothing but its answer. For a GitHub App it
makes a token that can only read, and revokes it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot import __version__
from bot.adapters.clock import SystemClock
from bot.adapters.runner import Runner
from bot.commands.flags import add_input
from bot.commands.parsing import Flags
from bot.doctor.check import Unseen
from bot.doctor.examine import examine, worst
from bot.doctor.facts import CoderFacts, Facts, PolicyFacts
from bot.doctor.render import Paper, as_json, as_text
from bot.doctor.step_inputs import given_by_steps
from bot.errors import ConfigurationError
from bot.inputs import input_name
from bot.outcomes import ExitCode
from bot.policy import Mode, Policy
from bot.policy_file import LARGEST, NO_RULES, PATH, Rules, rules, sources
from bot.ports import Clock
from bot.sanitize import GrowingSecrets, redact
from bot.settings import Settings, load_what_fits

if TYPE_CHECKING:
    from bot.adapters.doctor import GitHubTarget

ASKED = (
    "coder_url",
    "coder_backend",
    "coder_organization",
    "coder_template_name",
    "coder_template_preset",
    "coder_username",
    "github_app_id",
    "allow_http",
    "branch_prefix",
    "mode",
)
"""The inputs that it has flags for. Tokens have none: everybody on a machine sees its flags."""

LONGEST_WAIT = 3.0
"""Seconds between two tries of one request."""

_ENDING = """\
Tokens come from the variables CODER_SESSION_TOKEN and GITHUB_TOKEN, or from those of the action, \
and a GitHub App's private key from CODER_FIX_GITHUB_APP_PRIVATE_KEY. \
What an administrator has set is seen with an administrator's token only; the rest says `?` and \
who can look."""


def main(argv: list[str]) -> int:
    """Print the findings; the exit code is by the worst of them."""
    return Doctor(os.environ).main(_parser().read(argv))


class ImpatientClock(SystemClock):
    """Somebody is looking on: a server that wants to be left alone for long is a finding."""

    def sleep(self, seconds: float) -> None:
        """At most `LONGEST_WAIT` seconds."""
        super().sleep(min(seconds, LONGEST_WAIT))


class Doctor:
    """One look at a set-up."""

    def __init__(self, environ: Mapping[str, str], clock: Clock | None = None) -> None:
        # Masks go to standard error: standard output is the answer, which may be JSON.
        self._runner = Runner(environ, sys.stderr)
        self._hidden = GrowingSecrets()
        self._environ = environ
        self._clock = clock or ImpatientClock()

    def main(self, flags: argparse.Namespace) -> int:
        """Read, examine, print."""
        given = {k: v for k, v in vars(flags).items() if k in ASKED and v is not None}
        settings, complaints = load_what_fits(given)
        self._hidden = GrowingSecrets(settings.secrets)
        name = flags.repository or self._runner.variable("GITHUB_REPOSITORY") or self._origin()
        sections = examine(self._facts(settings, complaints, name))
        if flags.format == "json":
            told = as_json(
                sections, version=__version__, repository=name, coder_url=settings.coder_url
            )
            text = json.dumps(told, indent=2, ensure_ascii=False) + "\n"
        else:
            coder = settings.coder_url or "no Coder"
            subject = f"coder-fix doctor {__version__}: {name or 'no repository'}, {coder}"
            text = as_text(subject, sections, Paper(_colored(self._environ), quiet=flags.quiet))
        sys.stdout.write(redact(text, self._hidden))
        return worst(sections)

    def _origin(self) -> str:
        """The repository in whose checkout this is; empty where it is none."""
        from bot.adapters.remotes import origin

        found = origin(self._folder)
        return found.repository if found else ""

    @property
    def _folder(self) -> Path:
        return Path(self._runner.variable("GITHUB_WORKSPACE") or ".")

    def _facts(self, settings: Settings, complaints: tuple[str, ...], name: str) -> Facts:
        # Here, since they import both HTTP libraries, and `--help` needs neither.
        from bot.adapters.doctor import GitHubReader, read_machine

        if sys.stderr.isatty():
            print("Asking GitHub and Coder…", end="\r", file=sys.stderr, flush=True)
        with (
            closing(self._target(settings, name)) as target,
            ThreadPoolExecutor(max_workers=3) as pool,
        ):
            try:
                policy = pool.submit(self._policy, target)

                def ruled() -> Settings:
                    return policy.result()[1].under(settings)

                reader = GitHubReader(target, self._clock, lambda: _of_a_run(ruled()))
                github = pool.submit(reader.read)

                def in_a_run() -> Settings:
                    told = reader.workflows.result()
                    steps = given_by_steps(() if isinstance(told, Unseen) else told)
                    rules = policy.result()[1]
                    return replace(rules, values={**rules.values, **steps}).under(settings)

                coder = pool.submit(lambda: self._coder(in_a_run()))
                facts = replace(github.result(), policy=policy.result()[0])
                machine = read_machine(
                    self._environ,
                    self._clock.now(),
                    complaints=complaints,
                    known_inputs=tuple(input_name(field) for field in Settings.model_fields),
                    branch_prefix=ruled().branch_prefix,
                )
                return Facts(machine, facts, coder.result())
            except KeyboardInterrupt:
                # A thread may hang in a request for a minute, and leaves nothing behind.
                target.close()
                os._exit(ExitCode.INTERRUPTED)

    def _policy(self, target: GitHubTarget) -> tuple[PolicyFacts | Unseen, Rules]:
        """What the policy files say, for people and for the rest of the diagnosis."""
        from bot.adapters.doctor import policy_texts

        try:
            texts = policy_texts(target, sources(target.name), PATH, LARGEST)
            if isinstance(texts, Unseen):
                return texts, NO_RULES
            found = rules(texts)
        except ConfigurationError as failure:
            return PolicyFacts(trouble=failure.message), NO_RULES
        return PolicyFacts(found.files, found.disabled_by), found

    def _target(self, settings: Settings, name: str) -> GitHubTarget:
        from bot.access import server
        from bot.adapters.doctor import Bearing, aim
        from bot.adapters.doctor.github_workflows import local_workflows

        bearing = Bearing(
            settings.github_token.get_secret_value(),
            settings.github_app_id,
            settings.github_app_private_key.get_secret_value(),
        )
        return aim(
            lambda: server(settings, self._runner, self._folder),
            name,
            bearing,
            local=local_workflows(self._folder),
            clock=self._clock,
            conceal=self._conceal,
        )

    def _conceal(self, name: str, value: str) -> None:
        self._runner.mask((value,))
        self._hidden.learn(name, value)

    def _coder(self, settings: Settings) -> CoderFacts | None:
        """None for a set-up that only diagnoses, and so has no Coder."""
        from bot.adapters.doctor import CoderReader
        from bot.composition import coder_options

        token = settings.coder_token.get_secret_value()
        if settings.mode is Mode.REPORT and not settings.coder_url and not token:
            return None
        return CoderReader(coder_options(settings), self._clock).read()


def _parser() -> Flags:
    parser = Flags(
        "doctor",
        "Look at both sides of a set-up, and say what is wrong and what to do. Reads only.",
        ending=_ENDING,
        codes="0 fine or warnings only, 2 the configuration breaks something, 3 a server is in "
        "trouble.",
        example="coder-fix doctor --repository octo/shop --quiet",
    )
    parser.add_argument(
        "--repository",
        metavar="OWNER/NAME",
        help="The repository; else GITHUB_REPOSITORY, else the checkout's origin.",
    )
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="For people, or for programs."
    )
    parser.add_argument("--quiet", action="store_true", help="Leave out what is fine.")
    for field in ASKED:
        add_input(parser, field)
    return parser


def _colored(environ: Mapping[str, str]) -> bool:
    return sys.stdout.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def _of_a_run(settings: Settings) -> Policy:
    """What packages and groups name is no matter here, and may be wrong."""
    return settings.model_copy(update={"packages": "", "groups": ""}).policy()
