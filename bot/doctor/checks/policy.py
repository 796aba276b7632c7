"""Questions about `.github/coder-fix.yml`, the repository's and its owner's."""

from __future__ import annotations

from bot.doctor import links
from bot.doctor.check import Fine, Remark, Unseen, Wrong, broken, named, warning
from bot.doctor.checks.asking import of_github
from bot.doctor.facts import GitHubFacts


@broken(
    "policy-file",
    "The policy file can be read",
    remedy="Correct it on the default branch; README lists every key.",
    link=links.POLICY_FILE,
)
@of_github
def can_be_read(github: GitHubFacts) -> Remark | None:
    """Of a file with anything wrong in it nothing is taken, and every run ends with that error."""
    if isinstance(github.policy, Unseen):
        return github.policy
    if github.policy.trouble:
        return Wrong(github.policy.trouble)
    return Fine(f"{named(*github.policy.files)}.") if github.policy.files else None


@warning(
    "policy-enabled",
    "The policy lets coder-fix work here",
    remedy="Take `enabled: false` out of that file, or write `enabled: true` into the repository's"
    " own.",
    link=links.POLICY_FILE,
)
@of_github
def lets_it_work(github: GitHubFacts) -> Remark | None:
    """Somebody may have meant it: no error."""
    if isinstance(github.policy, Unseen) or not github.policy.disabled_by:
        return None
    return Wrong(f"It is switched off in {named(github.policy.disabled_by)}.")
