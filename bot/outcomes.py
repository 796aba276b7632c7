"""The closed lists of words that workflows branch on, and the exit codes they mean.

More words may join with a release; none is ever renamed or removed without a major version.
"""

from enum import IntEnum, StrEnum


class OutcomeKind(StrEnum):
    """The output `outcome`: how the run ended."""

    FIXED = "fixed"
    UNVERIFIED = "unverified"
    FLAGGED = "flagged"
    NOT_FIXED = "not-fixed"
    NO_CHANGE = "no-change"
    NEEDS_HUMAN = "needs-human"
    TIMED_OUT = "timed-out"
    PENDING = "pending"
    REPORTED = "reported"
    ANSWERED = "answered"
    SWEPT = "swept"
    STOPPED = "stopped"
    SKIPPED = "skipped"
    ERROR = "error"


class SkipReason(StrEnum):
    """The output `skip-reason`: why nothing was started."""

    NOT_FAILED = "not-failed"
    NOTHING_TO_DO = "nothing-to-do"
    NOT_ALLOWED = "not-allowed"
    OPTED_OUT = "opted-out"
    OWN_RUN = "own-run"
    SUPERSEDED = "superseded"
    BASE_RED = "base-red"
    OUTAGE = "outage"
    FORK = "fork"
    NO_SECRETS = "no-secrets"
    HUMAN_AT_WORK = "human-at-work"
    INFRASTRUCTURE = "infrastructure"
    FLAKY = "flaky"
    RERUNNING = "rerunning"
    ALREADY_HANDLED = "already-handled"
    CLOSED_BY_HUMAN = "closed-by-human"
    LIMIT = "limit"
    STOPPED = "stopped"
    UNKNOWN_COMMAND = "unknown-command"
    NO_EVIDENCE = "no-evidence"


class ErrorKind(StrEnum):
    """The output `error-kind`: who can act on an `error`."""

    CONFIGURATION = "configuration"
    GITHUB_AUTH = "github-auth"
    GITHUB_PERMISSION = "github-permission"
    GITHUB = "github"
    CODER_AUTH = "coder-auth"
    CODER_PERMISSION = "coder-permission"
    CODER_UNSUPPORTED = "coder-unsupported"
    CODER_QUOTA = "coder-quota"
    CODER = "coder"
    TEMPLATE = "template"
    WORKSPACE = "workspace"
    AGENT = "agent"
    CANCELLED = "cancelled"
    INTERNAL = "internal"


class UnverifiedCause(StrEnum):
    """Why nothing can vouch for a change; named in the comment of an `unverified` outcome."""

    VERIFY_OFF = "verify-off"
    APPROVAL_NEEDED = "approval-needed"
    DEFAULT_TOKEN = "default-token"  # noqa: S105 - a word, not a token
    PATH_FILTER = "path-filter"
    DRAFT_EXCLUDED = "draft-excluded"
    WORKFLOW_DISABLED = "workflow-disabled"
    CONFLICT = "conflict"
    NO_CI_ON_BRANCH = "no-ci-on-branch"
    CI_SLOW = "ci-slow"
    ONLY_SKIPPED = "only-skipped"
    JOB_MISSING = "job-missing"
    PULL_REQUEST_FORBIDDEN = "pull-request-forbidden"


class FailureClass(StrEnum):
    """The output `failure-class`: what kind of failure the evidence shows."""

    TEST = "test"
    COMPILE = "compile"
    LINT = "lint"
    TYPE = "type"
    DEPENDENCY = "dependency"
    CONFIG = "config"
    INFRASTRUCTURE = "infrastructure"
    TIMEOUT = "timeout"
    FLAKY = "flaky"
    UNKNOWN = "unknown"


class ExitCode(IntEnum):
    """What the process says to the runner."""

    DONE = 0
    BUG = 1
    CONFIGURATION = 2
    UPSTREAM = 3
    FAIL_ON = 4
    INTERRUPTED = 130
    TERMINATED = 143


def exit_code(kind: ErrorKind) -> ExitCode:
    """2 only for configuration, 1 only for our own bugs, 3 for every other error."""
    known = {
        ErrorKind.CONFIGURATION: ExitCode.CONFIGURATION,
        ErrorKind.INTERNAL: ExitCode.BUG,
        ErrorKind.CANCELLED: ExitCode.INTERRUPTED,
    }
    return known.get(kind, ExitCode.UPSTREAM)
