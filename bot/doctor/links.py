"""Where people read on, once."""

from __future__ import annotations

from typing import Final

_ACTIONS: Final = "https://docs.github.com/en/actions"
_CODER: Final = "https://coder.com/docs"

WORKFLOW_SYNTAX: Final = f"{_ACTIONS}/reference/workflows-and-actions/workflow-syntax"
WORKFLOW_EVENTS: Final = f"{_ACTIONS}/reference/workflows-and-actions/events-that-trigger-workflows"
POLICY_FILE: Final = "https://github.com/coder-fix/coder-fix#policy-file"
CONCURRENCY: Final = f"{_ACTIONS}/concepts/workflows-and-actions/concurrency"
DISABLED_WORKFLOWS: Final = f"{_ACTIONS}/how-tos/manage-workflow-runs/disable-and-enable-workflows"
DEFAULT_TOKEN: Final = f"{_ACTIONS}/concepts/security/github_token"
SECURE_USE: Final = f"{_ACTIONS}/reference/security/secure-use"
SECRETS: Final = f"{_ACTIONS}/how-tos/write-workflows/choose-what-workflows-do/use-secrets"
ACTIONS_SETTINGS: Final = (
    "https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features"
    "/enabling-features-for-your-repository/managing-github-actions-settings-for-a-repository"
)
DEPENDABOT_SECRETS: Final = (
    "https://docs.github.com/en/code-security/dependabot/troubleshooting-dependabot"
    "/troubleshooting-dependabot-on-github-actions"
)
GITHUB_TOKENS: Final = (
    "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure"
    "/managing-your-personal-access-tokens"
)
_APPS: Final = "https://docs.github.com/en/apps"
GITHUB_APPS: Final = (
    f"{_APPS}/creating-github-apps/about-creating-github-apps/about-creating-github-apps"
)
GITHUB_APP_KEYS: Final = (
    f"{_APPS}/creating-github-apps/authenticating-with-a-github-app"
    "/managing-private-keys-for-github-apps"
)
GITHUB_APP_JWT: Final = (
    f"{_APPS}/creating-github-apps/authenticating-with-a-github-app"
    "/generating-a-json-web-token-jwt-for-a-github-app"
)
GITHUB_APP_INSTALLED: Final = f"{_APPS}/using-github-apps/installing-your-own-github-app"
GITHUB_APP_PERMISSIONS: Final = (
    f"{_APPS}/creating-github-apps/registering-a-github-app/choosing-permissions-for-a-github-app"
)
GITHUB_REST: Final = (
    "https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api"
)
GITHUB_LIMITS: Final = (
    "https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api"
)
RULESETS: Final = (
    "https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository"
    "/managing-rulesets/available-rules-for-rulesets"
)
CODEOWNERS: Final = (
    "https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features"
    "/customizing-your-repository/about-code-owners"
)
REPOSITORY: Final = "https://docs.github.com/en/repositories"
ENTERPRISE: Final = "https://docs.github.com/en/enterprise-server/admin/all-releases"

CODER_TOKENS: Final = f"{_CODER}/admin/users/sessions-tokens"
CODER_HEADLESS: Final = f"{_CODER}/admin/users/headless-auth"
CODER_ROLES: Final = f"{_CODER}/admin/users/groups-roles"
CODER_ORGANIZATIONS: Final = f"{_CODER}/admin/users/organizations"
CODER_QUOTAS: Final = f"{_CODER}/admin/users/quotas"
CODER_RELEASES: Final = f"{_CODER}/install/releases"
CODER_TASKS: Final = f"{_CODER}/ai-coder/tasks"
CODER_CHATS: Final = f"{_CODER}/ai-coder/agents"
CODER_TEMPLATES: Final = f"{_CODER}/admin/templates"
CODER_API: Final = f"{_CODER}/reference/api"
PROXY: Final = "https://www.python-httpx.org/environment_variables/"
