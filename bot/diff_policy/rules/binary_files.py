"""Files that nobody can read in a review."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from bot.diff_policy.change import Change, ChangedFile
from bot.diff_policy.finding import Hit, Rule, Severity
from bot.diff_policy.places import Place, is_test_path, language_of

_HARMLESS = frozenset(
    [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "webp",
        "avif",
        "ico",
        "bmp",
        "tiff",
        "pdf",
        "woff",
        "woff2",
        "ttf",
        "otf",
        "eot",
        "mp3",
        "mp4",
        "webm",
        "wav",
        "ogg",
        "mov",
        "psd",
        "ai",
        "sketch",
        "icns",
        "svg",
        "heic",
    ]
)
_WRAPPERS = {
    "gradle-wrapper.jar": "gradle-wrapper.properties",
    "maven-wrapper.jar": "maven-wrapper.properties",
}


def is_binary(file: ChangedFile) -> bool:
    """No patch and no counts, and not a kind of file that is text: GitHub could not show it."""
    diff = file.diff
    return (
        diff.hunks is None
        and diff.additions == diff.deletions == 0
        and diff.status not in {"removed", "renamed", "unchanged"}
        and (language_of(file.path) == "" or "." not in PurePosixPath(file.path).name)
    )


def find(change: Change) -> Iterator[Hit]:
    """Pictures, fonts and a wrapper that came with its settings are notes."""
    names = {PurePosixPath(path).name for path in change.paths}
    for file in change.files:
        if not is_binary(file) or file.place in {Place.LOCK, Place.SNAPSHOT, Place.VENDORED}:
            continue
        name = PurePosixPath(file.path).name
        known = name.rpartition(".")[2].lower() in _HARMLESS and "." in name
        if known or (_WRAPPERS.get(name, "/") in names):
            yield Hit(file, why="A binary file came or changed.", severity=Severity.NOTICE)
        elif file.diff.status == "added" and _is_input(file, change):
            yield Hit(file, why="A binary input came with its test.", severity=Severity.NOTICE)
        elif file.diff.status == "modified" and "." not in name:
            yield Hit(
                file,
                why="A file without a suffix changed its mode or its bytes.",
                severity=Severity.NOTICE,
            )
        else:
            yield Hit(file)


_INPUTS = re.compile(
    r"(?:^|/)(?:corpus|corpora|seeds?|fixtures?|test[-_]?data|samples?|crashes|fuzz\w*)/",
    re.IGNORECASE,
)
_RUNS = {"", "exe", "dll", "so", "dylib", "jar", "class", "wasm", "pyc", "node", "a", "o", "bin"}


def _is_input(file: ChangedFile, change: Change) -> bool:
    """New test data that no loader runs, in a diff that has the test and the repair as well."""
    if not (_INPUTS.search(file.path) and (is_test_path(file.path) or "test" in file.path.lower())):
        return False
    suffix = PurePosixPath(file.path).suffix.lstrip(".").lower()
    if suffix in _RUNS - {""}:
        return False
    tests = any(x.in_test for f in change.code() for x in f.added)
    return tests and any(x.code for f in change.at(Place.PRODUCT) for x in f.added if not x.in_test)


RULE = Rule(
    id="binary-files",
    why="A binary file came or changed, and nobody can review it.",
    legitimate="It is test data, and its origin is told.",
    find=find,
)
