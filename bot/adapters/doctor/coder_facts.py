"""Everything about one deployment and one token, by GET requests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from pydantic import Field

from bot.adapters.backends.answer import Answer, path
from bot.adapters.backends.coder_http import CoderHttp, Params, parse_version
from bot.adapters.backends.coder_wire import Items, Text, Wire, WireUser, read
from bot.adapters.backends.options import CoderOptions
from bot.adapters.backends.prefixes import PrefixedApi
from bot.adapters.doctor.attempts import ahead, attempt, trouble_of
from bot.adapters.doctor.coder_template import TemplateReader
from bot.doctor.check import Unseen
from bot.doctor.facts import CoderFacts, CoderToken, Contact, Trouble, TroubleKind
from bot.doctor.template_fitness import TemplateFacts
from bot.errors import BotError, ConfigurationError, UpstreamError
from bot.model import BackendName
from bot.outcomes import ErrorKind
from bot.ports import Clock
from bot.untrusted import Untrusted

_USER: Final = "The token's user, or an administrator of Coder."
_ADMINISTRATOR: Final = "An administrator of Coder."
_PROBES: Final = {
    BackendName.TASKS: [("q", "owner:me")],
    BackendName.CHATS: [("limit", "1")],
}


class WireKey(Wire):
    """One of the user's tokens; `scopes` since v2.27."""

    id: str
    expires_at: datetime
    scopes: Items[str] = Field(default_factory=list)


class WireRoles(Wire):
    """codersdk.UserRoles: organization roles by organization id."""

    roles: Items[str] = Field(default_factory=list)
    organization_roles: dict[str, list[str]] = Field(default_factory=dict)


class WireQuota(Wire):
    """codersdk.WorkspaceQuota; a budget of -1 is none."""

    credits_consumed: int
    budget: int


class WireProvider(Wire):
    """One provider of models."""

    available: bool = False
    models: Items[Any] = Field(default_factory=list)


class WireModels(Wire):
    """The list of models, by provider."""

    providers: Items[WireProvider] = Field(default_factory=list)


class WireOrganizationId(Wire):
    """An organization, as far as it matters here."""

    id: str
    name: Text = ""


@dataclass(slots=True)
class CoderReader:
    """Reads `CoderFacts`; never raises a `BotError`."""

    options: CoderOptions
    clock: Clock
    _http: CoderHttp = field(init=False)

    def read(self) -> CoderFacts:
        """Whose address, then whose token; where one fails, nothing more is asked."""
        facts = CoderFacts(
            contact=Contact(urlsplit(self.options.base_url).netloc.rpartition("@")[2]),
            wanted=self.options.backend,
            runs_for=self.options.user,
            organization=self.options.organization_name,
            template_name=self.options.template_name,
        )
        trouble = self._connect()
        if trouble is not None:
            return _lost(facts, trouble)
        try:
            told = self._http.get("/api/v2/buildinfo")
        except BotError as failure:
            return _lost(facts, trouble_of(failure))
        version = parse_version(_member(told, "version")) or self._http.version
        contact = replace(
            facts.contact, ahead=ahead(told.headers.get("Date", ""), self.clock.now())
        )
        facts = replace(facts, contact=contact, version=version)
        if not told.ok or not _member(told, "version"):
            says = f"What answers at {contact.address} is not Coder's API."
            return _lost(facts, Trouble(TroubleKind.ADDRESS, says))
        try:
            me = self._http.get("/api/v2/users/me")
        except BotError as failure:
            return _lost(facts, trouble_of(failure))
        return self._known(facts, me)

    def _connect(self) -> Trouble | None:
        try:
            # A missing template is the business of its own question.
            replace(self.options, backend=None).check()
        except ConfigurationError as failure:
            return Trouble(TroubleKind.INPUT, failure.message)
        try:
            self._http = CoderHttp(self.options, self.clock)
        except ConfigurationError as failure:
            return Trouble(TroubleKind.TLS, failure.message)
        except (ValueError, ImportError):  # how httpx refuses a proxy's address
            return Trouble(TroubleKind.PROXY, "The proxy's address cannot be used.")
        return None

    def _known(self, facts: CoderFacts, me: Answer) -> CoderFacts:
        organization = attempt(lambda: self._organization(facts.organization), _ADMINISTRATOR)
        by_id = organization if isinstance(organization, str) else ""
        templates = TemplateReader(self._http, self.options, by_id)
        with ThreadPoolExecutor(max_workers=6) as pool:
            serves = pool.submit(attempt, self._serves, _ADMINISTRATOR)
            token = pool.submit(attempt, self._token, _USER)
            roles = pool.submit(attempt, self._roles, _USER)
            other = pool.submit(attempt, lambda: self._exists(facts.runs_for), _ADMINISTRATOR)
            template = pool.submit(templates.read, facts.version)
            quota = pool.submit(attempt, lambda: self._quota(by_id), _ADMINISTRATOR)
            models = pool.submit(attempt, lambda: self._models(by_id), _ADMINISTRATOR)
        served, found, mine = serves.result(), template.result(), roles.result()
        backend = _backend(facts, served, found)
        if isinstance(found, TemplateFacts):
            found = replace(found, backend=backend)
        return replace(
            facts,
            serves=served,
            backend=backend,
            token=token.result(),
            username=attempt(lambda: _username(me), _USER),
            site_roles=frozenset(mine.roles) if isinstance(mine, WireRoles) else mine,
            organization_roles=_roles_in(by_id, mine),
            runs_for_exists=other.result(),
            organization_exists=(
                organization if isinstance(organization, Unseen) else bool(organization)
            ),
            template=found,
            quota=quota.result(),
            models=models.result(),
        )

    def _organization(self, name: str) -> str:
        """Its id; empty where there is none for this user."""
        answer = self._get("/api/v2/organizations" + path(name), 404)
        return read(WireOrganizationId, answer.data).id if answer.ok else ""

    def _serves(self) -> frozenset[BackendName]:
        return frozenset(name for name in _PROBES if self._is_served(name))

    def _is_served(self, name: BackendName) -> bool:
        try:
            PrefixedApi(self._http, name).get("", _PROBES[name])
        except UpstreamError as failure:
            if failure.kind is ErrorKind.CODER_UNSUPPORTED:
                return False
            raise
        return True

    def _token(self) -> CoderToken:
        answer = self._get("/api/v2/users/me/keys/tokens")
        own = self.options.token.strip().partition("-")[0]
        keys = read(list[WireKey], answer.data or [])
        key = next((k for k in keys if k.id == own), None)
        if key is None:
            return CoderToken(found=False)
        return CoderToken(found=True, expires=key.expires_at, scopes=frozenset(key.scopes))

    def _roles(self) -> WireRoles:
        return read(WireRoles, self._get("/api/v2/users/me/roles").data)

    def _exists(self, user: str) -> bool:
        # Up to v2.30 an unknown name is a 400.
        return user == "me" or self._get("/api/v2/users" + path(user), 400, 404).ok

    def _quota(self, organization: str) -> tuple[int, int] | None:
        """None where there is no budget; the free edition has no such route."""
        place = "/api/v2/organizations" + path(organization or "default")
        answer = self._get(f"{place}/members{path(self.options.user)}/workspace-quota", 404)
        if not answer.ok:
            return None
        quota = read(WireQuota, answer.data)
        return None if quota.budget < 0 else (quota.credits_consumed, quota.budget)

    def _models(self, organization: str) -> int:
        """By organization since v2.37; experimental before.

        The newer one first: once the older is gone, its address is that of a chat named `models`.
        """
        newer = "/api/v2/organizations" + path(organization or "default") + "/chats/models"
        answer = self._get(newer, 404)
        if not answer.ok:
            answer = self._get("/api/experimental/chats/models")
        providers = read(WireModels, answer.data).providers
        return sum(len(p.models) for p in providers if p.available)

    def _get(self, where: str, *allowed: int, params: Params = ()) -> Answer:
        answer = self._http.get(where, params)
        if not answer.ok and answer.status not in allowed:
            raise UpstreamError(
                ErrorKind.CODER_PERMISSION,
                f"Coder answers {answer.status} for {where}.",
                status=answer.status,
            )
        return answer


def _backend(
    facts: CoderFacts,
    served: frozenset[BackendName] | Unseen,
    template: TemplateFacts | Unseen | None,
) -> BackendName | None:
    """As a run would choose, see `adapters/backends/probe.py`."""
    if isinstance(served, Unseen):
        return facts.wanted
    if facts.wanted is not None:
        return facts.wanted if facts.wanted in served else None
    capable = isinstance(template, TemplateFacts) and template.task_capable is True
    if capable and BackendName.TASKS in served:
        return BackendName.TASKS
    if BackendName.CHATS in served:
        return BackendName.CHATS
    return None


def _roles_in(organization: str, mine: WireRoles | Unseen) -> frozenset[str] | Unseen:
    if isinstance(mine, Unseen):
        return mine
    if not organization:
        return Unseen("The organization is not there.", "You, once that is mended.")
    return frozenset(mine.organization_roles.get(organization, []))


def _lost(facts: CoderFacts, trouble: Trouble) -> CoderFacts:
    return replace(facts, contact=replace(facts.contact, trouble=trouble))


def _username(me: Answer) -> Untrusted | Unseen:
    """A scoped token may be refused even this."""
    if not me.ok:
        return Unseen(f"Coder answers {me.status}.", _USER)
    return Untrusted(read(WireUser, me.data).username)


def _member(answer: Answer, name: str) -> str:
    value = answer.data.get(name) if isinstance(answer.data, dict) else None
    return value if isinstance(value, str) else ""
