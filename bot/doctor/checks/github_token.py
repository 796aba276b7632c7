"""Questions about the token for GitHub: its end, its rights, its requests."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.doctor import links
from bot.doctor.check import Fine, Remark, Unseen, Wrong, broken, named, warning
from bot.doctor.checks.asking import of_github, of_token
from bot.doctor.facts import Facts, GitHubFacts, GitHubToken

SOON: Final = timedelta(days=14)
_TOO_MUCH: Final = ("admin:org", "admin:enterprise", "delete_repo", "admin:repo_hook", "site_admin")
_LOW: Final = 200


@warning(
    "github-token-expiry",
    "The token for GitHub lives on",
    remedy="Renew it now, and store the new one in the secret that github-token takes.",
    link=links.GITHUB_TOKENS,
)
def lives_on(facts: Facts) -> Remark | None:
    """GitHub tells the end in a header of each answer, for personal access tokens."""

    def look(_: GitHubFacts, token: GitHubToken) -> Remark | None:
        whose = "" if isinstance(token.login, Unseen) else f" of {named(token.login)}"
        if token.expires is None:
            lasting = token.kind in {"classic", "fine-grained"}
            return Fine(f"a {token.kind} one{whose}, without an end.") if lasting else None
        left = token.expires - facts.machine.now
        day = f"{token.expires:%Y-%m-%d}"
        if left < SOON:
            return Wrong(f"It ends on {day}, in {left.days} days.")
        return Fine(f"a {token.kind} one{whose}, until {day}.")

    return of_token(look)(facts)


@broken(
    "github-token-scopes",
    "The classic token has the scope for repositories",
    remedy="Give it the scope `repo` (`public_repo` is enough for a public repository), or make a"
    " fine-grained one; see README, Permissions.",
    link=links.GITHUB_TOKENS,
)
@of_token
def has_the_scope(github: GitHubFacts, token: GitHubToken) -> Remark | None:
    """Classic tokens have scopes, told in `X-OAuth-Scopes`; the other kinds have permissions."""
    if token.kind != "classic" or token.scopes is None:
        return None
    private = not isinstance(github.repository, Unseen) and github.repository.private
    enough = {"repo"} if private else {"repo", "public_repo"}
    told = named(*sorted(token.scopes)) if token.scopes else "no scope"
    return Fine(f"It has {told}.") if enough & token.scopes else Wrong(f"It has {told} only.")


@warning(
    "github-token-too-broad",
    "The token for GitHub may no more than needed",
    remedy="Use a fine-grained token for this repository alone, or a GitHub App.",
    link=links.GITHUB_TOKENS,
)
@of_token
def may_no_more(_: GitHubFacts, token: GitHubToken) -> Remark | None:
    """What leaks can do no more than the token may."""
    broad = sorted((token.scopes or frozenset()) & set(_TOO_MUCH))
    return Wrong(f"It also has {named(*broad)}.") if broad else None


@broken(
    "github-token-permissions",
    "The token may read what a repair needs",
    remedy="Grant them in the job's `permissions:`, or to the token.",
    link=links.GITHUB_TOKENS,
)
@of_token
def may_read(github: GitHubFacts, token: GitHubToken) -> Remark | None:
    """Each was tried by one GET that it opens; an App's are known, see `github_app`."""
    if github.app is not None:
        return None
    if token.refused:
        return Wrong(f"GitHub refuses {named(*token.refused, most=9)}.")
    return Fine("Runs, checks, statuses, contents, issues and pull requests can be read.")


@broken(
    "github-token-writes",
    "The token's user may write here",
    remedy="Give that user the role Write in the repository, or use another's token.",
    link=links.REPOSITORY,
)
@of_github
def may_write(github: GitHubFacts) -> Remark | None:
    """A role below Write caps every token; above it the token's own permissions still count."""
    if isinstance(github.repository, Unseen) or isinstance(github.token, Unseen):
        return None
    if github.app is not None:  # it has no role, and `github_app` knows its permissions
        return None
    if github.repository.may_push is False:
        return Wrong("The user's role in the repository does not let it push.")
    if "repo" in (github.token.scopes or ()):
        return Fine("The role allows it, and so does the scope `repo`.")
    return Unseen(
        "Whether the token itself may write shows only by writing.",
        "Whoever made it: pull requests and issues must be `write`.",
    )


@warning(
    "github-rate",
    "Requests are left",
    remedy="Wait for the next hour, or give the bot a token that nothing else uses.",
    link=links.GITHUB_LIMITS,
)
@of_github
def requests_left(github: GitHubFacts) -> Remark | None:
    """A sweep takes about 200."""
    if github.left is None:
        return None
    left, limit = github.left
    says = f"{left:,} of {limit:,} requests are left in this hour."
    return Wrong(says) if left < _LOW else Fine(says)
