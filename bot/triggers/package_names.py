"""Names and versions of packages, as people write them in comments and inputs. Pure.

One grammar for all ecosystems: `httpx`, `@types/node@20`, `org.slf4j:slf4j-api@2.0.17`,
`github.com/go-chi/chi/v5@v5.2.3`, `actions/checkout@v4`, `pydantic@>=2`. Names go into prompts and
into commands that an agent may type, so whatever a shell, a path or a package manager's command
line could take for something else is refused: an option, a path, an address.
"""

from __future__ import annotations

import re
from typing import Final

from bot.errors import ConfigurationError
from bot.model import Group, Package

NAME_LIMIT: Final = 214
"""Characters of a name: npm's limit, the longest of those that are written down."""

VERSION_LIMIT: Final = 100
MAX_PACKAGES: Final = 100
MAX_GROUPS: Final = 50
_INPUT_LIMIT: Final = 20_000

_CHARACTERS: Final = re.compile(r"[A-Za-z0-9@._~+/:\[\]-]*")
# The parts between `/` and `:`; a scope is npm's, an extra is Python's.
_PART: Final = r"[A-Za-z0-9_][A-Za-z0-9._~+-]*+"
_NAME: Final = re.compile(rf"@?{_PART}(?:[/:]{_PART})*+(?:\[[A-Za-z0-9._-]++\])?+")
_VERSION: Final = re.compile(
    r"(?:[<>=~^!]{1,3})?[A-Za-z0-9*][A-Za-z0-9.*+_:/-]*+"
    r"(?:,[<>=~^!]{1,3}[A-Za-z0-9*][A-Za-z0-9.*+_-]*+)*+"
)
_SCHEMES: Final = frozenset(
    {"data", "exec", "file", "git", "http", "https", "jsr", "link", "npm", "patch", "portal", "ssh"}
    | {"workspace"}
)
_GROUP: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,48}[A-Za-z0-9])?")
_PATTERN: Final = re.compile(r"[A-Za-z0-9@._~+/:*-]{1,214}")
_MAX_STARS: Final = 4


class PackageNameError(ValueError):
    """The text is no package name; the message is a clause that says why, without quoting it."""


def read_package(text: str) -> Package:
    """`name[@version]`; the version is what follows the last `@` that does not begin a scope.

    Raises `PackageNameError`.
    """
    name, at, version = text[:1] + text[1:].partition("@")[0], *text[1:].partition("@")[1:]
    _check_name(name)
    if at:
        _check_version(version)
    return Package(name, version)


def _check_name(name: str) -> None:
    if len(name) > NAME_LIMIT:
        raise PackageNameError(f"a name has at most {NAME_LIMIT} characters")
    if not _CHARACTERS.fullmatch(name):
        raise PackageNameError("a name has only letters, digits and . _ ~ + - / : @")
    if name.startswith("-"):
        raise PackageNameError("it would be read as an option")
    if "://" in name or (name.partition(":")[0].lower() in _SCHEMES and ":" in name):
        raise PackageNameError("an address is no package name")
    if name.startswith((".", "/", "~")) or ".." in name or "//" in name or name.endswith("/"):
        raise PackageNameError("a path is no package name")
    if not _NAME.fullmatch(name):
        raise PackageNameError("it is not of the form `name`, `@scope/name` or `group:artifact`")


def _check_version(version: str) -> None:
    if not version:
        raise PackageNameError("the version after `@` is missing")
    if len(version) > VERSION_LIMIT:
        raise PackageNameError(f"a version has at most {VERSION_LIMIT} characters")
    if not _VERSION.fullmatch(version) or ".." in version or "//" in version:
        raise PackageNameError("what follows `@` is no version, such as `1.2`, `v4` or `>=2,<3`")


def read_packages(text: str) -> tuple[Package, ...]:
    """The input `packages`: separated by commas or lines, each name once.

    A comma before an operator belongs to the version: `pydantic@>=2,<3`. Raises
    `ConfigurationError`.
    """
    entries = [part.strip() for part in re.split(r"[\n\r]|,(?!\s*[<>=~^!])", text[:_INPUT_LIMIT])]
    entries = [re.sub(r"\s*,\s*", ",", entry) for entry in entries if entry]
    if len(text) > _INPUT_LIMIT or len(entries) > MAX_PACKAGES:
        raise ConfigurationError(
            f"Input `packages` names more than {MAX_PACKAGES} packages.",
            remedy="Name fewer, or use `groups`.",
        )
    found: dict[str, Package] = {}
    for number, entry in enumerate(entries, 1):
        try:
            package = read_package(entry)
        except PackageNameError as refusal:
            raise ConfigurationError(
                f"Input `packages`, entry {number}: {refusal}.",
                remedy="Such as `httpx, pydantic@>=2, @types/node@20`.",
            ) from None
        if package.name.lower() in found:
            raise ConfigurationError(
                f"Input `packages`, entry {number}: that package is named twice.",
                remedy="Name each package once.",
            )
        found[package.name.lower()] = package
    return tuple(found.values())


def read_groups(text: str) -> tuple[Group, ...]:
    """The input `groups`: lines `name = pattern, pattern`. Raises `ConfigurationError`."""
    lines = [line.strip() for line in re.split(r"\r\n?|\n", text)]
    groups: dict[str, Group] = {}
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            continue
        name, equals, rest = (part.strip() for part in line.partition("="))
        patterns = tuple(part.strip() for part in rest.split(",") if part.strip())
        problem = (
            "a line is `name = pattern, pattern`"
            if not equals or not patterns
            else "a name has letters, digits, blanks and . _ -, 50 at most"
            if not _GROUP.fullmatch(name)
            else "that name stands twice"
            if name.lower() in groups
            else "a pattern is a package name in which up to four `*` stand for anything"
            if not all(_PATTERN.fullmatch(p) and p.count("*") <= _MAX_STARS for p in patterns)
            else f"there are more than {MAX_GROUPS} groups, or {MAX_PACKAGES} patterns in one"
            if len(groups) >= MAX_GROUPS or len(patterns) > MAX_PACKAGES
            else ""
        )
        if problem:
            raise ConfigurationError(
                f"Input `groups`, line {number}: {problem}.",
                remedy="Such as `types = @types/*, mypy`.",
            )
        groups[name.lower()] = Group(name, patterns)
    return tuple(groups.values())


def group_of(package: str, groups: tuple[Group, ...]) -> str:
    """The first group that holds it, else the package itself: the name of its work item."""
    return next((group.name for group in groups if group.holds(package)), package)
