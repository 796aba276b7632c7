"""Questions about what an administrator has set for Actions, its secrets and its own token."""

from __future__ import annotations

from bot.doctor import links
from bot.doctor.check import Fine, Remark, Unseen, Wrong, broken, named, warning
from bot.doctor.checks.asking import of_github
from bot.doctor.facts import GitHubFacts


@broken(
    "actions-enabled",
    "Actions are on",
    remedy="Switch them on in Settings → Actions → General.",
    link=links.ACTIONS_SETTINGS,
)
@of_github
def actions_are_on(github: GitHubFacts) -> Remark | None:
    """Without them nothing starts."""
    if isinstance(github.actions, Unseen):
        return github.actions
    return Fine("") if github.actions.enabled else Wrong("They are off in this repository.")


@broken(
    "actions-allowed",
    "The action is allowed",
    remedy="In Settings → Actions → General allow actions of other owners, or copy the action into"
    " an organization that is allowed.",
    link=links.ACTIONS_SETTINGS,
)
@of_github
def action_is_allowed(github: GitHubFacts) -> Remark | None:
    """`local_only` refuses the workflow before it starts."""
    if isinstance(github.actions, Unseen) or not github.actions.enabled:
        return None
    owner = github.name.partition("/")[0].lower()
    ours = ("./", "docker:", f"{owner}/")
    used = {r.uses for w in github.repairing for r in w.repairs}
    foreign = sorted(action for action in used if not action.lower().startswith(ours))
    if github.actions.allowed == "local_only" and foreign:
        return Wrong(f"Only this owner's own actions are, not {named(*foreign)}.")
    if github.actions.allowed == "selected":
        return Unseen("A list of actions is allowed.", "An administrator: coder-fix must be on it.")
    return Fine("")


@broken(
    "actions-pinned",
    "The action is pinned as the settings ask",
    remedy="Name the action by the full commit of a release: `uses: …@<40 hex digits>`.",
    link=links.SECURE_USE,
)
@of_github
def action_is_pinned_as_asked(github: GitHubFacts) -> Remark | None:
    """Where the settings ask for it, a tag is refused."""
    if isinstance(github.actions, Unseen) or not github.actions.pinned:
        return None
    loose = sorted({r.uses for w in github.repairing for r in w.repairs if not r.pinned})
    if loose:
        return Wrong(f"The settings ask for a commit; there is {named(*loose)}.")
    return Fine("")


@broken(
    "actions-pull-requests",
    "Actions may open pull requests",
    remedy="Switch on Settings → Actions → General → Allow GitHub Actions to create and approve"
    " pull requests (an organization's own setting goes before), or give github-token a bot's"
    " token.",
    link=links.ACTIONS_SETTINGS,
)
@of_github
def actions_may_open_pull_requests(github: GitHubFacts) -> Remark | None:
    """Without it a repair that uses the job's own token ends with a link instead."""
    if not any(r.default_token for w in github.repairing for r in w.repairs):
        return None
    if isinstance(github.job_token, Unseen):
        return github.job_token
    if github.job_token.opens_pull_requests:
        return Fine("")
    return Wrong("They may not, and a workflow uses the job's own token.")


@warning(
    "job-token",
    "Checks start on what the bot does",
    remedy="Give github-token the token of a bot (fine-grained, or of a GitHub App), as `coder-fix"
    " init --github-token-secret NAME` writes it, and let the agent push with one of its own.",
    link=links.DEFAULT_TOKEN,
)
@of_github
def checks_start(github: GitHubFacts) -> Remark | None:
    """What the job's own token pushes or opens starts no checks until somebody approves them."""
    files = [w.file for w in github.repairing if any(r.default_token for r in w.repairs)]
    if not github.repairing:
        return None
    if files:
        # The approval is github.com's since 2026; a server starts nothing at all.
        then = "do not start" if github.is_enterprise else "wait for a person's approval"
        return Wrong(f"{named(*files)}: the checks of what the job's own token opens {then}.")
    return Fine("Every workflow has a token of its own.")


@broken(
    "secrets",
    "The secrets are there",
    remedy="Add them in Settings → Secrets and variables → Actions, or with `gh secret set NAME`.",
    link=links.SECRETS,
)
@of_github
def secrets_are_there(github: GitHubFacts) -> Remark | None:
    """A secret that does not exist is an empty text, and no error."""
    wanted = _secrets(github)
    if not wanted:
        return None
    if isinstance(github.secrets, Unseen):
        return github.secrets
    missing = sorted(wanted - github.secrets)
    if missing:
        return Wrong(f"Neither the repository nor its organization has {named(*missing)}.")
    return Fine(f"{named(*sorted(wanted))}: present, whatever its value.")


@warning(
    "dependabot-secrets",
    "Dependabot's own runs have the secrets",
    remedy="Add the same secrets under Settings → Secrets and variables → Dependabot, or repair by"
    " `workflow_run`, which has the usual ones.",
    link=links.DEPENDABOT_SECRETS,
)
@of_github
def dependabot_has_them(github: GitHubFacts) -> Remark | None:
    """Runs that Dependabot starts take secrets from a store of their own, also when run again."""
    wanted = _secrets(github, only_inside=True)
    if not wanted or github.dependabot is False:
        return None
    for fact in (github.dependabot, github.dependabot_secrets):
        if isinstance(fact, Unseen):
            return fact
    assert not isinstance(github.dependabot_secrets, Unseen)  # noqa: S101 - for mypy: seen above
    missing = sorted(wanted - github.dependabot_secrets)
    if missing:
        return Wrong(f"Its store lacks {named(*missing)}: its red pull requests are not repaired.")
    return Fine("Its store has them.")


def _secrets(github: GitHubFacts, *, only_inside: bool = False) -> frozenset[str]:
    """By name, in capitals, as GitHub stores them."""
    return frozenset(
        name.upper()
        for workflow in github.repairing
        if not (only_inside and workflow.outside)
        for repair in workflow.repairs
        for name in repair.secrets
    )
