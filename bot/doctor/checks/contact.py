"""Can the two servers be asked at all? The same questions of both; the first trouble counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from bot.doctor import links
from bot.doctor.check import Check, Fine, Remark, Wrong, broken, failing
from bot.doctor.facts import Contact, Facts, TroubleKind

Asked = Callable[[Facts], Contact | None]


def _github(facts: Facts) -> Contact | None:
    return facts.github.contact if facts.github else None


def _coder(facts: Facts) -> Contact | None:
    return facts.coder.contact if facts.coder else None


def _look(asked: Asked, *kinds: TroubleKind, fine: str = "") -> Callable[[Facts], Remark | None]:
    def look(facts: Facts) -> Remark | None:
        contact = asked(facts)
        if contact is None:
            return None
        if contact.trouble is None:
            return Fine(fine.format(contact.address).strip()) if fine else None
        return Wrong(contact.trouble.says) if contact.trouble.kind in kinds else None

    return look


_REMEDIES: Final[Mapping[str, str]] = {
    "github-inputs": "In the action a runner sets them; on the command line give --repository"
    " owner/name and the variable GITHUB_TOKEN, and on Enterprise Server GITHUB_API_URL.",
    "coder-inputs": "Set coder-url to the address of the dashboard and coder-token to a secret"
    " that holds a token of `coder tokens create`.",
    "github-address": "Set GITHUB_API_URL to the API's final address; Enterprise Server's ends in"
    " /api/v3.",
    "coder-address": "Set coder-url to the address at which people open the dashboard, without a"
    " path, and let no sign-in page stand before it.",
    "github-token": "Make a token (see README, Permissions) and store it as the secret that"
    " github-token takes.",
    "coder-token": "Make one with `coder tokens create` and store it as the secret that"
    " coder-token takes.",
}
_SILENT: Final = (
    "Look at the server and at the network between; where it is being upgraded, try again later."
)
_TLS: Final = "Name the file of your CA's certificates in SSL_CERT_FILE, or renew the certificate."
_PROXY: Final = "Correct HTTPS_PROXY, or name the server in NO_PROXY."


def _questions(
    side: str, name: str, asked: Asked, link: str, tokens: str
) -> tuple[Check[Facts], ...]:
    def ask(
        what: str, title: str, *kinds: TroubleKind, remedy: str = "", to: str = link, fine: str = ""
    ) -> Check[Facts]:
        remedy = remedy or _REMEDIES[f"{side}-{what}"]
        passes = what in {"answers", "limit"}
        make = failing if passes else broken
        return make(f"{side}-{what}", title, remedy=remedy, link=to)(
            _look(asked, *kinds, fine=fine)
        )

    return (
        ask("inputs", f"{name} is named", TroubleKind.INPUT),
        ask("proxy", f"The proxy lets us through to {name}", TroubleKind.PROXY, remedy=_PROXY,
            to=links.PROXY),
        ask("tls", f"{name}'s certificate is trusted", TroubleKind.TLS, remedy=_TLS,
            to=links.PROXY),
        ask("answers", f"{name} answers", TroubleKind.SILENT, remedy=_SILENT,
            fine="{}."),
        ask("address", f"The address is that of {name}'s API", TroubleKind.ADDRESS),
        ask("limit", f"{name} takes more requests", TroubleKind.LIMIT,
            remedy="Wait for the limit's end, or give the bot a user of its own.",
            to=links.GITHUB_LIMITS if side == "github" else links.CODER_API),
        ask("token", f"{name} accepts the token", TroubleKind.TOKEN, to=tokens,
            fine=" "),
    )  # fmt: skip


GITHUB_CONTACT: Final = _questions(
    "github", "GitHub", _github, links.GITHUB_REST, links.GITHUB_TOKENS
)
CODER_CONTACT: Final = (
    *_questions("coder", "Coder", _coder, links.CODER_API, links.CODER_TOKENS),
    broken(
        "coder-user-active",
        "The token's user is active",
        remedy="Let an administrator of Coder activate that user again.",
        link=links.CODER_HEADLESS,
    )(_look(_coder, TroubleKind.INACTIVE)),
)
