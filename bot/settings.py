"""The inputs, once: this model is the source of `action.yml`, flags, variables and README table.

An input `coder-url` arrives as `INPUT_CODER-URL` in the action (hyphens stay, an unset input is an
empty string), as `--coder-url` or `CODER_FIX_CODER_URL` on the command line.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasGenerator,
    Field,
    SecretStr,
    ValidationError,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigurationError
from bot.inputs import (
    Listed,
    Seconds,
    begins_a_branch,
    input_name,
    known_outcomes,
    variables,
    wrong,
)
from bot.model import OUTSIDE, Cleanup, Severity, Vantage
from bot.policy import Commenting, Flaky, Mode, Policy, Verify, Waiting
from bot.triggers.package_names import read_groups, read_packages


class Settings(BaseSettings):
    """Every input with its type, default and one sentence."""

    model_config = SettingsConfigDict(
        alias_generator=AliasGenerator(validation_alias=lambda f: AliasChoices(*variables(f))),
        populate_by_name=True,
        env_ignore_empty=True,
        case_sensitive=True,
        frozen=True,
        hide_input_in_errors=True,
        extra="ignore",
        str_strip_whitespace=True,
    )

    coder_url: str = Field("", description="Address of the Coder deployment.")
    coder_token: SecretStr = Field(
        SecretStr(""), description="Session token of the bot's Coder user."
    )
    coder_backend: Literal["auto", "tasks", "chats"] = Field(
        "auto", description="Agent API: `tasks`, `chats`, or `auto` to probe the server."
    )
    coder_organization: str = Field(
        "", description="Organization of the template; the default one when empty."
    )
    coder_template_name: str = Field(
        "", description="Template for the workspace, `name` or `organization/name`."
    )
    coder_template_preset: str = Field(
        "", description="Preset of the template; its default one when empty."
    )
    coder_username: str = Field(
        "", description="Coder user for whom tasks run; the token's own user when empty."
    )
    workspace_id: str = Field("", description="Chats: an existing workspace to use.")
    model_config_id: str = Field("", description="Chats: the model configuration to use.")
    github_token: SecretStr = Field(
        SecretStr(""), description="Token for GitHub; needs the permissions of your door."
    )
    github_app_id: str = Field(
        "", description="Id, or client id, of a GitHub App to act as, instead of `github-token`."
    )
    github_app_private_key: SecretStr = Field(
        SecretStr(""), description="That App's private key: the text of its .pem file, no path."
    )
    trigger: Literal["auto", "failure", "comment", "reconcile", "upgrade"] = Field(
        "auto",
        description="The door: `auto` reads the event, `failure` a failed run, `comment` a "
        "`/coder` comment, `reconcile` gives every open work item its next step, `upgrade` repairs "
        "red pull requests of Dependabot and Renovate, and upgrades what `alerts`, `packages` and "
        "`groups` name.",
    )
    mode: Mode = Field(
        Mode.PROPOSE,
        description="`report` (diagnose only), `propose` (own draft pull request) "
        "or `fix` (push to the failing branch).",
    )
    run_id: int = Field(
        0, ge=0, description="Workflow run to repair; the event's own run when empty."
    )
    log_file: Listed = Field(
        (),
        description="Files in the workspace (paths, globs) with what the failing job printed, or "
        "JUnit XML or SARIF; for a step of that job, whose log GitHub shows only at its end.",
    )
    check_run_id: int = Field(
        0, ge=0, description="The check run of the job in which this is a step; leave it as it is."
    )
    prompt: str = Field("", description="Prompt of your own, with placeholders such as {evidence}.")
    prompt_file: str = Field("", description="File with such a prompt, in the workspace.")
    extra_instructions: str = Field("", description="Text added to the prompt's instructions.")
    log_budget_chars: int = Field(
        12_000, ge=500, le=60_000, description="Characters of log evidence in the prompt."
    )
    max_attempts: int = Field(
        2, ge=1, le=10, description="Turns of the agent: the prompt and its follow-ups."
    )
    wait: Waiting | None = Field(
        None,
        description="`complete` stays until the end, `none` returns once the session runs; empty "
        "is `none` in a step or job of the failing run itself, which the repair may cancel, else "
        "`complete`.",
    )
    wait_timeout_seconds: Seconds = Field(1800, description="Time for each turn of the agent.")
    poll_interval_seconds: Annotated[float, Field(ge=0.05, le=600)] = Field(
        10, description="Longest pause between two looks at the session."
    )
    idle_seconds: Seconds = Field(
        30, description="Stillness after which an agent that pushed counts as done."
    )
    verify: Verify = Field(
        Verify.AUTO,
        description="What vouches for a change: its `checks`; where none ran, the failed workflow, "
        "dispatched after a while (`auto`) or at once (`workflow`); or `none`.",
    )
    verify_checks: Listed = Field(
        (), description="Names (globs) of the checks that count; all of them when empty."
    )
    verify_timeout_seconds: Seconds = Field(3600, description="Time for each verification.")
    max_sessions_per_day: int = Field(
        20, ge=0, le=1000, description="Sessions for this repository in 24 hours; 0 is no limit."
    )
    max_open_pull_requests: int = Field(
        10, ge=0, le=1000, description="Open pull requests of ours at which none is added."
    )
    outage_threshold: int = Field(
        10, ge=0, le=1000, description="Branches newly red within an hour that are an outage."
    )
    flaky: Flaky = Field(
        Flaky.RERUN,
        description="A failure of the infrastructure, or one that passed before: "
        "`rerun` the failed jobs once, `skip` it, or `ignore` that and repair.",
    )
    draft: bool = Field(True, description="Open pull requests as drafts.")
    base: str = Field("", description="Base of our pull request; the failing branch when empty.")
    branch_prefix: Annotated[str, AfterValidator(begins_a_branch)] = Field(
        "coder-fix/", min_length=1, max_length=60, description="What our branches begin with."
    )
    protected_paths: Listed = Field(
        (".github/**",),
        description="Paths (globs) that a repair may not touch: else it is `flagged`.",
    )
    max_diff_lines: int = Field(
        400,
        ge=0,
        le=1_000_000,
        description="Changed lines above which a repair is `flagged`; 0 is no limit.",
    )
    comment: Commenting = Field(
        Commenting.STICKY, description="`sticky` keeps one comment up to date, `none` writes none."
    )
    allow_users: Listed = Field(
        (),
        description="Logins whose `/coder` comments count; everybody with write permission when "
        "empty. Never more than those.",
    )
    allow_bots: Listed = Field(
        (), description="Logins of bots whose `/coder` comments count as a person's."
    )
    updaters: Listed = Field(
        (), description="More logins that open upgrades, such as that of a Renovate of your own."
    )
    packages: str = Field(
        "", description="Packages to upgrade, `name` or `name@version`, by commas or lines."
    )
    groups: str = Field(
        "", description="Packages to upgrade together: lines `name = pattern, pattern`."
    )
    alerts: Literal["off", "low", "medium", "high", "critical"] = Field(
        "off",
        description="The lowest severity of the Dependabot alerts to mend by an upgrade: `low`, "
        "`medium`, `high` or `critical`; `off` is none.",
    )
    minimum_release_age_days: int = Field(
        0, ge=0, le=365, description="Days for which a release must have been out."
    )
    opt_out_label: str = Field(
        "no-coder-fix", description="Label that keeps the bot away from a pull request."
    )
    cleanup: Cleanup = Field(
        Cleanup.PAUSE, description="The workspace at the end: `pause`, `delete` or `keep`."
    )
    allow_http: bool = Field(
        False, description="Allow a `coder-url` or a GITHUB_API_URL without TLS off this machine."
    )
    bundle: str = Field(
        "",
        description="File in the workspace that the run leaves, for `coder-fix replay` and for bug "
        "reports: what it read and decided, redacted. None when empty.",
    )
    dry_run: bool = Field(False, description="Read and decide, print the prompt, write nothing.")
    fail_on: Annotated[Listed, AfterValidator(known_outcomes)] = Field(
        ("error",), description="Outcomes that fail the step (exit 4; errors 2 or 3), or `none`."
    )

    def policy(self, vantage: Vantage = OUTSIDE) -> Policy:
        """What the pure core may know; where `wait` is not given, the `vantage` says.

        Raises `ConfigurationError` for `packages` or `groups` that nobody can read.
        """
        unasked = Waiting.NONE if vantage.inside else Waiting.COMPLETE
        return Policy(
            mode=self.mode,
            wait=self.wait or unasked,
            wait_timeout=self.wait_timeout_seconds,
            poll_interval=self.poll_interval_seconds,
            idle=self.idle_seconds,
            verify=self.verify,
            verify_checks=self.verify_checks,
            verify_timeout=self.verify_timeout_seconds,
            max_attempts=self.max_attempts,
            max_sessions_per_day=self.max_sessions_per_day,
            max_open_pull_requests=self.max_open_pull_requests,
            outage_threshold=self.outage_threshold,
            flaky=self.flaky,
            draft=self.draft,
            base=self.base,
            protected_paths=self.protected_paths,
            max_diff_lines=self.max_diff_lines,
            branch_prefix=self.branch_prefix,
            opt_out_label=self.opt_out_label,
            allow_users=self.allow_users,
            updaters=self.updaters,
            packages=read_packages(self.packages),
            groups=read_groups(self.groups),
            alerts=None if self.alerts == "off" else Severity(self.alerts),
            minimum_release_age_days=self.minimum_release_age_days,
            comment=self.comment,
            cleanup=self.cleanup,
            dry_run=self.dry_run,
        )

    @property
    def secrets(self) -> dict[str, str]:
        """What must never leave, empty or not, by the name that stands in its place in texts."""
        kept = {"coder-token": self.coder_token, "github-token": self.github_token}
        kept["github-app-key"] = self.github_app_private_key
        return {name: secret.get_secret_value() for name, secret in kept.items()}


def load(given: dict[str, Any] | None = None) -> Settings:
    """Read the environment; `given` (flags, by field name) goes before it.

    Raises `ConfigurationError` that names the input and never shows its value.
    """
    try:
        settings = Settings(**(given or {}))
    except ValidationError as failure:
        raise ConfigurationError(
            "; ".join(_complaint(dict(error)) for error in failure.errors(include_input=False)),
            remedy="See README, Inputs.",
        ) from None
    _check(settings)
    return settings


def load_what_fits(given: dict[str, Any]) -> tuple[Settings, tuple[str, ...]]:
    """As `load`, with the default for each value that does not fit, and the complaints."""
    try:
        settings = Settings(**given)
        _check(settings)
    except ConfigurationError as failure:
        return settings, (failure.message,)
    except ValidationError as failure:
        errors = [dict(error) for error in failure.errors(include_input=False)]
        defaults = {name: Settings.model_fields[name].default for name in map(_field, errors)}
        settings, more = load_what_fits({**given, **defaults})
        return settings, (*map(_complaint, errors), *more)
    return settings, ()


def _field(error: dict[str, Any]) -> str:
    """The field of a validation error, whatever variable its value came from."""
    where = str(error["loc"][0])
    return next((f for f in Settings.model_fields if where in (f, *variables(f))), where)


def _complaint(error: dict[str, Any]) -> str:
    return f"Input `{input_name(_field(error))}`: {wrong(str(error['msg']))}."


def _check(settings: Settings) -> None:
    if settings.prompt and settings.prompt_file:
        raise ConfigurationError(
            "Inputs `prompt` and `prompt-file` are both given.", remedy="Give one of them."
        )
