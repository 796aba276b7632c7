"""Questions about the Coder deployment: version, agent API, organization, template, quota."""

from __future__ import annotations

from typing import Final

from bot.doctor import links
from bot.doctor.check import Fine, Remark, Unseen, Wrong, broken, named, warning
from bot.doctor.checks.asking import of_coder
from bot.doctor.facts import CoderFacts, Version
from bot.model import BackendName

OLDEST: Final = (2, 28, 0)
_REPORTS_END: Final = (2, 31, 1)
_TASKS_GO: Final = (2, 37, 0)


@broken(
    "coder-version",
    "Coder is new enough",
    remedy="Upgrade Coder to v2.28 or later.",
    link=links.CODER_RELEASES,
)
@of_coder
def is_new_enough(coder: CoderFacts) -> Remark | None:
    """Before v2.28 Tasks had another shape."""
    if coder.version is None:
        return Unseen("Coder does not tell a version that is understood.", "An administrator.")
    new = coder.version >= OLDEST
    return (
        Fine(f"It is {_text(coder.version)}.") if new else Wrong(f"It is {_text(coder.version)}.")
    )


@warning(
    "coder-version-ends",
    "Coder tells when an agent is done",
    remedy="Upgrade Coder to v2.31.1 or later.",
    link=links.CODER_RELEASES,
)
@of_coder
def tells_the_end(coder: CoderFacts) -> Remark | None:
    """Earlier every report counted as work, and there was no pausing; v2.31.0 is a 2.30."""
    tasks = coder.backend is BackendName.TASKS
    if not tasks or coder.version is None or coder.version < OLDEST:
        return None
    if coder.version >= _REPORTS_END:
        return None
    return Wrong(
        f"{_text(coder.version)} stores every report of an agent as work, and pauses no task: ends"
        " are told from stillness alone."
    )


@broken(
    "coder-backend",
    "The agent API is served",
    remedy="Set coder-backend to the API that is served. From v2.37 Tasks are off unless the server"
    " runs with CODER_ENABLE_AI_TASKS=true; chats need v2.32 or later.",
    link=links.CODER_TASKS,
)
@of_coder
def api_is_served(coder: CoderFacts) -> Remark | None:
    """The version cannot tell; an absent route can."""
    if isinstance(coder.serves, Unseen):
        return coder.serves
    served = " and ".join(sorted(name.value for name in coder.serves)) or "neither"
    if coder.wanted is not None and coder.wanted not in coder.serves:
        return Wrong(f"coder-backend is `{coder.wanted.value}`; this Coder serves {served}.")
    if coder.backend is None:
        return Wrong(f"This Coder serves {served} of Tasks and Chats.")
    return Fine(f"A run would use {coder.backend.value}; served: {served}.")


@warning(
    "coder-tasks-end",
    "The agent API has a future",
    remedy="Set coder-backend to chats and give the model's key to Coder instead of the template.",
    link=links.CODER_CHATS,
)
@of_coder
def api_has_a_future(coder: CoderFacts) -> Remark | None:
    """Tasks are hidden from v2.37 on and gone from the release after it."""
    if coder.backend is not BackendName.TASKS or coder.version is None:
        return None
    if coder.version < _TASKS_GO:
        return None
    return Wrong(f"Tasks are switched on in {_text(coder.version)}; the next release has none.")


@broken(
    "coder-organization",
    "The organization is there",
    remedy="Correct coder-organization, or let an administrator add the user to it.",
    link=links.CODER_ORGANIZATIONS,
)
@of_coder
def organization_is_there(coder: CoderFacts) -> Remark | None:
    """Coder answers alike for one that is absent and one that the user is no member of."""
    if isinstance(coder.organization_exists, Unseen):
        return coder.organization_exists
    if coder.organization_exists:
        return Fine(f"{named(coder.organization)}.")
    return Wrong(f"{named(coder.organization)} does not exist, or the user is no member of it.")


@broken(
    "coder-template",
    "The template is there",
    remedy="Correct coder-template-name, or let an administrator give the user the right to it.",
    link=links.CODER_TEMPLATES,
)
@of_coder
def template_is_there(coder: CoderFacts) -> Remark | None:
    """A task needs one; a chat may choose for itself."""
    if not coder.template_name:
        if coder.wanted is BackendName.TASKS:
            return Wrong("coder-template-name is empty, and a task needs a template.")
        return Fine("None is named: the agent of a chat chooses.")
    if isinstance(coder.template, Unseen):
        return coder.template
    if coder.template is None:
        return Wrong(f"{named(coder.template_name)} does not exist there, or may not be used.")
    return Fine(f"{named(coder.template_name)}.")


@broken(
    "coder-models",
    "Chats have a model",
    remedy="Let an administrator add a provider of models, with its key, to Coder's agents.",
    link=links.CODER_CHATS,
)
@of_coder
def chats_have_a_model(coder: CoderFacts) -> Remark | None:
    """The key of the model lies with Coder, not in the template."""
    if coder.backend is not BackendName.CHATS:
        return None
    if isinstance(coder.models, Unseen):
        return coder.models
    plural = "s" if coder.models != 1 else ""
    says = f"{coder.models} model{plural} can be used."
    return Fine(says) if coder.models else Wrong("No provider has a model that can be used.")


@broken(
    "coder-quota",
    "The quota has room",
    remedy="Delete or stop workspaces of that user, or let an administrator raise the allowance of"
    " its groups.",
    link=links.CODER_QUOTAS,
)
@of_coder
def quota_has_room(coder: CoderFacts) -> Remark | None:
    """The session is created all the same, and its build then fails."""
    if isinstance(coder.quota, Unseen):
        return coder.quota
    if coder.quota is None:
        return Fine("There is none.")
    consumed, budget = coder.quota
    says = f"{consumed:,} of {budget:,} credits are used."
    return Fine(says) if consumed < budget else Wrong(says)


def _text(version: Version) -> str:
    return "v" + ".".join(map(str, version))
