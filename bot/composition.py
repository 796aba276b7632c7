"""The composition root: settings and a runner's variables → adapters, request, engine."""

from __future__ import annotations

import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.access import credentials, server
from bot.adapters import tls
from bot.adapters.backends import CoderOptions, connect
from bot.adapters.clock import SystemClock
from bot.adapters.github_api import Credentials, FixedToken, GitHubApi, Server, permissions
from bot.adapters.runner import Runner
from bot.adapters.workspace_files import WorkspaceFiles
from bot.engine import Brief, Engine
from bot.errors import ConfigurationError
from bot.evidence.scan import scanner
from bot.inputs import is_full_name
from bot.model import BackendName, Event, Ignored, Repository, Request, TriggerName, Vantage
from bot.outcomes import SkipReason
from bot.policy import Mode, Waiting
from bot.policy_file import LARGEST, PATH, rules, sources
from bot.ports import UNRECORDED, AgentBackend, Exchanged, Narrator, Ports, Recorder
from bot.prompt import check_template
from bot.sanitize import GrowingSecrets
from bot.settings import Settings
from bot.triggers import Surroundings, door_of, recognize

if TYPE_CHECKING:
    from bot.bundle.recording import Recording
    from bot.engine.desk import Desk
    from bot.engine.sweep import Sweep
    from bot.engine.upgrades import Upgrades
    from bot.log import DebugLog


@dataclass(frozen=True, slots=True)
class Composition:
    """Makes each part of one run; nothing here decides anything."""

    settings: Settings
    runner: Runner
    clock: SystemClock
    hidden: GrowingSecrets
    recording: Recording | None = None
    debug_log: DebugLog | None = None

    def github(self, repository: str) -> GitHubApi:
        """GitHub for the repository of the flag, else of the runner."""
        name = repository or self.runner.variable("GITHUB_REPOSITORY")
        if not is_full_name(name):
            raise ConfigurationError(
                f"GITHUB_REPOSITORY is {name!r}, not owner/name.",
                remedy="A runner sets it; on the command line give --repository owner/name.",
            )
        own = self.runner.own_run
        where = server(self.settings, self.runner, None if self.runner.is_action else Path())
        return GitHubApi(
            where,
            self._credentials(where, name),
            full_name=name,
            clock=self.clock,
            own_run=own.id if own else 0,
            exchanged=self._exchanged,
        )

    def warm_up(self) -> None:
        """Build what the engine will need, while the first answers are waited for."""
        threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()

    def ruled(self, github: GitHubApi, narrator: Narrator) -> Composition | Ignored:
        """The same with what the policy files say where no input does; Ignored where they say no.

        Both are read side by side.
        """
        asked = sources(github.full_name)
        with ThreadPoolExecutor(len(asked)) as pool:
            read = partial(github.file_on_default_branch, path=PATH, largest=LARGEST)
            texts = dict(zip(asked, pool.map(read, asked), strict=True))
        found = rules({name: text for name, text in texts.items() if text is not None})
        if found.disabled_by:
            reason = f"coder-fix is switched off here (`enabled: false` in {found.disabled_by})."
            return Ignored(SkipReason.OPTED_OUT, reason)
        if found.files:
            narrator.tell(f"Policy: {' and '.join(found.files)}")
        return replace(self, settings=found.under(self.settings))

    def _credentials(self, where: Server, name: str) -> Credentials:
        """An event without secrets is told by the door, so it may pass without the App's key."""
        settings = self.settings
        has_secrets = bool(settings.coder_token.get_secret_value()) or settings.mode is Mode.REPORT
        if not settings.github_app_private_key.get_secret_value() and not has_secrets:
            return FixedToken(settings.github_token.get_secret_value())
        door = door_of(settings.trigger, self.runner.variable("GITHUB_EVENT_NAME"))
        return credentials(
            settings,
            where,
            name,
            lambda: permissions(settings.policy(), door),
            clock=self.clock,
            conceal=self._conceal,
        )

    @property
    def _exchanged(self) -> Exchanged | None:
        return self.debug_log.exchanged if self.debug_log is not None else None

    def _conceal(self, name: str, value: str) -> None:
        """Before its first use: in what the runner prints, and in whatever we write."""
        self.runner.mask((value,))
        self.hidden.learn(name, value)

    def request(self, event: Event, github: GitHubApi) -> Request | Ignored:
        """What the event, or the input `run-id`, asks for."""
        settings = self.settings
        has_token = bool(settings.coder_token.get_secret_value())
        return recognize(
            event,
            Surroundings(
                repository=_repository(event) or github.repository(),
                own_run=self.runner.own_run,
                own_workflow=self.runner.own_workflow,
                vantage=Vantage(
                    check_run_id=settings.check_run_id,
                    runner_name=self.runner.variable("RUNNER_NAME"),
                    workflow_sha=self.runner.variable("GITHUB_WORKFLOW_SHA"),
                ),
                run_id=settings.run_id,
                actor=self.runner.variable("GITHUB_ACTOR"),
                trigger=None if settings.trigger == "auto" else TriggerName(settings.trigger),
                allow_bots=settings.allow_bots,
                has_coder_token=has_token or settings.mode is Mode.REPORT,
            ),
        )

    def engine(self, request: Request, github: GitHubApi, narrator: Narrator) -> Engine:
        """The engine with everything that it needs."""
        ports, brief = self._around(github, narrator)
        return Engine(request, self.settings.policy(request.vantage), ports, brief)

    def sweep(self, request: Request, github: GitHubApi, narrator: Narrator) -> Sweep:
        """The same for every open item; none of them is waited for."""
        from bot.engine.sweep import Sweep

        ports, brief = self._around(github, narrator)
        policy = replace(self.settings.policy(), wait=Waiting.NONE)
        number = self.runner.variable("GITHUB_RUN_NUMBER")
        return Sweep(
            request,
            policy,
            ports,
            lambda one, host: Engine(one, policy, replace(ports, github=host), brief),
            github.glance(),
            turn=int(number) if number.isdigit() else int(self.clock.now().timestamp()),
        )

    def upgrades(self, request: Request, github: GitHubApi, narrator: Narrator) -> Upgrades:
        """What looks after upgrades; none of them is waited for."""
        from bot.engine.upgrades import Upgrades

        ports, brief = self._around(github, narrator)
        policy = replace(self.settings.policy(), wait=Waiting.NONE)
        return Upgrades(request, policy, ports, lambda one: Engine(one, policy, ports, brief))

    def desk(self, request: Request, github: GitHubApi, narrator: Narrator) -> Desk:
        """What follows the commands of a comment."""
        from bot.engine.command_requests import CommandRequests
        from bot.engine.desk import Desk
        from bot.engine.messenger import Messenger

        ports, brief = self._around(github, narrator)
        policy = self.settings.policy()
        return Desk(
            request,
            policy,
            ports,
            lambda one: Engine(one, policy, ports, brief),
            lambda item: Messenger(request, item, policy, ports, brief),
            CommandRequests(request, policy, github),
        )

    def _around(self, github: GitHubApi, narrator: Narrator) -> tuple[Ports, Brief]:
        settings = self.settings
        brief = Brief(
            fence=secrets.token_hex(8),
            template=self._template(),
            extra_instructions=settings.extra_instructions,
            log_budget_chars=settings.log_budget_chars,
            secrets=self.hidden,
        )
        check_template(brief.template)
        files = WorkspaceFiles(
            Path(self.runner.variable("GITHUB_WORKSPACE") or "."), settings.log_file
        )
        agent, recording = self._agent(), self.recording
        if agent is not None and recording is not None:
            agent = recording.overhearing(agent)
        recorder: Recorder = recording or UNRECORDED
        if self.debug_log is not None:
            recorder = self.debug_log.before(recorder)
        ports = Ports(github, agent, self.clock, narrator, files, recorder)
        return ports, brief

    def _template(self) -> str:
        settings = self.settings
        if not settings.prompt_file:
            return settings.prompt
        path = Path(self.runner.variable("GITHUB_WORKSPACE") or ".") / settings.prompt_file
        try:
            return path.read_text(encoding="utf-8")
        except (OSError, ValueError) as failure:
            raise ConfigurationError(
                f"Input `prompt-file`: {settings.prompt_file} cannot be read.",
                remedy="Check the repository out before this step; the path starts at its root.",
            ) from failure

    def _agent(self) -> AgentBackend | None:
        """Coder, unless nothing may be started and no address is given."""
        settings = self.settings
        token = settings.coder_token.get_secret_value()
        unset = not settings.coder_url and not token
        if settings.mode is Mode.REPORT or (settings.dry_run and unset):
            return None
        options = coder_options(settings)
        options.check()
        return connect(options, clock=self.clock, exchanged=self._exchanged)


def coder_options(settings: Settings) -> CoderOptions:
    """Which Coder, for whom, and with which template."""
    backend = settings.coder_backend
    return CoderOptions(
        url=settings.coder_url,
        token=settings.coder_token.get_secret_value(),
        backend=None if backend == "auto" else BackendName(backend),
        organization=settings.coder_organization,
        template=settings.coder_template_name,
        preset=settings.coder_template_preset,
        owner=settings.coder_username or "me",
        workspace_id=settings.workspace_id,
        model_config_id=settings.model_config_id,
        allow_http=settings.allow_http,
    )


def _repository(event: Event) -> Repository | None:
    """From the payload, which saves a request; None where it is not whole."""
    data = event.payload.get("repository")
    if not isinstance(data, dict):
        return None
    try:
        return Repository(
            full_name=str(data["full_name"]),
            id=int(data["id"]),
            default_branch=str(data["default_branch"]),
            url=str(data["html_url"]),
        )
    except (TypeError, KeyError, ValueError):
        return None


def _warm_up() -> None:
    """OpenSSL and hyperscan build their tables without Python's lock: side by side with the start.

    Whoever needs one of them earlier builds it, and reports what is wrong with it.
    """
    with suppress(Exception):
        tls.context()
        scanner()
