"""What each output and each outcome means, in one sentence: for action.yml and README."""

from __future__ import annotations

from bot.outcomes import OutcomeKind

MEANINGS: dict[OutcomeKind, str] = {
    OutcomeKind.FIXED: "the checks of `verified-sha` are green",
    OutcomeKind.UNVERIFIED: "there is a change, but nothing can vouch for it; the cause is named",
    OutcomeKind.FLAGGED: "nothing is red, but the change may hide the failure; the lines are shown",
    OutcomeKind.NOT_FIXED: "the attempts are used up and it is still red",
    OutcomeKind.NO_CHANGE: "the agent ended without a change",
    OutcomeKind.NEEDS_HUMAN: "the agent asks, is blocked, or was interrupted",
    OutcomeKind.TIMED_OUT: "a deadline passed; the session and what it pushed are named",
    OutcomeKind.PENDING: "started or still under way; a later run carries on",
    OutcomeKind.REPORTED: "diagnosis only",
    OutcomeKind.ANSWERED: "a command that starts nothing was answered",
    OutcomeKind.SWEPT: "several items were looked at, each with its own outcome in `items`",
    OutcomeKind.STOPPED: "stopped by a person",
    OutcomeKind.SKIPPED: "nothing was started; `skip-reason` says why",
    OutcomeKind.ERROR: "`error-kind` and `error-message` say why",
}

OUTPUTS: dict[str, str] = {
    "outcome": "How it ended, one word of a closed list.",
    "skip-reason": "Why nothing was started, one word of a closed list.",
    "items": "JSON list of the items of a sweep with their outcomes.",
    "failure-class": "What kind of failure the logs show, such as test, compile or infrastructure.",
    "failure-fingerprint": "Hash of the first failure; the same cause gives the same hash.",
    "attempt": "Number of the agent's present turn.",
    "backend": "The agent API in use, tasks or chats.",
    "session-id": "Id of the task or chat.",
    "session-url": "Address of the session for people.",
    "session-created": "true when this run started the session, false when it was adopted.",
    "coder-username": "Coder user for whom the session runs.",
    "workspace-id": "Id of the session's workspace.",
    "pull-request-number": "Number of the pull request with the repair.",
    "pull-request-url": "Address of that pull request.",
    "pull-request-operation": "created, adopted (the agent's own), updated or none.",
    "pull-request-head-sha": "Head commit of that pull request.",
    "pull-request-branch": "Branch that holds the repair.",
    "verified": "What the checks say, green, red, pending or unverified.",
    "verified-sha": "The commit of which they say it.",
    "log-chars-in": "Characters of log that were read.",
    "log-chars-out": "Characters of evidence that were kept.",
    "duration-seconds": "How long the run took.",
    "error-kind": "Who can act on an error, one word of a closed list.",
    "error-message": "The error and its remedy in one line.",
    "bundle": "Path of the replay bundle in the workspace; empty where none could be written.",
    "task-name": "Name of the task, as in coder/create-task-action.",
    "task-url": "Address of the task, as in coder/create-task-action.",
    "task-created": "Whether the task was created, as in coder/create-task-action.",
    "chat-id": "Id of the chat, as in coder/agents-chat-action.",
    "chat-url": "Address of the chat, as in coder/agents-chat-action.",
    "chat-created": "Whether the chat was created, as in coder/agents-chat-action.",
}
