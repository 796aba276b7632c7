"""Who must review is not for the fix to say."""

from collections.abc import Iterator

from bot.diff_policy.change import Change
from bot.diff_policy.finding import Hit, Rule

_PATHS = frozenset({"CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"})


def find(change: Change) -> Iterator[Hit]:
    """CODEOWNERS wherever GitHub reads it, also under its former name."""
    for file in change.files:
        if _PATHS & {file.path, file.diff.previous_path}:
            yield Hit(file, (*file.added, *file.removed, None)[0])


RULE = Rule(
    id="code-owners",
    why="CODEOWNERS says who must review, and was changed.",
    legitimate="CI checks that file, and it named an owner or a path that is gone.",
    find=find,
)
