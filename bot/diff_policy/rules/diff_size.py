"""More than a person reviews."""

from collections.abc import Iterator

from bot.diff_policy.change import Change, ChangedFile
from bot.diff_policy.finding import Hit, Rule
from bot.diff_policy.places import Place
from bot.diff_policy.rules.lock_files import has_manifest


def find(change: Change) -> Iterator[Hit]:
    """Counts additions and deletions, without lock files that came with their manifest."""
    limit = change.context.max_diff_lines
    counted = [f for f in change.files if not (f.place is Place.LOCK and has_manifest(f, change))]
    total = sum(map(_size, counted))
    if limit and total > limit:
        largest = max(counted, key=_size)
        yield Hit(largest, why=f"{total} lines changed, and `max-diff-lines` is {limit}.")


def _size(file: ChangedFile) -> int:
    return max(file.diff.additions + file.diff.deletions, len(file.added) + len(file.removed))


RULE = Rule(
    id="diff-size",
    why="More lines changed than `max-diff-lines` allows.",
    legitimate="The repair is mechanical, such as a rename or a formatter's run.",
    find=find,
)
