"""Questions about the token for Coder and the user behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.doctor import links
from bot.doctor.check import Fine, Remark, Unseen, Wrong, broken, named, warning
from bot.doctor.checks.asking import of_coder
from bot.doctor.facts import CoderFacts, Facts
from bot.model import BackendName

SOON: Final = timedelta(days=14)
_EVERYTHING: Final = frozenset({"coder:all", "all"})
_TASKS: Final = frozenset({"task:*", "workspace:*", "template:*", "user:read", "organization:*"})
"""Sufficed for a whole task run on v2.36.0; there is no scope for chats."""

_CHATS_FOR_ALL: Final = (2, 37, 0)


@warning(
    "coder-token-session",
    "The token for Coder is made to last",
    remedy="Make one with `coder tokens create --name ci --lifetime 2160h`.",
    link=links.CODER_TOKENS,
)
@of_coder
def is_made_to_last(coder: CoderFacts) -> Remark | None:
    """The key of a log-in ends after a day."""
    if isinstance(coder.token, Unseen):
        return coder.token
    if coder.token.found:
        return Fine("It is one of the user's tokens.")
    return Wrong("It is the session of a log-in, which ends about a day after its last use.")


@warning(
    "coder-token-expiry",
    "The token for Coder lives on",
    remedy="Make a new one with `coder tokens create` and store it in the secret.",
    link=links.CODER_TOKENS,
)
def lives_on(facts: Facts) -> Remark | None:
    """A token made for an owner lives at most a week by default."""

    def look(coder: CoderFacts) -> Remark | None:
        if isinstance(coder.token, Unseen) or coder.token.expires is None:
            return None
        left = coder.token.expires - facts.machine.now
        day = f"{coder.token.expires:%Y-%m-%d}"
        if left < SOON:
            return Wrong(f"It ends on {day}, in {left.days} days.")
        return Fine(f"Until {day}.")

    return of_coder(look)(facts)


@broken(
    "coder-token-scopes",
    "The token's scopes suffice",
    remedy="Make one without scopes; for Tasks `task:*`, `workspace:*`, `template:*`, `user:read`"
    " and `organization:*` are enough.",
    link=links.CODER_TOKENS,
)
@of_coder
def scopes_suffice(coder: CoderFacts) -> Remark | None:
    """Chats have no scope of their own, so they need a token without any."""
    if isinstance(coder.token, Unseen) or not coder.token.found:
        return None
    if not coder.token.scopes or _EVERYTHING & coder.token.scopes:
        return Fine("It has no limits of its own.")
    if coder.backend is BackendName.CHATS:
        return Wrong(
            f"Chats need a token without scopes; it has {named(*sorted(coder.token.scopes))}."
        )
    missing = sorted(_TASKS - coder.token.scopes)
    return Wrong(f"It lacks {named(*missing)}.") if missing else Fine("Enough for Tasks.")


@warning(
    "coder-user-owner",
    "The bot's user is no administrator",
    remedy="Give the bot a user of its own, a plain member of the organization.",
    link=links.CODER_HEADLESS,
)
@of_coder
def is_no_administrator(coder: CoderFacts) -> Remark | None:
    """What leaks can do no more than its user may."""
    if isinstance(coder.site_roles, Unseen):
        return coder.site_roles
    high = sorted(coder.site_roles & {"owner", "user-admin", "template-admin"})
    who = "" if isinstance(coder.username, Unseen) else f"{named(coder.username)} "
    return Wrong(f"{who}is {named(*high)}.") if high else Fine(f"{who}is a plain member.")


@broken(
    "coder-username",
    "The user of the sessions is there",
    remedy="Correct coder-username, or leave it empty for the token's own user; for another one an"
    " owner's token is needed.",
    link=links.CODER_HEADLESS,
)
@of_coder
def user_is_there(coder: CoderFacts) -> Remark | None:
    """Coder answers alike for a user that is absent and one that may not be seen."""
    if coder.runs_for in {"", "me"}:
        return None
    if isinstance(coder.runs_for_exists, Unseen):
        return coder.runs_for_exists
    if coder.runs_for_exists:
        return Fine(f"{named(coder.runs_for)}.")
    return Wrong(f"{named(coder.runs_for)} does not exist, or is hidden from this token.")


@broken(
    "coder-chat-role",
    "The user may start chats",
    remedy="Let an administrator add the role: `coder organizations members edit-roles USER"
    " agents-access` (it replaces the user's other roles).",
    link=links.CODER_ROLES,
)
@of_coder
def may_start_chats(coder: CoderFacts) -> Remark | None:
    """Up to v2.36 a role is needed; the list of chats answers 200 without it."""
    if coder.backend is not BackendName.CHATS or not coder.version:
        return None
    if coder.version >= _CHATS_FOR_ALL:
        return None
    if isinstance(coder.organization_roles, Unseen):
        return coder.organization_roles
    if isinstance(coder.site_roles, frozenset) and "owner" in coder.site_roles:
        return Fine("As owner.")
    if "agents-access" in coder.organization_roles:
        return Fine("It has the role `agents-access`.")
    return Wrong("It lacks the role `agents-access`, without which creating a chat is refused.")
