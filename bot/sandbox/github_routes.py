"""Every operation of the sandbox GitHub, in the order in which they are tried."""

from __future__ import annotations

from bot.sandbox import (
    github_rest_accounts,
    github_rest_actions,
    github_rest_alerts,
    github_rest_apps,
    github_rest_artifacts,
    github_rest_checks,
    github_rest_commits,
    github_rest_contents,
    github_rest_git,
    github_rest_issues,
    github_rest_pulls,
    github_rest_reactions,
    github_rest_settings,
)
from bot.sandbox.github_api import Route

ROUTES: tuple[Route, ...] = (
    *github_rest_actions.routes,
    *github_rest_artifacts.routes,
    *github_rest_checks.routes,
    *github_rest_issues.routes,
    *github_rest_reactions.routes,
    *github_rest_pulls.routes,
    *github_rest_git.routes,
    *github_rest_contents.routes,
    *github_rest_accounts.routes,
    *github_rest_alerts.routes,
    *github_rest_settings.routes,
    *github_rest_apps.routes,
    *github_rest_commits.routes,
)
