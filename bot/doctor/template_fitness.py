"""Is this template fit for an agent that nobody attends? Facts in, findings out, no I/O.

The facts may come from a server (`coder-fix doctor`) or from a template's source before it is
pushed: what a source cannot tell is `Unseen`. Sources: coderd/templates.go, presets.go, aitasks.go
at v2.36.0; `docs/ai-coder/tasks-migration.md` for the parameter `AI Prompt`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bot.doctor.check import Check, Finding, Fine, Remark, Unseen, Wrong, broken, named, warning
from bot.model import BackendName
from bot.untrusted import Untrusted

PROMPT_PARAMETER: Final = "AI Prompt"
"""Exact and case-sensitive; filled by Coder up to v2.29, by nobody from v2.30."""

_PROMPT_BY_PARAMETER_UNTIL: Final = (2, 30, 0)
_DOCS: Final = "https://coder.com/docs"
_TASK_DOCS: Final = f"{_DOCS}/ai-coder/tasks"
_PARAMETER_DOCS: Final = f"{_DOCS}/admin/templates/extending-templates/parameters"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the active version. `required`: it has no default."""

    name: Untrusted
    required: bool
    default: Untrusted = Untrusted("")


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of values, parameter name → value."""

    name: Untrusted
    default: bool = False
    values: tuple[tuple[Untrusted, Untrusted], ...] = ()


@dataclass(frozen=True, slots=True)
class Provider:
    """An external-auth provider that the template asks for; `linked` by the user it runs for."""

    name: Untrusted
    optional: bool = False
    linked: bool | Unseen = False


@dataclass(frozen=True, slots=True)
class TemplateFacts:
    """One template as far as it can be seen.

    `backend`: for which API it shall be fit, None where that is not known. `preset`: the wanted
    one's name, empty for the default one. `stops_after`: seconds, 0 for never. `permission_mode`:
    what the source itself gives the agent, where the source can be read. `coder`: the server's
    version, None where there is none yet.
    """

    name: str
    backend: BackendName | None = None
    preset: str = ""
    task_capable: bool | Unseen = False
    parameters: tuple[Parameter, ...] | Unseen = ()
    presets: tuple[Preset, ...] | Unseen = ()
    providers: tuple[Provider, ...] | Unseen = ()
    stops_after: float | Unseen = 0.0
    permission_mode: Untrusted = Untrusted("")
    deprecated: Untrusted = Untrusted("")
    coder: tuple[int, int, int] | None = None

    @property
    def chosen(self) -> Preset | None:
        """The preset that a session gets: the named one, else the default one."""
        if isinstance(self.presets, Unseen):
            return None
        wanted = self.preset.strip().lower()
        fits = (p for p in self.presets if (p.name.raw.lower() == wanted if wanted else p.default))
        return next(fits, None)

    def given(self) -> dict[str, Untrusted]:
        """Parameter name → value, of those that have one: the chosen preset's goes first."""
        parameters = () if isinstance(self.parameters, Unseen) else self.parameters
        values = {p.name.raw: p.default for p in parameters if not p.required}
        return {**values, **{name.raw: value for name, value in (self.chosen or _NONE).values}}


_NONE: Final = Preset(Untrusted(""))


def fitness(facts: TemplateFacts) -> tuple[Finding, ...]:
    """Every finding that applies, fine ones too, in a fixed order. Never raises."""
    found = (check.finding(facts) for check in FITNESS)
    return tuple(finding for finding in found if finding is not None)


@broken(
    "template-task-capable",
    "The template can run tasks",
    remedy="Give it a `coder_ai_task` resource and push it, name another template in"
    " coder-template-name, or set coder-backend to chats.",
    link=_TASK_DOCS,
)
def task_capable(facts: TemplateFacts) -> Remark | None:
    """Only Tasks need it; a chat takes any template."""
    if facts.backend is BackendName.CHATS:
        return None
    if isinstance(facts.task_capable, Unseen):
        return facts.task_capable
    if facts.task_capable:
        return Fine(f"{named(facts.name)} has a `coder_ai_task`.")
    return Wrong(f"{named(facts.name)} has no `coder_ai_task`, so Coder refuses tasks with it.")


@broken(
    "template-parameters",
    "Every parameter has a value",
    remedy="Give each of them a default in the template, or a value in the preset that"
    " coder-template-preset names: the API can pass none.",
    link=_PARAMETER_DOCS,
)
def parameters_have_values(facts: TemplateFacts) -> Remark | None:
    """Neither Tasks nor Chats can pass parameters."""
    if isinstance(facts.parameters, Unseen):
        return facts.parameters
    required = [p.name for p in facts.parameters if p.required]
    prompt = PROMPT_PARAMETER if _fills_prompt_parameter(facts) else ""
    given = facts.given()
    missing = [name for name in required if name.raw not in given and name.raw != prompt]
    if not missing:
        return Fine("Each parameter has a default, or a value in the preset.")
    if isinstance(facts.presets, Unseen):
        return facts.presets
    return Wrong(f"Without a default and without a value: {named(*missing)}.")


@broken(
    "template-preset",
    "The preset exists",
    remedy="Correct coder-template-preset, or leave it empty for the default one.",
    link=_PARAMETER_DOCS,
)
def preset_exists(facts: TemplateFacts) -> Remark | None:
    """A name that nothing bears ends every run."""
    if not facts.preset.strip():
        return None
    if isinstance(facts.presets, Unseen):
        return facts.presets
    if facts.chosen is not None:
        return Fine(f"The preset is {named(facts.chosen.name)}.")
    known = [p.name for p in facts.presets]
    has = f"It has {named(*known)}." if known else "It has no presets."
    return Wrong(f"{named(facts.name)} has no preset {named(facts.preset)}. {has}")


@warning(
    "template-default-preset",
    "A preset is chosen",
    remedy="Set coder-template-preset, or mark one preset `default = true` in the template.",
    link=_PARAMETER_DOCS,
)
def preset_chosen(facts: TemplateFacts) -> Remark | None:
    """Where presets exist, somebody meant one of them to be used."""
    if facts.preset.strip() or isinstance(facts.presets, Unseen) or not facts.presets:
        return None
    if facts.chosen is not None:
        return Fine(f"The default preset is {named(facts.chosen.name)}.")
    names = [p.name for p in facts.presets]
    return Wrong(f"None of the presets is the default one: {named(*names)}. None will be used.")


@broken(
    "template-permission-mode",
    "The agent may act without being asked",
    remedy="Choose a permission mode that lets the agent edit and run commands, such as"
    " `bypassPermissions`: the workspace is its fence.",
    link=_TASK_DOCS,
)
def no_plan_mode(facts: TemplateFacts) -> Remark | None:
    """In `plan` mode an agent writes a plan, then waits for a person who is not there."""
    if facts.permission_mode.raw.strip().lower() == "plan":
        return Wrong("The template gives its agent the permission mode `plan`.")
    for name, value in facts.given().items():
        if _is_permission_mode(name) and value.raw.strip().lower() == "plan":
            return Wrong(f"The parameter {named(name)} is `plan`: the agent plans and then waits.")
    return None if isinstance(facts.parameters, Unseen) else Fine("No parameter says `plan`.")


@broken(
    "template-external-auth",
    "No sign-in is asked for",
    remedy="Mark the provider `optional = true` in the template and give the agent a token by a"
    " sensitive variable, or let the session's user link it in Coder.",
    link=f"{_DOCS}/admin/external-auth",
)
def external_auth_linked(facts: TemplateFacts) -> Remark | None:
    """From v2.35 Coder refuses to create the session; before, the agent lacks credentials."""
    if isinstance(facts.providers, Unseen):
        return facts.providers
    needed = [p for p in facts.providers if not p.optional]
    missing = [p.name for p in needed if p.linked is False]
    if missing:
        return Wrong(f"The user of the session has not linked {named(*missing)}.")
    unknown = next((p.linked for p in needed if isinstance(p.linked, Unseen)), None)
    return unknown or Fine("Every external provider that is required is linked.")


@warning(
    "template-prompt",
    "The prompt reaches the agent",
    remedy="Read the prompt from `data.coder_task.me.prompt` and remove the parameter.",
    link=f"{_DOCS}/ai-coder/tasks-migration",
)
def prompt_reaches_agent(facts: TemplateFacts) -> Remark | None:
    """Up to v2.29 Coder filled a parameter of that name; later it does not."""
    if facts.backend is BackendName.CHATS or isinstance(facts.parameters, Unseen):
        return None
    has = any(p.name.raw == PROMPT_PARAMETER for p in facts.parameters)
    if has and facts.coder is not None and not _fills_prompt_parameter(facts):
        return Wrong(
            "It has the parameter `AI Prompt`, which Coder fills up to v2.29 only: an agent that"
            " reads it is given nothing to do."
        )
    return Fine("The prompt comes in the way of this Coder.") if facts.coder else None


@warning(
    "template-stops",
    "The workspace stops by itself",
    remedy="Set a default time to live (autostop) in the template's schedule, such as 2 hours.",
    link=f"{_DOCS}/admin/templates/managing-templates/schedule",
)
def stops_by_itself(facts: TemplateFacts) -> Remark | None:
    """A run that is killed cannot pause what it started."""
    if isinstance(facts.stops_after, Unseen):
        return facts.stops_after
    if facts.stops_after > 0:
        return Fine(f"It stops after {facts.stops_after / 3600:g} h.")
    return Wrong("A workspace that a killed run leaves behind runs until somebody stops it.")


@warning(
    "template-deprecated",
    "The template is not deprecated",
    remedy="Name its successor in coder-template-name.",
    link=f"{_DOCS}/admin/templates/managing-templates",
)
def not_deprecated(facts: TemplateFacts) -> Remark | None:
    """Coder refuses new workspaces with a deprecated template to all but its administrators."""
    if not facts.deprecated:
        return None
    return Wrong(f"{named(facts.name)} is deprecated: {named(facts.deprecated)}.")


def _fills_prompt_parameter(facts: TemplateFacts) -> bool:
    return facts.coder is not None and facts.coder < _PROMPT_BY_PARAMETER_UNTIL


def _is_permission_mode(name: str) -> bool:
    return re.sub(r"[^a-z]+", "_", name.lower()).strip("_").endswith("permission_mode")


FITNESS: Final[tuple[Check[TemplateFacts], ...]] = (
    task_capable,
    parameters_have_values,
    preset_exists,
    preset_chosen,
    no_plan_mode,
    external_auth_linked,
    prompt_reaches_agent,
    stops_by_itself,
    not_deprecated,
)
"""Every question about a template, in the order in which people should read the answers."""
