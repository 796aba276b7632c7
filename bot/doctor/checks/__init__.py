"""Every question, in the order in which people should read the answers.

A question is one small function with its id, title, remedy and link; a new one is that function,
its line here, and its scenario in `tests/doctor/scenarios.py` (a test counts them).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.doctor.check import Check
from bot.doctor.checks import (
    actions,
    coder,
    coder_token,
    concurrency,
    github_app,
    github_token,
    machine,
    policy,
    repository,
    steps,
    workflows,
)
from bot.doctor.checks.contact import CODER_CONTACT, GITHUB_CONTACT
from bot.doctor.facts import Contact, Facts


@dataclass(frozen=True, slots=True)
class Area:
    """Questions under one heading. Those of `checks` need the server of `contact` to answer."""

    id: str
    title: str
    first: tuple[Check[Facts], ...] = ()
    checks: tuple[Check[Facts], ...] = ()
    contact: Callable[[Facts], Contact | None] = lambda _: None


def _github(facts: Facts) -> Contact | None:
    return facts.github.contact if facts.github else None


def _coder(facts: Facts) -> Contact | None:
    return facts.coder.contact if facts.coder else None


AREAS: Final = (
    Area(
        "machine",
        "This machine",
        first=(
            machine.inputs_can_be_read,
            machine.ca_can_be_read,
            machine.proxy_has_an_address,
            machine.clocks_agree,
        ),
    ),
    Area(
        "github",
        "GitHub",
        first=(
            *GITHUB_CONTACT,
            github_app.is_known,
            github_app.has_the_key,
            github_app.tells_the_time,
            github_app.is_installed,
        ),
        checks=(
            github_app.may_what_it_must,
            github_app.may_what_is_welcome,
            github_token.lives_on,
            github_token.has_the_scope,
            github_token.may_no_more,
            github_token.may_read,
            github_token.may_write,
            github_token.requests_left,
            repository.enterprise_is_new_enough,
            repository.enterprise_knows_the_permissions,
            repository.repository_is_there,
            repository.repository_can_change,
            repository.fork_runs,
            repository.issues_are_on,
            repository.branches_may_be_made,
            repository.commits_are_accepted,
            repository.codeowners_can_be_read,
            actions.actions_are_on,
            actions.action_is_allowed,
            actions.action_is_pinned_as_asked,
            actions.actions_may_open_pull_requests,
            actions.checks_start,
            actions.secrets_are_there,
            actions.dependabot_has_them,
        ),
        contact=_github,
    ),
    Area(
        "workflows",
        "Workflows on the default branch",
        checks=(
            workflows.on_the_default_branch,
            workflows.can_be_read,
            workflows.are_enabled,
            workflows.schedules_run,
            workflows.is_carried_on,
            concurrency.groups_are_in_jobs,
            concurrency.none_is_cancelled,
            concurrency.comments_do_not_queue,
            workflows.listened_to_exist,
            workflows.none_listens_to_itself,
            workflows.green_starts_nothing,
            workflows.the_trigger_fires,
            workflows.jobs_have_the_permissions,
            workflows.jobs_run_on_linux,
            steps.inputs_exist,
            steps.says_where_coder_is,
            steps.tokens_come_from_secrets,
            steps.is_pinned,
            steps.no_stranger_beside,
            policy.can_be_read,
            policy.lets_it_work,
        ),
        contact=_github,
    ),
    Area(
        "coder",
        "Coder",
        first=CODER_CONTACT,
        checks=(
            coder.is_new_enough,
            coder.tells_the_end,
            coder.api_is_served,
            coder.api_has_a_future,
            coder_token.is_made_to_last,
            coder_token.lives_on,
            coder_token.scopes_suffice,
            coder_token.is_no_administrator,
            coder_token.user_is_there,
            coder_token.may_start_chats,
            coder.organization_is_there,
            coder.template_is_there,
            coder.chats_have_a_model,
            coder.quota_has_room,
        ),
        contact=_coder,
    ),
)
"""The questions about the template itself follow under a heading of their own: see `examine`."""
