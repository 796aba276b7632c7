"""The steps of setting up, done. Each is one or a few requests; a token's text is held nowhere."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bot.adapters.backends.answer import in_one_line, path
from bot.adapters.backends.coder_http import CoderHttp
from bot.adapters.backends.coder_wire import read
from bot.adapters.coder_admin.asking import Asking
from bot.adapters.coder_admin.sights import Sights
from bot.adapters.coder_admin.wire import WireKey, WireLog, WireUpload, WireVersion
from bot.errors import ConfigurationError, UpstreamError
from bot.outcomes import ErrorKind
from bot.ports import Clock
from bot.setup import Facts, Push, Server, Step, Wishes
from bot.setup.steps import (
    ActivateVersion,
    AddMember,
    CreateUser,
    GrantRoles,
    MakeToken,
    PushTemplate,
    RemoveToken,
)
from bot.templates import archive

PATIENCE = 900.0
"""Seconds for an import, in which Terraform loads providers and modules."""
DESCRIPTION = "Repairs red CI: an agent works on one branch, pushes and reports when it is done."
_NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made; `text` is told to nobody but whom it is handed to."""

    username: str
    text: str = field(repr=False)


Deliver = Callable[[NewToken], None]


class CoderAdmin:
    """One Coder, with an administrator's token."""

    def __init__(self, http: CoderHttp, clock: Clock, as_bot: Callable[[str], CoderHttp]) -> None:
        """`as_bot` gives a client for another token."""
        self._ask = Asking(http)
        self._clock = clock
        self._as_bot = as_bot
        self.sights = Sights(self._ask, clock)

    def server(self, organization: str) -> Server:
        """See `Sights.server`."""
        return self.sights.server(organization)

    def facts(self, server: Server, wishes: Wishes, push: Push) -> Facts:
        """See `Sights.facts`."""
        return self.sights.facts(server, wishes, push)

    def do(self, step: Step, facts: Facts, push: Push, wishes: Wishes, deliver: Deliver) -> None:
        """Take one step. An `UpstreamError` with `maybe_done` may have had its effect."""
        match step:
            case CreateUser():
                self._create_user(step)
            case AddMember():
                organization = path(facts.server.organization_id)
                where = f"/organizations{organization}/members{path(step.username)}"
                self._ask.post("add the member", where, None)
            case GrantRoles():
                organization = path(facts.server.organization_id)
                where = f"/organizations{organization}/members{path(step.username)}/roles"
                self._ask.put("give the role", where, {"roles": list(step.roles)})
            case PushTemplate():
                self._push(step, facts.server.organization_id, push, wishes.workspace_ttl)
            case ActivateVersion():
                self._wait(step.version_id, push)
                self._activate(step.template_id, step.version_id)
            case RemoveToken():
                where = f"/users{path(step.username)}/keys{path(step.token_id)}"
                self._ask.delete("remove the token", where)
            case MakeToken():
                self._make_token(step, deliver)

    def _create_user(self, step: CreateUser) -> None:
        body: dict[str, object] = {
            "username": step.username,
            "organization_ids": [step.organization_id],
        }
        if step.login == "service-account":
            body["service_account"] = True
        else:
            body |= {"email": step.email, "login_type": step.login}
        if step.login == "password":
            body["password"] = _password()
        self._ask.post("create the user", "/users", body)

    def _push(self, step: PushTemplate, organization: str, push: Push, ttl: timedelta) -> None:
        packed = archive(push.sources)
        uploaded = read(WireUpload, self._ask.upload("take the template", "/files", packed))
        body = {
            "name": step.version,
            "storage_method": "file",
            "file_id": uploaded.hash,
            "provisioner": "terraform",
            "user_variable_values": [{"name": n, "value": v} for n, v in push.values.items()],
        }
        if step.template_id:
            body["template_id"] = step.template_id
        where = f"/organizations{path(organization)}"
        made = self._ask.post("import the template", f"{where}/templateversions", body)
        version = read(WireVersion, made)
        self._wait(version.id, push)
        if step.template_id:
            self._activate(step.template_id, version.id)
            return
        new = {
            "name": step.name,
            "display_name": "CI repair",
            "description": DESCRIPTION,
            "icon": "/emojis/1f527.png",
            "template_version_id": version.id,
            "default_ttl_ms": int(ttl.total_seconds() * 1000),
        }
        self._ask.post("create the template", f"{where}/templates", new)

    def _activate(self, template_id: str, version_id: str) -> None:
        where = f"/templates{path(template_id)}/versions"
        self._ask.patch("activate the version", where, {"id": version_id})

    def _wait(self, version_id: str, push: Push) -> None:
        """Until the import is over. Raises `ConfigurationError` or a `template` error if failed."""
        begun, pause = self._clock.monotonic(), 0.5
        while (version := self.sights.version(version_id)).job.status in {"pending", "running"}:
            if self._clock.monotonic() - begun > PATIENCE:
                raise UpstreamError(
                    ErrorKind.TEMPLATE,
                    f"The import of the template is still {version.job.status} after"
                    f" {PATIENCE / 60:.0f} minutes.",
                    remedy="Look whether a provisioner of this Coder runs, then run setup again.",
                )
            self._clock.sleep(pause)
            pause = min(pause * 1.5, 5.0)
        if version.job.status != "succeeded":
            raise self._failed(version, push)

    def _failed(self, version: WireVersion, push: Push) -> Exception:
        words = self._harmless(version.job.error or "no reason given", push)
        if version.job.error_code == "REQUIRED_TEMPLATE_VARIABLES":
            return ConfigurationError(
                f"The template lacks values: {words}.", remedy="Give each with --var or TF_VAR_…."
            )
        logs = self._ask.get(f"/templateversions{path(version.id)}/logs")
        lines = read(list[WireLog], logs.data or []) if logs.ok else []
        last = " / ".join(line.output for line in lines[-3:] if line.output)
        return UpstreamError(
            ErrorKind.TEMPLATE,
            f"The import of the template failed: {words}. {self._harmless(last, push)}".rstrip(),
            remedy="Mend the cause, then run setup again: it makes a new version.",
        )

    def _harmless(self, text: str, push: Push) -> str:
        """Coder's words without the values that were given to it."""
        for name, value in push.values.items():
            if len(value) > 3:
                text = text.replace(value, f"({name})")
        return in_one_line(text)

    def _make_token(self, step: MakeToken, deliver: Deliver) -> None:
        body = {
            "token_name": step.name,
            "lifetime": int(step.lifetime.total_seconds()) * _NANOSECONDS,
        }
        where = f"/users{path(step.username)}/keys/tokens"
        made = read(WireKey, self._ask.post("make the token", where, body))
        token = NewToken(step.username, made.key)
        deliver(token)
        # Its first use is what tells a later run that it was handed over.
        Asking(self._as_bot(token.text)).must("take the new token", "/users/me")


def _password() -> str:
    """Strong enough for any rule, and forgotten with the request."""
    parts = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "!#%*-_")
    return "".join(secrets.choice(part) for part in parts * 10)
