"""What the other rules could not read."""

from collections.abc import Iterator

from bot.diff_policy.change import Change, ChangedFile
from bot.diff_policy.code import MAX_TEXT
from bot.diff_policy.finding import Hit, Rule, Severity
from bot.diff_policy.places import Place, language_of

LARGE_ANSWER = 10_000
"""Lines in one diff from which on GitHub may leave out the rest without a word: half its limit."""
FILES_LIMIT = 300
"""Files that GitHub's comparison tells at most."""

_GENERATED = ("gen/", "generated/", "dist/", "build/", "__generated__/")
_SILENT = frozenset({"removed", "unchanged"})


def find(change: Change) -> Iterator[Hit]:
    """Files without their text, files that were cut, and lines that were."""
    lines = sum(len(hunk) for file in change.files for hunk in file.hunks)
    large = lines >= LARGE_ANSWER or len(change.files) >= FILES_LIMIT
    for file in change.files:
        if not file.diff.complete:
            yield Hit(file, why="The diff is too long: this file and all after it were not read.")
        elif file.diff.hunks is None:
            yield from _without_text(file, large=large)
        elif file.place not in {Place.LOCK, Place.SNAPSHOT, Place.DOCS, Place.SUPPORT, Place.OTHER}:
            for line in file.added:
                if len(line.text) >= MAX_TEXT:
                    yield Hit(
                        file, line, f"Only the first {MAX_TEXT} characters of this line were read."
                    )
    if large and len(change.files) >= FILES_LIMIT:
        yield Hit(change.files[-1], why="GitHub tells no more than 300 files: there may be others.")


def _without_text(file: ChangedFile, *, large: bool) -> Iterator[Hit]:
    diff = file.diff
    counted = diff.additions + diff.deletions > 0
    if diff.status in _SILENT or file.place in {Place.LOCK, Place.SNAPSHOT, Place.VENDORED}:
        return
    readable = language_of(file.path) not in {"", "docs"}
    generated = any(part in f"/{file.path}" for part in map("/".__add__, _GENERATED))
    if readable and (large or (counted and not generated)):
        yield Hit(file)
    elif counted or (readable and diff.status == "added" and diff.additions == 0 and file.is_test):
        yield Hit(file, severity=Severity.NOTICE)
    elif readable and diff.status == "modified":
        yield Hit(
            file,
            why="The file changed without a line: its mode, most likely.",
            severity=Severity.NOTICE,
        )


RULE = Rule(
    id="not-inspected",
    why="GitHub gave no text for this file, so it was judged by its name alone.",
    legitimate="It is generated or too large to be shown, and somebody looked at it.",
    find=find,
)
