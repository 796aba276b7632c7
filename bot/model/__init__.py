"""The nouns, in the order in which they arise, and nothing else.

`Event → Request → Evidence → Prompt → Session → Verdict → Outcome`. Frozen, standard library only;
every text that came from outside is `Untrusted`. Times are aware datetimes in UTC, durations are
seconds, sizes are what the name says.
"""

from bot.model.assignment import Assignment
from bot.model.bearer import Bearer, BearerKind
from bot.model.command import (
    Command,
    CommentCommands,
    Misread,
    Package,
    Trouble,
    Verb,
)
from bot.model.evidence import (
    Diagnostic,
    Evidence,
    Excerpt,
    ExcerptLine,
    GreenRun,
    JobLog,
    LineSpan,
    MissingLog,
)
from bot.model.github import (
    RED_CONCLUSIONS,
    Alert,
    Annotation,
    Check,
    Event,
    Job,
    JobStep,
    PullRequest,
    Repository,
    Severity,
    Thread,
    WorkflowRun,
)
from bot.model.outcome import (
    Outcome,
    TimelineEntry,
    Verdict,
    VerdictKind,
)
from bot.model.request import (
    OUTSIDE,
    CommentRef,
    Hint,
    Ignored,
    Item,
    Reaction,
    Request,
    RunRef,
    TargetKind,
    TriggerName,
    Vantage,
)
from bot.model.session import (
    BackendName,
    Cleanup,
    Report,
    Session,
    SessionKey,
    SessionState,
)
from bot.model.upgrade import Group

__all__ = [
    "OUTSIDE",
    "RED_CONCLUSIONS",
    "Alert",
    "Annotation",
    "Assignment",
    "BackendName",
    "Bearer",
    "BearerKind",
    "Check",
    "Cleanup",
    "Command",
    "CommentCommands",
    "CommentRef",
    "Diagnostic",
    "Event",
    "Evidence",
    "Excerpt",
    "ExcerptLine",
    "GreenRun",
    "Group",
    "Hint",
    "Ignored",
    "Item",
    "Job",
    "JobLog",
    "JobStep",
    "LineSpan",
    "Misread",
    "MissingLog",
    "Outcome",
    "Package",
    "PullRequest",
    "Reaction",
    "Report",
    "Repository",
    "Request",
    "RunRef",
    "Session",
    "SessionKey",
    "SessionState",
    "Severity",
    "TargetKind",
    "Thread",
    "TimelineEntry",
    "TriggerName",
    "Trouble",
    "Vantage",
    "Verb",
    "Verdict",
    "VerdictKind",
    "WorkflowRun",
]
