"""Which inputs a policy file may set. Every input stands in one of both lists."""

from __future__ import annotations

from typing import Final

_HIDDEN: Final = "a secret never stands in a file of the repository"
_ADDRESS: Final = "it decides where `coder-token` is sent"
_RIGHTS: Final = "it decides whose rights and credentials the agent gets"
_ONE_RUN: Final = "it belongs to one workflow, not to the repository"

WITHHELD: Final = {
    "coder_url": _ADDRESS,
    "coder_token": _HIDDEN,
    "coder_username": _RIGHTS,
    "workspace_id": _RIGHTS,
    "github_token": _HIDDEN,
    "github_app_id": _HIDDEN,
    "github_app_private_key": _HIDDEN,
    "allow_http": "it decides whether `coder-token` may be sent without encryption",
    "trigger": _ONE_RUN,
    "run_id": _ONE_RUN,
    "log_file": _ONE_RUN,
    "check_run_id": _ONE_RUN,
    "bundle": _ONE_RUN,
    "prompt_file": "it names a file of a checkout, which may be a pull request's; use `prompt`",
}
"""Inputs, by field name, that only a workflow gives, and why."""

SETTABLE: Final = (
    "coder_backend",
    "coder_organization",
    "coder_template_name",
    "coder_template_preset",
    "model_config_id",
    "mode",
    "prompt",
    "extra_instructions",
    "log_budget_chars",
    "max_attempts",
    "wait",
    "wait_timeout_seconds",
    "poll_interval_seconds",
    "idle_seconds",
    "verify",
    "verify_checks",
    "verify_timeout_seconds",
    "max_sessions_per_day",
    "max_open_pull_requests",
    "outage_threshold",
    "flaky",
    "draft",
    "base",
    "branch_prefix",
    "protected_paths",
    "max_diff_lines",
    "comment",
    "allow_users",
    "allow_bots",
    "updaters",
    "packages",
    "groups",
    "alerts",
    "minimum_release_age_days",
    "opt_out_label",
    "cleanup",
    "dry_run",
    "fail_on",
)
"""Inputs, by field name, that a policy file may set."""
