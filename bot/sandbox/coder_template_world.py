"""What the sandbox Coder knows of templates, and the organization they belong to: plain records."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(slots=True)
class Organization:
    """One organization; the first is the default one."""

    id: str
    name: str
    display_name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Preset:
    """A named set of parameter values."""

    id: str
    name: str
    parameters: dict[str, str]
    default: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a template; `default` None where it has none."""

    name: str
    kind: str = "string"
    default: str | None = None
    sensitive: bool = False
    description: str = ""


@dataclass(slots=True)
class TemplateVersion:
    """One version. `job` is the import: pending, running, succeeded or failed.

    `trouble`, or a preset's parameter of that name, makes each start build go wrong: `build`,
    `quota`, `script` (startup script fails), `noagent` (the agent never connects).
    """

    id: str
    name: str
    ai_task: bool = True
    job: str = "succeeded"
    archived: bool = False
    presets: list[Preset] = field(default_factory=list)
    required_parameters: tuple[str, ...] = ()
    external_auth: tuple[str, ...] = ()
    optional_auth: tuple[str, ...] = ()
    trouble: str = ""
    parameters: dict[str, str | None] = field(default_factory=dict)
    variables: tuple[Variable, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    file_id: str = ""
    created_by: str = ""
    error: str = ""
    error_code: str = ""


@dataclass(slots=True)
class Template:
    """One template. `prompt_ceiling` is the size in bytes above which its build fails."""

    id: str
    name: str
    organization: Organization
    versions: list[TemplateVersion]
    created_at: datetime
    display_name: str = ""
    description: str = ""
    icon: str = ""
    deprecation: str = ""
    default_ttl: timedelta = timedelta(hours=2)
    prompt_ceiling: int = 131_053

    @property
    def active(self) -> TemplateVersion:
        """The active version."""
        return self.versions[0]
