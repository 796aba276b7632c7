"""What CI does is not for the fix to say."""

from collections.abc import Iterator

from bot.diff_policy.change import Change
from bot.diff_policy.finding import Hit, Rule, Severity
from bot.diff_policy.places import Place


def find(change: Change) -> Iterator[Hit]:
    """Every file of CI; a note only, where the failure itself was seen in that file."""
    for file in change.files:
        former = file.diff.previous_path.startswith(".github/workflows/")
        if file.place is not Place.CI and not former:
            continue
        first = (*file.added, *file.removed, None)[0]
        if file.path in change.context.failing_paths and file.diff.status == "modified":
            yield Hit(
                file,
                first,
                "The workflow in which the failure was seen was changed.",
                Severity.NOTICE,
            )
        else:
            yield Hit(file, first)


RULE = Rule(
    id="workflow-files",
    why="A file that says what CI runs was changed.",
    legitimate="The workflow itself was broken, as by an action that is gone.",
    find=find,
)
