"""What the inputs say about Coder, checked before the first request."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.adapters.origins import is_guarded
from bot.errors import ConfigurationError
from bot.model import BackendName


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of the token and its user, with `renew`, the remedy for one that `ended`."""

    ended: str = "The token in coder-token {cause}."
    inactive: str = "The user of coder-token is not active in Coder."
    limited: str = "Coder's rate limit for the user of coder-token is used up."
    renew: str = "Make a new one with `coder tokens create` and store it as the secret."


@dataclass(frozen=True, slots=True)
class CoderOptions:
    """Everything from the inputs; empty strings stand for unset ones.

    `backend` None means auto. `template` is `name` or `organization/name`. `owner` is a user name,
    or `me` for the user of the token. `allow_http` permits an unencrypted address off loopback.
    """

    url: str
    token: str = field(repr=False)
    backend: BackendName | None = None
    organization: str = ""
    template: str = ""
    preset: str = ""
    owner: str = "me"
    workspace_id: str = ""
    model_config_id: str = ""
    allow_http: bool = False
    words: Words = Words()

    @property
    def base_url(self) -> str:
        """The address of the dashboard without a slash at the end."""
        return self.url.strip().rstrip("/")

    @property
    def user(self) -> str:
        """The `{user}` of the paths."""
        return self.owner.strip() or "me"

    @property
    def template_name(self) -> str:
        """The template's own name."""
        return self.template.strip().rpartition("/")[2]

    @property
    def organization_name(self) -> str:
        """The organization's name or id: before the template's slash, the input, or the default."""
        return self.template.strip().rpartition("/")[0] or self.organization.strip() or "default"

    def check(self) -> None:
        """Raise `ConfigurationError` for what no Coder could be asked with."""
        _check_url(self.base_url, allow_http=self.allow_http)
        _check_token(self.token.strip())
        _check_uuid("workspace-id", self.workspace_id)
        _check_uuid("model-config-id", self.model_config_id)
        _check_template(self)


def _check_url(url: str, *, allow_http: bool) -> None:
    remedy = "Set it to the address of your Coder dashboard, such as https://coder.example.com."
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is what raises for a port that is no number
    except ValueError:
        raise ConfigurationError("The input coder-url is not a URL.", remedy=remedy) from None
    if not url:
        raise ConfigurationError("The input coder-url is empty.", remedy=remedy)
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"\s", url):
        raise ConfigurationError("The input coder-url is not an http(s) URL.", remedy=remedy)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigurationError(
            "The input coder-url carries a user name, a query or a fragment.", remedy=remedy
        )
    if parts.path.endswith(("/api", "/api/v2", "/api/experimental")):
        raise ConfigurationError("The input coder-url ends in an API path.", remedy=remedy)
    if not allow_http and not is_guarded(url):
        raise ConfigurationError(
            "The input coder-url is not encrypted, so the token could be read on the way.",
            remedy="Use its https:// address.",
        )


def _check_token(token: str) -> None:
    remedy = "Store a token of `coder tokens create` as a secret and pass it as coder-token."
    if not token:
        raise ConfigurationError("The input coder-token is empty.", remedy=remedy)
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise ConfigurationError(
            "The input coder-token holds characters that no token has.", remedy=remedy
        )


def _check_uuid(name: str, value: str) -> None:
    if not value:
        return
    try:
        uuid.UUID(value)
    except ValueError:
        raise ConfigurationError(
            f"The input {name} is not a UUID.", remedy="Copy it from the Coder dashboard."
        ) from None


def _check_template(options: CoderOptions) -> None:
    organization, slash, name = options.template.strip().rpartition("/")
    if slash and not (organization and name and "/" not in organization):
        raise ConfigurationError(
            "The input coder-template-name is neither a name nor organization/name."
        )
    named = options.organization.strip()
    if organization and named and organization.lower() != named.lower():
        raise ConfigurationError(
            "The inputs coder-organization and coder-template-name name two organizations.",
            remedy="Drop one of them.",
        )
    if options.backend is BackendName.TASKS and not name:
        raise ConfigurationError(
            "The input coder-template-name is empty, and a task needs a template.",
            remedy="Name a template that has a coder_ai_task resource.",
        )
