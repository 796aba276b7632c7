"""Questions about the repository and its server."""

from __future__ import annotations

import re
from typing import Final

from bot.doctor import links
from bot.doctor.check import Fine, Remark, Unseen, Wrong, broken, named, warning
from bot.doctor.checks.asking import of_github
from bot.doctor.facts import Facts, GitHubFacts, Rule

_OLDEST_ENTERPRISE: Final = (3, 9, 0)
"""The first one that knows the API version 2022-11-28, which is sent with every request."""

_ONLY_GITHUB_COM: Final = frozenset({"artifact-metadata", "models", "vulnerability-alerts"})
_NO_BRANCHES: Final = frozenset({"creation", "update"})
_COMMIT_RULES: Final = {
    "required_signatures": "signed commits",
    "commit_message_pattern": "a pattern for commit messages",
    "commit_author_email_pattern": "a pattern for the author's address",
    "committer_email_pattern": "a pattern for the committer's address",
}


@broken(
    "enterprise-version",
    "Enterprise Server is new enough",
    remedy="Upgrade it to 3.9 or later.",
    link=links.ENTERPRISE,
)
@of_github
def enterprise_is_new_enough(github: GitHubFacts) -> Remark | None:
    """Older ones refuse the API version."""
    if github.enterprise is None:
        return None
    version = ".".join(map(str, github.enterprise))
    new = github.enterprise >= _OLDEST_ENTERPRISE
    return Fine(f"It is {version}.") if new else Wrong(f"It is {version}.")


@warning(
    "enterprise-permissions",
    "Enterprise Server knows the permissions",
    remedy="Take them out of `permissions:`, and give github-token a token that has them.",
    link=links.ENTERPRISE,
)
@of_github
def enterprise_knows_the_permissions(github: GitHubFacts) -> Remark | None:
    """A key that a server does not know makes it refuse the whole file."""
    if not github.is_enterprise:
        return None
    keys = {k for w in github.repairing for r in w.repairs for k in r.permissions or ()}
    newer = sorted(keys & _ONLY_GITHUB_COM)
    if newer:
        return Wrong(f"{named(*newer)} came to github.com first; an older server refuses the file.")
    return None


@broken(
    "repository",
    "The repository is there",
    remedy="Correct the name, or give the token access to it.",
    link=links.GITHUB_TOKENS,
)
@of_github
def repository_is_there(github: GitHubFacts) -> Remark | None:
    """GitHub answers 404 for what a token may not see."""
    if isinstance(github.repository, Unseen):
        return Wrong(github.repository.says)
    return Fine(f"{github.name}, default branch {named(github.repository.default_branch)}.")


@broken(
    "repository-archived",
    "The repository can be changed",
    remedy="Unarchive it in its settings.",
    link=links.REPOSITORY,
)
@of_github
def repository_can_change(github: GitHubFacts) -> Remark | None:
    """An archived one takes neither a branch nor a comment."""
    if isinstance(github.repository, Unseen) or not github.repository.archived:
        return None
    return Wrong("It is archived.")


@broken(
    "repository-fork",
    "Workflows of the fork are on",
    remedy="Open the Actions tab of the fork and enable its workflows.",
    link=links.DISABLED_WORKFLOWS,
)
@of_github
def fork_runs(github: GitHubFacts) -> Remark | None:
    """GitHub switches them off when a fork is made."""
    if isinstance(github.states, Unseen) or not github.repairing:
        return None
    off = [w.file for w in github.repairing if github.states.get(w.path) == "disabled_fork"]
    return Wrong(f"{named(*off)} was disabled when the fork was made.") if off else None


@warning(
    "repository-issues",
    "Issues are on",
    remedy="Switch issues on in the repository's settings.",
    link=links.REPOSITORY,
)
@of_github
def issues_are_on(github: GitHubFacts) -> Remark | None:
    """A red branch without a pull request has no other place for a word to people."""
    if isinstance(github.repository, Unseen) or github.repository.has_issues:
        return None
    return Wrong("They are off: where there is no pull request, nobody can be told.")


@broken(
    "branch-rules",
    "Rules let the agent push its branches",
    remedy="Exempt the bot from the rule (bypass list), exclude its branches, or choose another"
    " branch-prefix.",
    link=links.RULESETS,
)
def branches_may_be_made(facts: Facts) -> Remark | None:
    """GitHub tells the rules of a branch that does not exist yet as well."""

    def look(github: GitHubFacts) -> Remark | None:
        rules = github.our_rules
        if isinstance(rules, Unseen):
            return rules
        prefix = facts.machine.branch_prefix
        names = [rule.type for rule in rules if _bars(rule, f"{prefix}doctor")]
        if names:
            return Wrong(f"Branches {named(prefix + '*')} are under {named(*names)}.")
        return Fine(f"None bars {named(prefix + '*')}.")

    return of_github(look)(facts)


def _bars(rule: Rule, branch: str) -> bool:
    if rule.type != "branch_name_pattern":
        return rule.type in _NO_BRANCHES
    fits = {
        "starts_with": branch.startswith(rule.pattern.raw),
        "ends_with": branch.endswith(rule.pattern.raw),
        "contains": rule.pattern.raw in branch,
    }
    # A regular expression from outside is not run.
    return rule.operator in fits and fits[rule.operator] is rule.negated


@warning(
    "commit-rules",
    "Rules accept the agent's commits",
    remedy="Let the template's agent commit that way, or exempt its branches from the rule.",
    link=links.RULESETS,
)
@of_github
def commits_are_accepted(github: GitHubFacts) -> Remark | None:
    """The push of a commit that breaks one of these is refused whole."""
    if isinstance(github.our_rules, Unseen):
        return None
    asked = [_COMMIT_RULES[rule.type] for rule in github.our_rules if rule.type in _COMMIT_RULES]
    return Wrong(f"They ask for {', '.join(asked)}.") if asked else None


@warning(
    "codeowners",
    "CODEOWNERS can be read",
    remedy="Correct the lines that GitHub marks in the file: an owner must exist and may write.",
    link=links.CODEOWNERS,
)
@of_github
def codeowners_can_be_read(github: GitHubFacts) -> Remark | None:
    """A broken line has no owner, so a repair of those paths asks nobody for a review."""
    errors = github.codeowners_errors
    if isinstance(errors, Unseen):
        return errors
    plural = "s" if errors != 1 else ""
    return Wrong(f"GitHub finds {errors} error{plural} in it.") if errors else None


def version_of(text: str) -> tuple[int, int, int] | None:
    """`3.19.2`, and nothing else."""
    found = re.fullmatch(r"(\d{1,4})\.(\d{1,4})\.(\d{1,4})", text.strip())
    return (int(found[1]), int(found[2]), int(found[3])) if found else None
