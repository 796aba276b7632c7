"""What stands in a Coder: server, rights, the bot's user, template and token."""

from __future__ import annotations

from datetime import timedelta

from bot.adapters.backends.answer import path
from bot.adapters.backends.coder_wire import WireOrganization, WireTemplate, read
from bot.adapters.backends.prefixes import PrefixedApi
from bot.adapters.coder_admin.asking import Asking
from bot.adapters.coder_admin.wire import (
    WireAdminUser,
    WireApiKey,
    WireBuildInfo,
    WireEntitlements,
    WireMember,
    WireRole,
    WireTokenConfig,
    WireVariable,
    WireVersion,
)
from bot.errors import ConfigurationError, UpstreamError
from bot.model import BackendName
from bot.outcomes import ErrorKind
from bot.ports import Clock
from bot.setup import (
    Facts,
    Import,
    Member,
    Push,
    Rights,
    Server,
    StandingTemplate,
    StandingToken,
    VersionFacts,
    Wishes,
    is_ours,
)

_UNDER_WAY = {"pending", "running", ""}
_CHECKS = {
    "create_users": ("user", "create"),
    "add_members": ("organization_member", "create"),
    "assign_roles": ("assign_org_role", "assign"),
    "push_templates": ("template", "create"),
    "make_tokens": ("api_key", "create"),
}
_MOST_TRIES = 20


class Sights:
    """Reads, and nothing else."""

    def __init__(self, asking: Asking, clock: Clock) -> None:
        self._ask = asking
        self._clock = clock

    def server(self, organization: str) -> Server:
        """The deployment and the organization; raises `ConfigurationError` for a wrong one."""
        build = read(WireBuildInfo, self._ask.must("tell its version", "/buildinfo"))
        self._ask.must("tell who the token's user is", "/users/me")
        found = self._organization(organization)
        roles = self._ask.must("list the roles", f"/organizations{path(found.id)}/members/roles")
        return Server(
            version=self._ask.http.version,
            deployment_id=build.deployment_id,
            tasks=self.serves(BackendName.TASKS),
            chats=self.serves(BackendName.CHATS),
            service_accounts=self._has_service_accounts(),
            organization_id=found.id,
            organization_name=found.name,
            assignable_roles=frozenset(r.name for r in read(list[WireRole], roles or [])),
        )

    def facts(self, server: Server, wishes: Wishes, push: Push) -> Facts:
        """Everything else, read now."""
        me = read(WireAdminUser, self._ask.must("tell who the token's user is", "/users/me"))
        user = self._user(server, wishes.username, me.id)
        template = self._template(server, wishes, push)
        return Facts(
            now=self._clock.now(),
            server=server,
            rights=self._rights(server),
            user=user,
            template=template,
            version_name=push.version_name(""),
            tokens=self._tokens(wishes) if user else (),
            longest=self._longest(wishes) if user else None,
        )

    def task_capable(self, name: str, template_id: str) -> bool:
        """Whether that template can run tasks, by the filter of Coder's own CLI.

        Each organization may have one of that name.
        """
        query = (("q", f"has-ai-task:true exact_name:{name}"),)
        found = self._ask.must("list templates", "/templates", query)
        return any(t.id == template_id for t in read(list[WireTemplate], found or []))

    def serves(self, name: BackendName) -> bool:
        """Whether that API is served under either prefix."""
        tasks = name is BackendName.TASKS
        try:
            PrefixedApi(self._ask.http, name).get(
                "", [("q", "owner:me") if tasks else ("limit", "1")]
            )
        except UpstreamError as error:
            if error.kind is ErrorKind.CODER_UNSUPPORTED:
                return False
            raise
        return True

    def version(self, version_id: str) -> WireVersion:
        """One template version."""
        found = self._ask.must("read the version", f"/templateversions{path(version_id)}")
        return read(WireVersion, found)

    def _organization(self, name: str) -> WireOrganization:
        answer = self._ask.get(f"/organizations{path(name or 'default')}")
        if not answer.ok:
            raise ConfigurationError(
                f"The organization {name or 'default'} does not exist in this Coder, or the"
                " token's user is no member of it.",
                remedy="Correct --coder-organization.",
            )
        return read(WireOrganization, answer.data)

    def _has_service_accounts(self) -> bool:
        answer = self._ask.get("/entitlements")
        if not answer.ok:
            return False
        features = read(WireEntitlements, answer.data).features
        feature = features.get("service_accounts")
        return feature is not None and feature.entitlement in {"entitled", "grace_period"}

    def _rights(self, server: Server) -> Rights:
        checks = {
            name: {
                "object": {"resource_type": kind, "organization_id": server.organization_id}
                if name in {"add_members", "assign_roles", "push_templates"}
                else {"resource_type": kind},
                "action": action,
            }
            for name, (kind, action) in _CHECKS.items()
        }
        told = self._ask.post("check the token's rights", "/authcheck", {"checks": checks})
        return Rights(**{name: bool(told.get(name)) for name in _CHECKS})

    def _user(self, server: Server, username: str, caller: str) -> Member | None:
        answer = self._ask.get(f"/users{path(username)}")
        # Up to v2.30 an unknown name is a 400.
        if answer.object_missing or answer.status == 400:
            return None
        if not answer.ok:
            self._ask.must("read the bot's user", f"/users{path(username)}")
        user = read(WireAdminUser, answer.data)
        members = self._ask.must(
            "list the members", f"/organizations{path(server.organization_id)}/members"
        )
        mine = [m for m in read(list[WireMember], members or []) if m.user_id == user.id]
        return Member(
            id=user.id,
            username=user.username,
            active=user.status != "suspended",
            owner="owner" in {role.name for role in user.roles},
            service_account=user.is_service_account,
            member=server.organization_id in user.organization_ids,
            roles=frozenset(role.name for m in mine for role in m.roles),
            is_caller=user.id == caller,
        )

    def _template(self, server: Server, wishes: Wishes, push: Push) -> StandingTemplate | None:
        if not wishes.template:
            return None
        root = f"/organizations{path(server.organization_id)}/templates{path(wishes.template)}"
        answer = self._ask.get(root)
        if answer.object_missing:
            return None
        if not answer.ok:
            self._ask.must("read the template", root)
        template = read(WireTemplate, answer.data)
        active = _version(self.version(template.active_version_id))
        variables = self._ask.must(
            "read the template's variables", f"/templateversions{path(active.id)}/variables"
        )
        wanted, next_name = self._wanted(root, active, push)
        return StandingTemplate(
            id=template.id,
            active=active,
            wanted=wanted,
            next_name=next_name,
            variables=frozenset(v.name for v in read(list[WireVariable], variables or [])),
            is_ours=is_ours(active.name),
        )

    def _wanted(
        self, root: str, active: VersionFacts, push: Push
    ) -> tuple[VersionFacts | None, str]:
        """The version of the wanted name, and the name for a further one.

        Names are for ever: where an import failed, the next try has a number.
        """
        name = push.version_name(active.name)
        wanted = None
        for number in range(1, _MOST_TRIES):
            candidate = name if number == 1 else f"{name}.{number}"
            answer = self._ask.get(f"{root}/versions{path(candidate)}")
            if answer.object_missing:
                return wanted, candidate
            wanted = _version(read(WireVersion, answer.data))
            if wanted.state is not Import.FAILED:
                return wanted, candidate
        raise ConfigurationError(
            f"The import of the version {name} failed {_MOST_TRIES - 1} times.",
            remedy="Archive its failed versions: coder templates archive.",
        )

    def _tokens(self, wishes: Wishes) -> tuple[StandingToken, ...] | None:
        answer = self._ask.get(
            f"/users{path(wishes.username)}/keys/tokens", (("include_expired", "true"),)
        )
        if not answer.ok:
            return None
        keys = read(list[WireApiKey], answer.data or [])
        return tuple(
            StandingToken(key.id, key.expires_at, used=key.last_used.year > 1970)
            for key in keys
            if key.token_name == wishes.token_name
        )

    def _longest(self, wishes: Wishes) -> timedelta | None:
        answer = self._ask.get(f"/users{path(wishes.username)}/keys/tokens/tokenconfig")
        if not answer.ok:
            return None
        # Nanoseconds; 0 where there is no limit.
        told = read(WireTokenConfig, answer.data).max_token_lifetime
        return timedelta(microseconds=told // 1000) if told else None


def _version(version: WireVersion) -> VersionFacts:
    status = version.job.status
    state = Import.UNDER_WAY if status in _UNDER_WAY else Import.FAILED
    return VersionFacts(version.id, version.name, Import.DONE if status == "succeeded" else state)
