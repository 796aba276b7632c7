"""Everything about one repository and one token, by GET requests and GraphQL's `viewer`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from urllib.parse import quote

from bot.adapters.doctor.attempts import ahead, attempt, trouble_of
from bot.adapters.doctor.github_app import lacks
from bot.adapters.doctor.github_settings import SettingsReader
from bot.adapters.doctor.github_workflows import WorkflowReader
from bot.adapters.doctor.target import GitHubTarget
from bot.adapters.github_api.client import Client
from bot.adapters.github_api.replies import Reply
from bot.doctor.check import Unseen
from bot.doctor.checks.repository import version_of
from bot.doctor.facts import (
    AppFacts,
    Contact,
    GitHubFacts,
    GitHubToken,
    RepositoryFacts,
    Trouble,
    TroubleKind,
)
from bot.doctor.workflow_file import Workflow
from bot.errors import BotError
from bot.policy import Policy
from bot.ports import Clock
from bot.untrusted import Untrusted

_VIEWER: Final = "query { viewer { login } }"
_SELF: Final = "Whoever made the token."
_READS: Final = {
    "actions: read": "/actions/workflows?per_page=1",
    "checks: read": "/commits/{branch}/check-runs?per_page=1",
    "contents: read": "/contents/.github",
    "issues: read": "/issues?per_page=1",
    "pull-requests: read": "/pulls?per_page=1",
    "statuses: read": "/commits/{branch}/status?per_page=1",
}
"""Permission → a GET that it opens."""


class GitHubReader:
    """Reads `GitHubFacts`; never raises a `BotError`. The policy is asked for when it is needed."""

    def __init__(self, target: GitHubTarget, clock: Clock, policy: Callable[[], Policy]) -> None:
        self._target = target
        self._clock = clock
        self._policy = policy
        self.workflows: Future[tuple[Workflow, ...] | Unseen] = Future()
        """What the files say, as soon as they are read; nothing where none could be."""

    def read(self) -> GitHubFacts:
        """The repository first: where that fails, nothing more is asked."""
        try:
            return self._read()
        finally:
            if not self.workflows.done():
                self.workflows.set_result(())

    def _read(self) -> GitHubFacts:
        target = self._target
        if target.trouble is not None or target.client is None:
            says = target.trouble or Trouble(TroubleKind.INPUT, "GitHub cannot be asked.")
            return self._lost(says)
        return self._asked(target.client)

    def _lost(self, trouble: Trouble) -> GitHubFacts:
        return self._only(Contact(self._target.host, trouble))

    def _only(self, contact: Contact) -> GitHubFacts:
        return GitHubFacts(contact, self._target.name, self._target.is_enterprise)

    def _asked(self, client: Client) -> GitHubFacts:
        root = "/repos/" + quote(self._target.name)
        try:
            first = client.reply("GET", root, none_on=(403, 404, 451))
        except BotError as failure:
            return self._lost(trouble_of(failure))
        telling = "id" if first.status == 200 else "message"
        if not isinstance(first.data, dict) or telling not in first.data:
            says = f"What answers at {self._target.host} is not GitHub's API."
            return self._lost(Trouble(TroubleKind.ADDRESS, says))
        repository = self._repository(first)
        contact = Contact(
            self._target.host, ahead=ahead(first.headers.get("date", ""), self._clock.now())
        )
        if isinstance(repository, Unseen):
            return replace(self._only(contact), repository=repository)
        branch = repository.default_branch
        settings = SettingsReader(client, root)
        workflows = WorkflowReader(client, root)
        with ThreadPoolExecutor(max_workers=6) as pool:
            refused = pool.submit(self._refused, client, root, branch)
            login = pool.submit(attempt, lambda: _login(client), _SELF)
            files = pool.submit(workflows.files)
            files.add_done_callback(self._workflows_read)
            states = pool.submit(workflows.states)
            dependabot = pool.submit(workflows.dependabot)
            actions = pool.submit(settings.actions)
            job_token = pool.submit(settings.job_token)
            secrets = pool.submit(settings.secrets)
            dependabot_secrets = pool.submit(settings.dependabot_secrets)
            rules = pool.submit(lambda: settings.rules(f"{self._policy().branch_prefix}doctor"))
            codeowners = pool.submit(settings.codeowners_errors)
        headers = first.headers
        return GitHubFacts(
            contact=contact,
            name=self._target.name,
            is_enterprise=self._target.is_enterprise,
            enterprise=version_of(headers.get("x-github-enterprise-version", "")),
            token=self._token(headers, login.result(), refused.result()),
            repository=repository,
            actions=actions.result(),
            job_token=job_token.result(),
            secrets=secrets.result(),
            dependabot_secrets=dependabot_secrets.result(),
            dependabot=dependabot.result(),
            workflows=files.result(),
            local=self._target.local,
            states=states.result(),
            our_rules=rules.result(),
            codeowners_errors=codeowners.result(),
            left=_left(headers),
            app=self._app(files.result()),
        )

    def _app(self, workflows: tuple[Workflow, ...] | Unseen) -> AppFacts | None:
        app = self._target.app
        return app and replace(app, lacks=lacks(app, workflows, self._policy()))

    def _workflows_read(self, files: Future[tuple[Workflow, ...] | Unseen]) -> None:
        if files.exception() is None:
            self.workflows.set_result(files.result())

    def _repository(self, first: Reply) -> RepositoryFacts | Unseen:
        data = first.data
        if first.status != 200:
            says = f"GitHub answers {first.status} for {self._target.name}: absent, or hidden from"
            return Unseen(f"{says} this token.", "A member of its organization.")
        rights = data.get("permissions") if isinstance(data.get("permissions"), dict) else {}
        return RepositoryFacts(
            default_branch=str(data.get("default_branch") or "main"),
            private=bool(data.get("private")),
            archived=bool(data.get("archived")),
            has_issues=bool(data.get("has_issues", True)),
            may_push=rights.get("push"),
        )

    def _token(
        self, headers: Mapping[str, str], login: Untrusted | Unseen, refused: tuple[str, ...]
    ) -> GitHubToken:
        told = headers.get("x-oauth-scopes")
        scopes = None if told is None else frozenset(filter(None, told.replace(" ", "").split(",")))
        token = self._target.token
        kinds = {"github_pat_": "fine-grained", "ghs_": "installation", "ghp_": "classic"}
        kind = next((k for prefix, k in kinds.items() if token.startswith(prefix)), "unknown")
        if scopes is not None and kind == "unknown":
            kind = "classic"  # the older form of one is 40 hexadecimal digits
        expires = _moment(headers.get("github-authentication-token-expiration", ""))
        return GitHubToken(kind, login, scopes, expires, refused)

    def _refused(self, client: Client, root: str, branch: str) -> tuple[str, ...]:
        """The permissions whose GET is answered with 403; other troubles are not theirs."""

        def refused(path: str) -> bool:
            reply = client.reply("GET", root + path, none_on=(403, 404, 409, 410, 422))
            return reply.status == 403

        paths = {n: p.format(branch=quote(branch, safe="")) for n, p in _READS.items()}
        return tuple(n for n, p in paths.items() if attempt(partial(refused, p), _SELF) is True)


def _login(client: Client) -> Untrusted:
    return Untrusted(str(client.graphql(_VIEWER)["viewer"]["login"]))


def _left(headers: Mapping[str, Any]) -> tuple[int, int] | None:
    """Requests left and the limit; Enterprise Server has none by default."""
    left, limit = headers.get("x-ratelimit-remaining", ""), headers.get("x-ratelimit-limit", "")
    return (int(left), int(limit)) if left.isdigit() and limit.isdigit() else None


def _moment(text: str) -> datetime | None:
    """`2027-02-19 11:50:20 UTC`, or with an offset such as `+0200` in the place of the zone."""
    text = text.strip().replace(" UTC", " +0000")
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return None
