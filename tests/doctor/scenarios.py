"""One way to break each thing that the doctor asks about, and its remedy, applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.sandbox.http import Fault, HttpRequest, HttpResponse, HttpSandbox
from tests.app_keys import APP_ID, key
from tests.doctor.world import BOT, CI, COMMIT, PERMISSIONS, TOKEN, World, example

Act = Callable[[World], Any]
CLASSIC = "ghp_" + "b0t" * 12
COMPLETED = """\
  workflow_run: # zizmor: ignore[dangerous-triggers] nothing of the run is checked out or executed
    workflows: [CI]
    types: [completed]
"""
UNLESS_GREEN = "    if: github.event.workflow_run.conclusion != 'success'\n"
OWNERS_ERROR = {
    "line": 1,
    "column": 1,
    "kind": "Unknown owner",
    "source": "* @nobody\n",
    "suggestion": "make sure @nobody exists",
    "message": "Unknown owner on line 1: make sure @nobody exists\n\n  * @nobody\n    ^",
    "path": ".github/CODEOWNERS",
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """`break_` makes the finding, and `also` those that follow from it; `mend` is its remedy."""

    break_: Act
    mend: Act
    also: frozenset[str] = frozenset()
    code: int = 2


def _soon() -> datetime:
    return datetime.now(UTC) + timedelta(days=3)


def _set(owner: Callable[[World], Any], name: str, value: Any) -> Act:
    return lambda world: setattr(owner(world), name, value)


def _env(**values: str) -> Act:
    return lambda world: world.env.update({k.replace("__", "-"): v for k, v in values.items()})


def _flags(*flags: str) -> Act:
    return lambda world: world.flags.extend(flags)


def _workflow(name: str, *edits: tuple[str, str], token: bool = True) -> Act:
    """That example with those edits, in the place of the one that stands there."""
    file = {"workflow-run.yml": "coder-fix.yml"}.get(name, name)
    return lambda world: world.write(file, example(name, *edits, token=token))


def _down(status: int) -> Callable[[HttpRequest], None]:
    def hook(_: HttpRequest) -> None:
        raise Fault(
            "down",
            respond=HttpResponse(status, b"<h1>Upgrading</h1>", {"content-type": "text/html"}),
        )

    return hook


def _without_tasks(request: HttpRequest) -> None:
    if "/tasks" in request.path:
        raise Fault("tasks off", respond=HttpResponse(404, {"message": "Route not found."}))


def _classic(world: World, *scopes: str) -> None:
    world.grant = world.github.tokens.grant(CLASSIC, login=BOT, permissions=PERMISSIONS)
    world.grant.scopes = scopes
    world.env["INPUT_GITHUB-TOKEN"] = CLASSIC


def _rule(world: World, kind: str, **parameters: Any) -> None:
    rule = {"type": kind, "ruleset_source_type": "Repository", "ruleset_source": "acme/widgets",
            "ruleset_id": 1}  # fmt: skip
    if parameters:
        rule["parameters"] = parameters
    world.repository.state.rules["coder-fix/doctor"] = [rule]


def _new_coder_token(world: World) -> None:
    world.token = world.coder.identity.add_token(world.user, "ci-2", timedelta(days=90))


def _portal(world: World) -> str:
    """The address of something that is neither of the two: a sign-in page."""
    portal = Portal()
    portal.start()
    world.keep.append(portal)
    return portal.origin


class Portal(HttpSandbox):
    """Answers everything with a page, and no CONNECT."""

    def unknown(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        return HttpResponse(200, b"<!doctype html><p>Sign in", {"content-type": "text/html"})


def _github_by_tls(world: World) -> None:
    world.env["GITHUB_API_URL"] = world.encrypt(world.github)


def _coder_by_tls(world: World) -> None:
    world.env["INPUT_CODER-URL"] = world.encrypt(world.coder)


def _trust(world: World) -> None:
    world.env["SSL_CERT_FILE"] = str(world.authority["ca"])


def _refusing_proxy(world: World) -> None:
    _trust(world)
    world.env["HTTPS_PROXY"] = _portal(world)


def _no_default_preset(world: World) -> None:
    version = world.template.active
    version.presets = [replace(preset, default=False) for preset in version.presets]


def _only_in_the_checkout(world: World) -> None:
    for name in ("coder-fix.yml", "comment.yml", "reconcile.yml"):
        world.write(name, None)
    folder = world.folder / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "coder-fix.yml").write_text(example("workflow-run.yml"), encoding="utf-8")


def _policy(text: str) -> Act:
    return lambda world: world.repository.commit(
        "main", {".github/coder-fix.yml": text}, "Policy", start=False
    )


def _inside_ci_with_dependabot(world: World) -> None:
    world.write("follow-up.yml", example("follow-up-job.yml"))
    world.repository.commit("main", {".github/dependabot.yml": "version: 2\n"}, "Bot", start=False)


def _many(*acts: Act) -> Act:
    def act(world: World) -> None:
        for each in acts:
            each(world)

    return act


def _as_app(**of_app: Any) -> Act:
    return lambda world: world.as_app(**of_app)


def _key(pem: str) -> Act:
    return lambda world: world.env.update({"INPUT_GITHUB-APP-PRIVATE-KEY": pem})


def _clock_behind_a_proxy(world: World, seconds: float) -> None:
    """Ours is off, and the `Date` of the answers, which is not GitHub's own, agrees with it."""
    world.github.clock.advance(seconds)
    world.github.clock_ahead -= seconds


_github = lambda w: w.github  # noqa: E731
_coder = lambda w: w.coder  # noqa: E731
_grant = lambda w: w.grant  # noqa: E731
_state = lambda w: w.repository.state  # noqa: E731
_settings = lambda w: w.settings  # noqa: E731
_active = lambda w: w.template.active  # noqa: E731
_user = lambda w: w.user  # noqa: E731
_token = lambda w: w.token  # noqa: E731
_chats = _env(INPUT_CODER__BACKEND="chats")
_whole = _workflow("workflow-run.yml")


def _hour(w: Any) -> None:
    """An hour passes for limits; what its answers say of the time stays right."""
    w.github.clock.advance(3601)
    w.github.clock_ahead -= 3601


SCENARIOS: dict[str, Scenario] = {
    "inputs": Scenario(_env(CODER_FIX_MAX_ATTEMPTS="many"), _env(CODER_FIX_MAX_ATTEMPTS="3")),
    "ca-bundle": Scenario(
        _env(SSL_CERT_FILE="/no/such.pem"), _trust, also=frozenset({"github-tls"})
    ),
    "proxy": Scenario(
        _env(HTTPS_PROXY="socks5://127.0.0.1:1080"),
        _env(HTTPS_PROXY="http://127.0.0.1:3128"),
        also=frozenset({"coder-proxy"}),
    ),
    "clock": Scenario(
        _set(_github, "clock_ahead", 600.0), _set(_github, "clock_ahead", 0.0), code=0
    ),
    "github-inputs": Scenario(_env(GITHUB_REPOSITORY=""), _flags("--repository", "acme/widgets")),
    "github-proxy": Scenario(_many(_github_by_tls, _refusing_proxy), _env(NO_PROXY="127.0.0.1")),
    "github-tls": Scenario(_github_by_tls, _trust),
    "github-answers": Scenario(
        lambda w: w.github.fault_hooks.append(_down(503)),
        lambda w: w.github.fault_hooks.clear(),
        code=3,
    ),
    "github-address": Scenario(
        lambda w: w.env.update(GITHUB_API_URL=_portal(w)),
        lambda w: w.env.update(GITHUB_API_URL=w.github.url),
    ),
    "github-limit": Scenario(lambda w: setattr(w.grant, "used", w.grant.limit), _hour, code=3),
    "github-token": Scenario(
        lambda w: w.github.tokens.revoke(TOKEN),
        lambda w: w.github.tokens.grant(TOKEN, login=BOT, permissions=PERMISSIONS),
    ),
    "github-app-id": Scenario(
        _many(_as_app(), _env(INPUT_GITHUB__APP__ID="999")),
        _env(INPUT_GITHUB__APP__ID=str(APP_ID)),
    ),
    "github-app-key": Scenario(_many(_as_app(), _key(key("another").private)), _key(key().private)),
    "github-app-clock": Scenario(
        _many(_as_app(), lambda w: _clock_behind_a_proxy(w, 3600)),
        lambda w: _clock_behind_a_proxy(w, -3600),
    ),
    "github-app-installed": Scenario(
        _as_app(repositories=["acme/other"]), lambda w: setattr(w.app, "repositories", None)
    ),
    "github-app-permissions": Scenario(
        _as_app(permissions={"issues": "read", "checks": "none"}),
        lambda w: w.app.permissions.update(issues="write", checks="read"),
    ),
    "github-app-extras": Scenario(
        _as_app(permissions={"actions": "read"}),
        lambda w: w.app.permissions.update(actions="write"),
        code=0,
    ),
    "github-token-expiry": Scenario(
        lambda w: setattr(w.grant, "expires_at", _soon()),
        lambda w: setattr(w.grant, "expires_at", _soon() + timedelta(days=60)),
        code=0,
    ),
    "github-token-scopes": Scenario(
        lambda w: _classic(w, "read:org"), lambda w: _classic(w, "public_repo")
    ),
    "github-token-too-broad": Scenario(
        lambda w: _classic(w, "repo", "delete_repo"), lambda w: _classic(w, "repo"), code=0
    ),
    "github-token-permissions": Scenario(
        lambda w: w.grant.permissions.update(checks="none"),
        lambda w: w.grant.permissions.update(checks="read"),
    ),
    "github-token-writes": Scenario(
        lambda w: w.repository.collaborator(BOT, "read"),
        lambda w: w.repository.collaborator(BOT, "write"),
    ),
    "github-rate": Scenario(lambda w: setattr(w.grant, "used", w.grant.limit - 100), _hour, code=0),
    "enterprise-version": Scenario(
        _set(_github, "enterprise_version", "3.8.4"), _set(_github, "enterprise_version", "3.19.2")
    ),
    "enterprise-permissions": Scenario(
        _workflow(
            "workflow-run.yml", ("      checks: read", "      models: read\n      checks: read")
        ),
        _whole,
        code=0,
    ),
    "repository": Scenario(
        _set(_grant, "repositories", frozenset({"acme/other"})), _set(_grant, "repositories", None)
    ),
    "repository-archived": Scenario(
        _set(_settings, "archived", True), _set(_settings, "archived", False)
    ),
    "repository-fork": Scenario(
        lambda w: w.state("coder-fix.yml", "disabled_fork"),
        lambda w: w.state("coder-fix.yml", "active"),
    ),
    "repository-issues": Scenario(
        _set(_settings, "issues", False), _set(_settings, "issues", True), code=0
    ),
    "branch-rules": Scenario(lambda w: _rule(w, "creation"), _flags("--branch-prefix", "bot/")),
    "commit-rules": Scenario(
        lambda w: _rule(w, "required_signatures"),
        lambda w: w.repository.state.rules.clear(),
        code=0,
    ),
    "codeowners": Scenario(
        _set(_state, "codeowners_errors", [OWNERS_ERROR]),
        _set(_state, "codeowners_errors", []),
        code=0,
    ),
    "actions-enabled": Scenario(
        _set(_settings, "actions_enabled", False), _set(_settings, "actions_enabled", True)
    ),
    "actions-allowed": Scenario(
        _set(_settings, "allowed_actions", "local_only"), _set(_settings, "allowed_actions", "all")
    ),
    "actions-pinned": Scenario(
        _many(
            _set(_settings, "sha_pinning_required", True),
            _workflow("workflow-run.yml", (f"@{COMMIT}", "@v0")),
        ),
        _whole,
        also=frozenset({"step-pinned"}),
    ),
    "actions-pull-requests": Scenario(
        _many(
            _set(_settings, "actions_may_open_pull_requests", False),
            _workflow("workflow-run.yml", token=False),
        ),
        _set(_settings, "actions_may_open_pull_requests", True),
        also=frozenset({"job-token"}),
    ),
    "job-token": Scenario(_workflow("workflow-run.yml", token=False), _whole, code=0),
    "secrets": Scenario(
        lambda w: w.repository.state.secrets.discard("BOT_TOKEN"),
        lambda w: w.repository.state.organization_secrets.add("BOT_TOKEN"),
    ),
    "dependabot-secrets": Scenario(
        _inside_ci_with_dependabot,
        lambda w: w.repository.state.dependabot_secrets.update({"BOT_TOKEN", "CODER_TOKEN"}),
        code=0,
    ),
    "workflow-on-default-branch": Scenario(_only_in_the_checkout, _whole),
    "workflow-readable": Scenario(
        lambda w: w.write("broken.yml", "on: [push\njobs: {}\n"),
        lambda w: w.write("broken.yml", CI),
    ),
    "workflow-enabled": Scenario(
        lambda w: w.state("coder-fix.yml", "disabled_manually"),
        lambda w: w.state("coder-fix.yml", "active"),
    ),
    "schedule-enabled": Scenario(
        lambda w: w.state("reconcile.yml", "disabled_inactivity"),
        lambda w: w.state("reconcile.yml", "active"),
    ),
    "workflow-carried-on": Scenario(
        lambda w: w.write("reconcile.yml", None), _workflow("reconcile.yml"), code=0
    ),
    "concurrency-level": Scenario(
        _workflow("comment.yml", ("\njobs:\n", "\nconcurrency: comments\n\njobs:\n")),
        _workflow("comment.yml"),
        code=0,
    ),
    "concurrency-cancel": Scenario(
        _workflow("workflow-run.yml", ("cancel-in-progress: false", "cancel-in-progress: true")),
        _whole,
        code=0,
    ),
    "concurrency-comments": Scenario(
        _workflow("comment.yml", ("coder-fix-comment-${{ github.event.comment.id }}", "comments")),
        _workflow("comment.yml"),
        code=0,
    ),
    "workflow-run-names": Scenario(
        _workflow("workflow-run.yml", ("workflows: [CI]", "workflows: [Tests]")), _whole
    ),
    "workflow-run-self": Scenario(
        _workflow("workflow-run.yml", ("workflows: [CI]", "workflows: [CI, coder-fix]")),
        _whole,
        code=0,
    ),
    "workflow-run-green": Scenario(
        _workflow("workflow-run.yml", (UNLESS_GREEN, "")), _whole, code=0
    ),
    "workflow-never-fires": Scenario(
        _workflow("workflow-run.yml", (COMPLETED, "  check_suite:\n    types: [completed]\n")),
        _whole,
    ),
    "workflow-permissions": Scenario(
        _workflow(
            "workflow-run.yml",
            ("      checks: read # annotations and the verdict\n", ""),
            token=False,
        ),
        _whole,
        also=frozenset({"job-token"}),
    ),
    "workflow-runner": Scenario(
        _workflow("workflow-run.yml", ("ubuntu-24.04", "windows-2025")), _whole
    ),
    "step-inputs": Scenario(
        _workflow("workflow-run.yml", ("coder-template-name:", "coder-template:")), _whole
    ),
    "step-coder": Scenario(
        _workflow("workflow-run.yml", ("          coder-url: ${{ vars.CODER_URL }}\n", "")), _whole
    ),
    "step-secret": Scenario(
        _workflow("workflow-run.yml", ("${{ secrets.CODER_TOKEN }}", f"{'k' * 10}-{'s' * 22}")),
        _whole,
    ),
    "step-pinned": Scenario(_workflow("workflow-run.yml", (f"@{COMMIT}", "@v0")), _whole, code=0),
    "step-untrusted-code": Scenario(
        _workflow(
            "workflow-run.yml", ("    steps:\n", "    steps:\n      - uses: actions/checkout@v5\n")
        ),
        _whole,
        code=0,
    ),
    "policy-file": Scenario(
        _policy("mood: fix\n"), _policy("mode: fix\ncoder-template-name: ci-repair\n")
    ),
    "policy-enabled": Scenario(_policy("enabled: false\n"), _policy("enabled: true\n"), code=0),
    "coder-inputs": Scenario(
        lambda w: w.env.update({"INPUT_CODER-URL": "coder"}),
        lambda w: w.env.update({"INPUT_CODER-URL": w.coder.url}),
    ),
    "coder-proxy": Scenario(_many(_coder_by_tls, _refusing_proxy), _env(NO_PROXY="127.0.0.1")),
    "coder-tls": Scenario(_coder_by_tls, _trust),
    "coder-answers": Scenario(
        lambda w: w.coder.fault_hooks.append(_down(502)),
        lambda w: w.coder.fault_hooks.clear(),
        code=3,
    ),
    "coder-address": Scenario(
        lambda w: w.env.update({"INPUT_CODER-URL": _portal(w)}),
        lambda w: w.env.update({"INPUT_CODER-URL": w.coder.url}),
    ),
    "coder-limit": Scenario(
        lambda w: setattr(w.coder.rate_limit, "limit", 0),
        lambda w: setattr(w.coder.rate_limit, "limit", 512),
        code=3,
    ),
    "coder-token": Scenario(lambda w: w.coder.world.tokens.remove(w.token), _new_coder_token),
    "coder-user-active": Scenario(
        _set(_user, "status", "suspended"), _set(_user, "status", "active")
    ),
    "coder-version": Scenario(
        _set(_coder, "version", "v2.27.3"),
        _set(_coder, "version", "v2.36.0"),
        also=frozenset({"coder-backend"}),
    ),
    "coder-version-ends": Scenario(
        _set(_coder, "version", "v2.31.0"), _set(_coder, "version", "v2.36.0"), code=0
    ),
    "coder-backend": Scenario(
        _many(
            _env(INPUT_CODER__BACKEND="tasks"),
            lambda w: w.coder.fault_hooks.append(_without_tasks),
        ),
        _chats,
    ),
    "coder-tasks-end": Scenario(_set(_coder, "version", "v2.37.0"), _chats, code=0),
    "coder-token-session": Scenario(
        _set(_token, "login_type", "password"), _new_coder_token, code=0
    ),
    "coder-token-expiry": Scenario(
        lambda w: setattr(w.token, "expires_at", _soon()), _new_coder_token, code=0
    ),
    "coder-token-scopes": Scenario(_set(_token, "scopes", ("workspace:*",)), _new_coder_token),
    "coder-user-owner": Scenario(
        lambda w: w.user.roles.add("owner"), lambda w: w.user.roles.clear(), code=0
    ),
    "coder-username": Scenario(
        _env(INPUT_CODER__USERNAME="nobody"), _env(INPUT_CODER__USERNAME="")
    ),
    "coder-chat-role": Scenario(
        _many(_chats, lambda w: w.user.org_roles.clear()),
        lambda w: w.user.org_roles.add("agents-access"),
    ),
    "coder-organization": Scenario(
        _env(INPUT_CODER__ORGANIZATION="other"), _env(INPUT_CODER__ORGANIZATION="coder")
    ),
    "coder-template": Scenario(
        _flags("--coder-template-name", "other"), _flags("--coder-template-name", "ci-repair")
    ),
    "coder-models": Scenario(
        _many(_chats, lambda w: setattr(w.coder.chats, "model", "")),
        lambda w: setattr(w.coder.chats, "model", "large"),
    ),
    "coder-quota": Scenario(
        lambda w: setattr(w.coder.identity, "quota", (10, 10)),
        lambda w: setattr(w.coder.identity, "quota", (3, 10)),
    ),
    "template-task-capable": Scenario(
        _many(_env(INPUT_CODER__BACKEND="tasks"), _set(_active, "ai_task", False)),
        _set(_active, "ai_task", True),
    ),
    "template-parameters": Scenario(
        _set(_active, "required_parameters", ("team",)), _set(_active, "required_parameters", ())
    ),
    "template-preset": Scenario(
        _env(INPUT_CODER__TEMPLATE__PRESET="Huge"), _env(INPUT_CODER__TEMPLATE__PRESET="Small")
    ),
    "template-default-preset": Scenario(
        _no_default_preset, _env(INPUT_CODER__TEMPLATE__PRESET="Small"), code=0
    ),
    "template-permission-mode": Scenario(
        lambda w: w.template.active.parameters.update({"permission_mode": "plan"}),
        lambda w: w.template.active.parameters.update({"permission_mode": "bypassPermissions"}),
    ),
    "template-external-auth": Scenario(
        _set(_active, "external_auth", ("github",)),
        _many(_set(_active, "external_auth", ()), _set(_active, "optional_auth", ("github",))),
    ),
    "template-prompt": Scenario(
        lambda w: w.template.active.parameters.update({"AI Prompt": ""}),
        lambda w: w.template.active.parameters.pop("AI Prompt"),
        code=0,
    ),
    "template-stops": Scenario(
        lambda w: setattr(w.template, "default_ttl", timedelta()),
        lambda w: setattr(w.template, "default_ttl", timedelta(hours=2)),
        code=0,
    ),
    "template-deprecated": Scenario(
        lambda w: setattr(w.template, "deprecation", "Use ci-repair-2."),
        lambda w: setattr(w.template, "deprecation", ""),
        code=0,
    ),
}
