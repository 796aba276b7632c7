"""Everything that a diagnosis knows, read before anything is judged.

A fact that could not be read is an `Unseen` in its place. Times are aware datetimes in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.doctor.check import NOT_ASKED, Unseen
from bot.doctor.template_fitness import TemplateFacts
from bot.doctor.workflow_file import Workflow
from bot.model import BackendName
from bot.untrusted import Untrusted

Version = tuple[int, int, int]


class TroubleKind(StrEnum):
    """Why a server could not be asked anything."""

    INPUT = "input"
    SILENT = "silent"
    ADDRESS = "address"
    TLS = "tls"
    PROXY = "proxy"
    TOKEN = "token"  # noqa: S105 - a word
    INACTIVE = "inactive"
    LIMIT = "limit"
    APP_ID = "app-id"
    APP_KEY = "app-key"
    APP_CLOCK = "app-clock"
    APP_INSTALLED = "app-installed"


@dataclass(frozen=True, slots=True)
class Trouble:
    """The first thing in the way; `says` is a whole sentence."""

    kind: TroubleKind
    says: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Whether a server can be asked at all. `ahead`: how far its clock is before ours."""

    address: str
    trouble: Trouble | None = None
    ahead: timedelta | Unseen = NOT_ASKED


@dataclass(frozen=True, slots=True)
class Machine:
    """Where this runs. `ca_trouble` and `proxy_trouble` are sentences, empty where all is well."""

    now: datetime
    ca_bundle: str = ""
    ca_trouble: str = ""
    proxy: str = ""
    proxy_trouble: str = ""
    input_trouble: tuple[str, ...] = ()
    known_inputs: tuple[str, ...] = ()
    branch_prefix: str = "coder-fix/"


@dataclass(frozen=True, slots=True)
class GitHubToken:
    """`kind`: `classic`, `fine-grained`, `installation` or `unknown`.

    `scopes` where GitHub tells them, as it does of a classic one. `refused`: what it may not read.
    """

    kind: str
    login: Untrusted | Unseen
    scopes: frozenset[str] | None = None
    expires: datetime | None = None
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """The repository as the token sees it; `may_push` is the role of the token's user."""

    default_branch: str
    private: bool = False
    archived: bool = False
    has_issues: bool = True
    may_push: bool | None = None


@dataclass(frozen=True, slots=True)
class ActionsSettings:
    """Settings → Actions → General. `allowed`: `all`, `local_only` or `selected`."""

    enabled: bool
    allowed: str = "all"
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class JobToken:
    """What the workflow's own token may do where a workflow does not say."""

    writes: bool
    opens_pull_requests: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule that is active for a branch; `operator` and `pattern` where it has them."""

    type: str
    operator: str = ""
    pattern: Untrusted = Untrusted("")
    negated: bool = False


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """What the policy files say. `files` are those there are; `trouble` is a whole sentence."""

    files: tuple[str, ...] = ()
    disabled_by: str = ""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Lack:
    """A permission that an App was not granted, as `issues: write`, and the doors that ask for it.

    Without a `vital` one they do not open.
    """

    permission: str
    doors: tuple[str, ...]
    vital: bool


@dataclass(frozen=True, slots=True)
class AppFacts:
    """The GitHub App that acts here. `granted`: its permissions as GitHub names them.

    `clock_refused`: GitHub refused its web token by this machine's clock, and took it by its own.
    """

    slug: Untrusted
    granted: Mapping[str, str]
    clock_refused: bool = False
    lacks: tuple[Lack, ...] = ()


@dataclass(frozen=True, slots=True)
class GitHubFacts:
    """One repository. `enterprise`: its server's version, None on github.com.

    `app` is None where no GitHub App acts.
    """

    contact: Contact
    name: str = ""
    is_enterprise: bool = False
    enterprise: Version | None = None
    token: GitHubToken | Unseen = NOT_ASKED
    repository: RepositoryFacts | Unseen = NOT_ASKED
    actions: ActionsSettings | Unseen = NOT_ASKED
    job_token: JobToken | Unseen = NOT_ASKED
    secrets: frozenset[str] | Unseen = NOT_ASKED
    dependabot_secrets: frozenset[str] | Unseen = NOT_ASKED
    dependabot: bool | Unseen = NOT_ASKED
    workflows: tuple[Workflow, ...] | Unseen = NOT_ASKED
    local: tuple[str, ...] = ()
    states: Mapping[str, str] | Unseen = NOT_ASKED
    our_rules: tuple[Rule, ...] | Unseen = NOT_ASKED
    codeowners_errors: int | Unseen = NOT_ASKED
    left: tuple[int, int] | None = None
    policy: PolicyFacts | Unseen = PolicyFacts()
    app: AppFacts | None = None

    @property
    def repairing(self) -> tuple[Workflow, ...]:
        """The workflows that use coder-fix."""
        return (
            () if isinstance(self.workflows, Unseen) else tuple(w for w in self.workflows if w.ours)
        )


@dataclass(frozen=True, slots=True)
class CoderToken:
    """The API key. `found` is false for one that is not among its user's tokens."""

    found: bool
    expires: datetime | None = None
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CoderFacts:
    """One deployment. `backend` is the one that a run would use, None where neither is served.

    `quota`: credits consumed and budget, None where there is none. `models`: how many can be used.
    """

    contact: Contact
    wanted: BackendName | None = None
    version: Version | None = None
    serves: frozenset[BackendName] | Unseen = frozenset()
    backend: BackendName | None = None
    token: CoderToken | Unseen = NOT_ASKED
    username: Untrusted | Unseen = NOT_ASKED
    site_roles: frozenset[str] | Unseen = frozenset()
    organization_roles: frozenset[str] | Unseen = frozenset()
    runs_for: str = ""
    runs_for_exists: bool | Unseen = True
    organization: str = ""
    organization_exists: bool | Unseen = NOT_ASKED
    template_name: str = ""
    template: TemplateFacts | Unseen | None = None
    quota: tuple[int, int] | Unseen | None = None
    models: int | Unseen = NOT_ASKED


@dataclass(frozen=True, slots=True)
class Facts:
    """All of it; a side that is not asked for is None."""

    machine: Machine
    github: GitHubFacts | None = None
    coder: CoderFacts | None = None
