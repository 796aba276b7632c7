"""The part of Coder's JSON that setting up reads (shapes: docs/reference/api of coder/coder)."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from bot.adapters.backends.coder_wire import Items, Text, Wire


class WireBuildInfo(Wire):
    """`GET /buildinfo`."""

    deployment_id: Text = ""


class WireRole(Wire):
    """A role; `assignable` only in the list of those that can be given."""

    name: str
    assignable: bool = False


class WireAdminUser(Wire):
    """A user. `is_service_account` is absent where it is not one."""

    id: str
    username: str
    status: Text = ""
    organization_ids: Items[str] = Field(default_factory=list)
    roles: Items[WireRole] = Field(default_factory=list)
    is_service_account: bool = False


class WireMember(Wire):
    """A membership with its roles."""

    user_id: str
    roles: Items[WireRole] = Field(default_factory=list)


class WireFeature(Wire):
    """One licensed feature: `entitled`, `grace_period` or `not_entitled`."""

    entitlement: Text = ""


class WireEntitlements(Wire):
    """`GET /entitlements`; the free build has no such route."""

    features: dict[str, WireFeature] = Field(default_factory=dict)


class WireJob(Wire):
    """The import of a version."""

    status: Text = ""
    file_id: Text = ""
    error: Text = ""
    error_code: Text = ""


class WireVersion(Wire):
    """A template version."""

    id: str
    name: Text = ""
    job: WireJob


class WireVariable(Wire):
    """A variable of a version."""

    name: str


class WireUpload(Wire):
    """`POST /files`: the id of the file, whatever the member is called."""

    hash: str


class WireApiKey(Wire):
    """A token without its secret. `last_used` is 1970 until it is used (recorded)."""

    id: str
    token_name: Text = ""
    expires_at: datetime
    last_used: datetime


class WireTokenConfig(Wire):
    """How long a token of the user may live, in nanoseconds."""

    max_token_lifetime: int = 0


class WireKey(Wire):
    """A new token, told once."""

    key: str


class WireLog(Wire):
    """One line of an import's log."""

    log_level: Text = ""
    output: Text = ""


class WireProvider(Wire):
    """An external-auth provider, with the state of the calling user."""

    id: str
    optional: bool = False
    authenticated: bool = False


class WireSchedule(Wire):
    """What a template says of its end."""

    id: str
    active_version_id: str
    default_ttl_ms: int = 0
    deprecated: bool = False
    deprecation_message: Text = ""
