"""Questions about the machine that this runs on, and about the inputs."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.doctor import links
from bot.doctor.check import Fine, Remark, Wrong, broken, warning
from bot.doctor.facts import Contact, Facts

_WORST_CLOCK: Final = timedelta(minutes=2)
_REFUSED: Final = (
    "GitHub refused the web token that the App signed by this machine's time, and took the one by"
    " its own; not every tool tries that."
)


@broken(
    "inputs",
    "Every input can be read",
    remedy="Correct the input; see README, Inputs.",
    link=links.WORKFLOW_SYNTAX,
)
def inputs_can_be_read(facts: Facts) -> Remark | None:
    """The rest goes on with the default in the place of what is wrong."""
    wrong = facts.machine.input_trouble
    return Wrong(" ".join(wrong)) if wrong else Fine("")


@broken(
    "ca-bundle",
    "The private CA can be read",
    remedy="REQUESTS_CA_BUNDLE or SSL_CERT_FILE must name a file of PEM certificates; in a"
    " container action it must lie in the workspace.",
    link=links.PROXY,
)
def ca_can_be_read(facts: Facts) -> Remark | None:
    """Without it no encrypted connection is made at all."""
    machine = facts.machine
    if machine.ca_trouble:
        return Wrong(machine.ca_trouble)
    return Fine(f"{machine.ca_bundle} is read.") if machine.ca_bundle else None


@broken(
    "proxy",
    "The proxy has an address",
    remedy="Write it as a URL, such as HTTPS_PROXY=http://proxy.example.com:3128.",
    link=links.PROXY,
)
def proxy_has_an_address(facts: Facts) -> Remark | None:
    """An address without its scheme is understood by some programs only."""
    machine = facts.machine
    if machine.proxy_trouble:
        return Wrong(machine.proxy_trouble)
    return Fine(f"{machine.proxy} is used.") if machine.proxy else None


@warning(
    "clock",
    "The clocks agree",
    remedy="Set this machine's clock by NTP, or the server's: limits, waits and the life of tokens"
    " are measured by it.",
    link=links.GITHUB_REST,
)
def clocks_agree(facts: Facts) -> Remark | None:
    """By the `Date` of the servers' answers, which tells whole seconds."""
    asked = {"GitHub": facts.github, "Coder": facts.coder}
    contacts = {name: side.contact for name, side in asked.items() if side is not None}
    known = {name: ahead for name, c in contacts.items() if (ahead := _ahead(c)) is not None}
    if not known:
        return None
    wrong = [_words(name, ahead) for name, ahead in known.items() if abs(ahead) > _WORST_CLOCK]
    if wrong:
        if facts.github is not None and facts.github.app and facts.github.app.clock_refused:
            wrong.append(_REFUSED)
        return Wrong(" ".join(wrong))
    return Fine(f"{', '.join(known)} and this machine tell the same time.")


def _ahead(contact: Contact) -> timedelta | None:
    return contact.ahead if isinstance(contact.ahead, timedelta) else None


def _words(name: str, ahead: timedelta) -> str:
    minutes = round(abs(ahead.total_seconds()) / 60)
    return (
        f"{name} is {minutes} min {'ahead of' if ahead > timedelta() else 'behind'} this machine."
    )
