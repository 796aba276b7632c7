"""What each word of the closed lists means to a person, and what that person can do."""

from __future__ import annotations

from typing import NamedTuple

from bot.outcomes import ErrorKind, FailureClass, OutcomeKind, SkipReason, UnverifiedCause


class Words(NamedTuple):
    """A glyph, a headline, and what a reader can do next: trusted Markdown.

    `{repair}` stands for our pull request or branch, `{session}` for a link to the session.
    """

    glyph: str
    headline: str
    next_step: str


OUTCOMES: dict[OutcomeKind, Words] = {
    OutcomeKind.FIXED: Words("✅", "Fixed", "Review {repair} and merge it."),
    OutcomeKind.UNVERIFIED: Words(
        "🟡", "Repair pushed, not verified", "Check {repair} yourself before you merge it."
    ),
    OutcomeKind.FLAGGED: Words(
        "🚩",
        "Look before you merge: the change may hide the failure",
        "Read these lines in {repair}; merge only what you would accept from a colleague.",
    ),
    OutcomeKind.NOT_FIXED: Words(
        "❌",
        "Not fixed: still red",
        "Take over from {repair}, or continue in {session}.",
    ),
    OutcomeKind.NO_CHANGE: Words(
        "➖",
        "No change: the agent ended without a repair",
        "Read what it said; then repair it yourself, or talk to it in {session}.",
    ),
    OutcomeKind.NEEDS_HUMAN: Words(
        "🙋", "The agent needs an answer", "Answer it in {session}; then it goes on."
    ),
    OutcomeKind.TIMED_OUT: Words("⌛", "No result in time", "See in {session} how far it came."),
    OutcomeKind.PENDING: Words(
        "⏳", "Repairing", "Nothing to do: this comment changes when there is a result."
    ),
    OutcomeKind.REPORTED: Words(
        "🔎", "Diagnosis", "Repair it by hand; with `mode: propose` an agent does it."
    ),
    OutcomeKind.ANSWERED: Words("💬", "Answered", "Nothing to do."),
    OutcomeKind.SWEPT: Words("🧹", "Looked at every open item", "Nothing to do."),
    OutcomeKind.STOPPED: Words("🛑", "Stopped", "Nothing more happens here by itself."),
    OutcomeKind.SKIPPED: Words("⏩", "Nothing was started", "Nothing to do."),
    OutcomeKind.ERROR: Words("⛔", "coder-fix could not do its job", "Look at the job's log."),
}

ASSIGNED: dict[OutcomeKind, tuple[str, str]] = {
    OutcomeKind.FIXED: ("Done", "Upgraded"),
    OutcomeKind.UNVERIFIED: ("Change pushed, not verified", "Upgrade pushed, not verified"),
    OutcomeKind.FLAGGED: ("Look before you merge", "Look before you merge"),
    OutcomeKind.NOT_FIXED: ("Not done: red", "Not upgraded: red"),
    OutcomeKind.NO_CHANGE: ("No change: the agent changed nothing", "Nothing was upgraded"),
    OutcomeKind.PENDING: ("Working on it", "Upgrading"),
    OutcomeKind.REPORTED: ("Not started", "Not started"),
}
"""Other headlines, where an issue or an upgrade was assigned."""

ASSIGNED_STEPS: dict[OutcomeKind | SkipReason, str] = {
    OutcomeKind.NO_CHANGE: "Read what it said; then do it yourself, or talk to it in {session}.",
    OutcomeKind.REPORTED: "Do it by hand; with `mode: propose` an agent does it.",
    SkipReason.SUPERSEDED: "Nothing to do.",
    SkipReason.ALREADY_HANDLED: "Nothing to do.",
}
"""Other next steps there: no branch is red, and none waits for a repair."""

SKIPPED: dict[SkipReason, tuple[str, str]] = {
    SkipReason.NOT_FAILED: ("The run did not fail.", "Nothing to do."),
    SkipReason.NOTHING_TO_DO: ("No open item needs a step.", "Nothing to do."),
    SkipReason.NOT_ALLOWED: (
        "The person behind this event may not start a repair here.",
        "Ask somebody with write permission.",
    ),
    SkipReason.OPTED_OUT: (
        "A label, a commit message or the repository's policy opts out.",
        "Remove the label or the words `[skip coder-fix]` to opt in.",
    ),
    SkipReason.OWN_RUN: (
        "The failed run is the workflow in which coder-fix runs.",
        "Repair that workflow by hand.",
    ),
    SkipReason.SUPERSEDED: (
        "The branch has moved on since this run, or is gone.",
        "Nothing to do: the newer commit has its own run.",
    ),
    SkipReason.BASE_RED: (
        "The base branch is red with the same failure.",
        "Repair the base branch first; then update this branch.",
    ),
    SkipReason.OUTAGE: (
        "Many branches turned red at once: this looks like an outage, not like a change.",
        "Wait for the outage to end, then run the failed jobs again.",
    ),
    SkipReason.FORK: (
        "The pull request comes from a fork, for which no agent starts by itself.",
        "The evidence below is for its author.",
    ),
    SkipReason.NO_SECRETS: (
        "This event carries no secrets (a fork or Dependabot), so Coder cannot be reached.",
        "Run coder-fix on `workflow_run`, which has the repository's secrets.",
    ),
    SkipReason.HUMAN_AT_WORK: (
        "Somebody has pushed to the branch since the failure.",
        "Nothing to do: the newer commit has its own run.",
    ),
    SkipReason.INFRASTRUCTURE: (
        "The cause lies outside the code: a runner, a network or a service.",
        "Run the failed jobs again.",
    ),
    SkipReason.FLAKY: (
        "The same commit has passed: the failure comes and goes.",
        "Merge if you like; the test deserves a look.",
    ),
    SkipReason.RERUNNING: (
        "The failed jobs run once more, since the failure may be transient.",
        "Nothing to do: the new result decides.",
    ),
    SkipReason.ALREADY_HANDLED: (
        "The same failure is being repaired elsewhere.",
        "Wait for that repair, then update this branch.",
    ),
    SkipReason.CLOSED_BY_HUMAN: (
        "Somebody closed our earlier repair of this failure without merging it.",
        "Nothing to do: we do not insist.",
    ),
    SkipReason.LIMIT: (
        "A limit is reached.",
        "Wait, or raise the limit in the workflow's inputs.",
    ),
    SkipReason.STOPPED: (
        "Repairs were stopped for this item.",
        "Nothing to do.",
    ),
    SkipReason.UNKNOWN_COMMAND: ("That command is not known.", "Write `/coder help` for a list."),
    SkipReason.NO_EVIDENCE: (
        "There is neither a log nor an annotation to learn from.",
        "Open the run; its logs may have expired or been deleted.",
    ),
}

_ALLOW_PULL_REQUESTS = (
    "Open the pull request from {repair}. To have it opened for you, allow GitHub Actions to "
    "create pull requests (Settings → Actions → General → Workflow permissions)."
)

UNVERIFIED: dict[UnverifiedCause, tuple[str, str]] = {
    UnverifiedCause.VERIFY_OFF: (
        "Verification is switched off (`verify: none`).",
        "Wait for the checks of the pull request before you merge.",
    ),
    UnverifiedCause.APPROVAL_NEEDED: (
        "Its workflows wait for an approval.",
        "Press *Approve and run* on the pull request; its checks then decide.",
    ),
    UnverifiedCause.DEFAULT_TOKEN: (
        "It was pushed with the workflow's own token, for which GitHub starts no workflows.",
        "Give the workspace another identity (a GitHub App, a token); or close and reopen it.",
    ),
    UnverifiedCause.PATH_FILTER: (
        "No workflow runs for the paths that it changes.",
        "Run the failed workflow by hand on the branch.",
    ),
    UnverifiedCause.DRAFT_EXCLUDED: (
        "The workflow does not run for drafts.",
        "Mark the pull request as ready; its checks then decide.",
    ),
    UnverifiedCause.WORKFLOW_DISABLED: (
        "The failed workflow is disabled.",
        "Enable it and run it on the branch.",
    ),
    UnverifiedCause.CONFLICT: (
        "It conflicts with its base, and GitHub runs no checks on conflicts.",
        "Resolve the conflict; its checks then decide.",
    ),
    UnverifiedCause.NO_CI_ON_BRANCH: (
        "No workflow runs for pull requests onto this base.",
        "Add the base to the workflow's `branches`, or add `workflow_dispatch` to start it.",
    ),
    UnverifiedCause.CI_SLOW: (
        "No check had appeared when the time was up.",
        "Wait for the checks of the pull request before you merge.",
    ),
    UnverifiedCause.ONLY_SKIPPED: (
        "All of its checks were skipped, which proves nothing.",
        "Run the failed workflow by hand on the branch.",
    ),
    UnverifiedCause.JOB_MISSING: (
        "Its checks are green, but the job that failed is not among them.",
        "Run the failed workflow by hand on the branch.",
    ),
    UnverifiedCause.PULL_REQUEST_FORBIDDEN: (
        "The token may not open pull requests here, so no checks of one exist.",
        _ALLOW_PULL_REQUESTS,
    ),
}

ERRORS: dict[ErrorKind, tuple[str, str]] = {
    ErrorKind.CONFIGURATION: (
        "the configuration is wrong",
        "Correct the input that the message names.",
    ),
    ErrorKind.GITHUB_AUTH: (
        "GitHub refuses the token",
        "Check that the input `github-token` is valid and has not expired.",
    ),
    ErrorKind.GITHUB_PERMISSION: (
        "the GitHub token lacks a permission",
        "Grant the token the permission that the message names.",
    ),
    ErrorKind.GITHUB: (
        "GitHub does not answer",
        "Run the job again when GitHub answers; nothing is started twice.",
    ),
    ErrorKind.CODER_AUTH: (
        "Coder refuses the token",
        "Create a new Coder token and store it where `coder-token` comes from.",
    ),
    ErrorKind.CODER_PERMISSION: (
        "the Coder user lacks a role",
        "Give the Coder user the role that the message names.",
    ),
    ErrorKind.CODER_UNSUPPORTED: (
        "this Coder server has no agents",
        "Use a Coder server that serves Tasks or Chats.",
    ),
    ErrorKind.CODER_QUOTA: (
        "a Coder quota is used up",
        "Free some of the quota, or ask Coder's administrator for more.",
    ),
    ErrorKind.CODER: (
        "Coder does not answer",
        "Run the job again when Coder answers; nothing is started twice.",
    ),
    ErrorKind.TEMPLATE: (
        "the template cannot be used",
        "Name a template that can run tasks in `coder-template-name`.",
    ),
    ErrorKind.WORKSPACE: (
        "the workspace could not be built",
        "Repair the template; its build log is in {session}.",
    ),
    ErrorKind.AGENT: (
        "the agent broke off",
        "See in {session} what stopped it, then run the job again.",
    ),
    ErrorKind.CANCELLED: (
        "the job was cancelled",
        "Nothing is lost: the next run carries on from here.",
    ),
    ErrorKind.INTERNAL: (
        "a bug of coder-fix",
        "Please report it, with the job's log.",
    ),
}
"""What went wrong, as the end of a headline, and the usual remedy."""

FAILURES: dict[FailureClass, str] = {
    FailureClass.TEST: "A test failed",
    FailureClass.COMPILE: "It did not compile",
    FailureClass.LINT: "A linter objected",
    FailureClass.TYPE: "A type check failed",
    FailureClass.DEPENDENCY: "A dependency could not be resolved",
    FailureClass.CONFIG: "The configuration was wrong",
    FailureClass.INFRASTRUCTURE: "The runner or a service failed",
    FailureClass.TIMEOUT: "It ran out of time",
    FailureClass.FLAKY: "It fails now and then",
    FailureClass.UNKNOWN: "The run failed",
}
