"""What CI does is not for the fix to say."""

from collections.abc import Iterator

from bot.diff_policy.change import Change, ChangedFile
from bot.diff_policy.finding import Hit, Rule, Severity
from bot.diff_policy.pipelines import does_less, is_neutral
from bot.diff_policy.places import Place


def find(change: Change) -> Iterator[Hit]:
    """Every file of CI. A note only, where the failure itself was seen in it, or what it runs stayed."""
    for file in change.files:
        former = file.diff.previous_path.startswith(".github/workflows/")
        if file.place is not Place.CI and not former:
            continue
        first = (*file.added, *file.removed, None)[0]
        less = list(does_less(file, change)) if file.diff.status != "added" else []
        yield from less
        why = "" if less else _why(file, change)
        yield Hit(file, first, why, Severity.NOTICE if why else Severity.BLOCK)


def _why(file: ChangedFile, change: Change) -> str:
    """Why a note is enough; empty where it is not."""
    if file.diff.status != "modified":
        return ""
    if file.path in change.context.failing_paths:
        return "The workflow in which the failure was seen was changed."
    return "The workflow was changed, and runs what it had run." if is_neutral(file) else ""


RULE = Rule(
    id="workflow-files",
    why="A file that says what CI runs was changed.",
    legitimate="The workflow itself was broken, as by an action that is gone.",
    find=find,
)
