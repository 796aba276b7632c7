"""What an administrator has set. Most tokens see little of it, which is said and not guessed."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from bot.adapters.doctor.attempts import attempt
from bot.adapters.github_api.client import Client
from bot.doctor.check import Unseen
from bot.doctor.facts import ActionsSettings, JobToken, Rule
from bot.untrusted import Untrusted

_ADMINISTRATOR: Final = "An administrator, or a token with `administration: read`."
_SECRETS: Final = "An administrator, or a token with `secrets: read`."
_DEPENDABOT: Final = "An administrator, or a token with `dependabot_secrets: read`."
_READER: Final = "Whoever may read the repository."


class SettingsReader:
    """Over a client that others may share. Each method gives `Unseen` for what is hidden."""

    def __init__(self, client: Client, root: str) -> None:
        self._client = client
        self._root = root

    def actions(self) -> ActionsSettings | Unseen:
        """Settings → Actions → General."""
        found = self._get("/actions/permissions", _ADMINISTRATOR)
        if isinstance(found, Unseen):
            return found
        return ActionsSettings(
            enabled=bool(found.get("enabled")),
            allowed=str(found.get("allowed_actions") or "all"),
            pinned=bool(found.get("sha_pinning_required")),
        )

    def job_token(self) -> JobToken | Unseen:
        """What the workflow's own token may do."""
        found = self._get("/actions/permissions/workflow", _ADMINISTRATOR)
        if isinstance(found, Unseen):
            return found
        return JobToken(
            writes=found.get("default_workflow_permissions") == "write",
            opens_pull_requests=bool(found.get("can_approve_pull_request_reviews")),
        )

    def secrets(self) -> frozenset[str] | Unseen:
        """Names in capitals: the repository's and its organization's. Values are never told."""
        own = self._names("/actions/secrets", _SECRETS)
        if isinstance(own, Unseen):
            return own
        shared = self._names("/actions/organization-secrets", _SECRETS)
        return own if isinstance(shared, Unseen) else own | shared

    def dependabot_secrets(self) -> frozenset[str] | Unseen:
        """Names in capitals, of the store for runs that Dependabot starts."""
        return self._names("/dependabot/secrets", _DEPENDABOT)

    def rules(self, branch: str) -> tuple[Rule, ...] | Unseen:
        """Those active for a branch, which need not exist."""
        path = f"{self._root}/rules/branches/{quote(branch, safe='/')}"
        found = attempt(lambda: list(self._client.pages(path)), _READER)
        return found if isinstance(found, Unseen) else tuple(_rule(rule) for rule in found)

    def codeowners_errors(self) -> int | Unseen:
        """How many; none where there is no such file."""
        found = attempt(
            lambda: self._client.get(f"{self._root}/codeowners/errors", none_on=(404,)), _READER
        )
        if isinstance(found, Unseen):
            return found
        errors = found.get("errors") if isinstance(found, dict) else None
        return len(errors) if isinstance(errors, list) else 0

    def _names(self, path: str, who: str) -> frozenset[str] | Unseen:
        found = attempt(lambda: list(self._client.pages(self._root + path, "secrets")), who)
        if isinstance(found, Unseen):
            return Unseen("This token may not list the secrets' names.", who)
        return frozenset(str(s.get("name", "")).upper() for s in found if isinstance(s, dict))

    def _get(self, path: str, who: str) -> dict[str, Any] | Unseen:
        found = attempt(lambda: self._client.get(self._root + path, none_on=(403, 404)), who)
        if isinstance(found, Unseen):
            return found
        if not isinstance(found, dict):
            return Unseen("This token may not see the settings of Actions.", who)
        return found


def _rule(data: Any) -> Rule:
    told = data if isinstance(data, dict) else {}
    more = told.get("parameters")
    more = more if isinstance(more, dict) else {}
    return Rule(
        type=str(told.get("type", "")),
        operator=str(more.get("operator") or ""),
        pattern=Untrusted(str(more.get("pattern") or "")),
        negated=bool(more.get("negate")),
    )
