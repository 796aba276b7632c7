"""Packages of others that are not there: said in the words of a language, by whatever tool.

A test runner, a bundler, a compiler and a plain program fail alike where a package is missing or
does not fit. The names of the project's own files are told apart: those are a mistake in its code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.log_formats import Pattern

_OWN_NAMES = frozenset({
    "src", "app", "apps", "lib", "libs", "test", "tests", "testing", "spec", "util", "utils", "config",
    "conf", "core", "main", "models", "views", "helpers", "common", "components", "pages", "hooks",
    "services", "types", "constants", "store", "backend", "frontend", "server", "client", "api",
    "scripts", "tools", "settings", "conftest", "shared", "assets", "styles", "modules", "package",
})  # fmt: skip
"""What projects call their own folders."""
_NAME = r"(?:@[a-zA-Z0-9][\w.~-]*/)?[a-zA-Z0-9][\w.~-]*(?:/[\w./~@-]+)?"
"""A package of npm, and a file in it: no path, no alias of a bundler such as `@/`."""
_SAID = Pattern(
    r"No module named ['\"]?(?P<python>[A-Za-z_]\w*)['\"]?(?![\w.'\"])"
    r"|(?:[Cc]annot find (?:module|package)|Can't resolve|Could not resolve|Unable to resolve module"
    r"|[Ff]ailed to resolve import) [\"'`](?P<node>" + _NAME + r")[\"'`]"
    r"|requested module ['\"](?P<export>" + _NAME + r")['\"] (?:does not provide|is a CommonJS)"
    r"|cannot load such file -- (?P<ruby>[a-z][\w-]*(?:/[\w/-]+)?)(?![\w./])"
)
_CERTAIN = Pattern(
    # an installed package is of another version than the code wants
    r"cannot import name .{1,80} from .{1,200}(?:site|dist)-packages"
    r"|DistributionNotFound\b|VersionConflict\b|PackageNotFoundError\b"
    r"|may indicate binary incompatibility|compiled (?:using|against) (?:NumPy|(?:ABI|API) version)"
    r"|require\(\) of ES Module \S*node_modules|ERR_PACKAGE_PATH_NOT_EXPORTED"
    r"|Cannot find module .{1,300}from ['\"]?\S*node_modules|npm has a bug related to optional"
    r"|[Yy]ou have already activated |Gem::(?:MissingSpec|Conflict)"
    # the tool knows what is missing
    r"|\b(?:requires?|needs?) [\"'`][\w.@/-]+[\"'`] to be installed|Missing (?:optional )?dependency [\"'`]"
    r"|[Uu]se pip or conda to install|Module not found \"(?:https?|jsr|npm):"
    r"|vendor/autoload\.php['\"]?(?:\):| \()|could not install deps\b"
    # shared libraries and packages of the system
    r"|cannot open shared object file|version [`'](?:GLIBC|GLIBCXX|CXXABI)_\S+ not found"
    r"|Library not loaded: |DLL load failed while importing|Host system is missing (?:dependencies|a few)"
    r"|Package requirements \(.{1,200}\) were not met|No package '\S+' found"
    r"|error: target not found: \S|no matching manifest for "
)
_LEADING = re.compile(r"@[^/]+/[^/]+|[^/]+")
_FOREIGN_FRAME = Pattern(r".*[/\\](?:site-packages|dist-packages)[/\\]")
_FRAME = Pattern(r"\s*(?:File \"[^\"]+\", line \d+|[^\s:]+\.py:\d+: )")
_AT_IMPORT = Pattern(r"(?:E\s+)?(?:ImportError|ModuleNotFoundError): ")
_WORKSPACE = Pattern(r".*[/\\]work[/\\](?P<repository>[\w.-]+)[/\\]")


def package_is_missing(text: str, near: Sequence[str] = ()) -> bool:
    """Whether `text` says that a package of others is missing or does not fit.

    `near` are the lines of the same finding: in their paths the project's own names are found, and
    the last frame above an import that failed.
    """
    if _CERTAIN.search(text):
        return True
    if _AT_IMPORT.match(text) and _raised_by_others(text, near):
        return True
    return any(
        not _is_own(found[found.lastgroup or 0], near) for found in _SAID.compiled.finditer(text)
    )


def _is_own(name: str, near: Sequence[str]) -> bool:
    first = _LEADING.match(name)
    root = first[0].lower().replace("-", "_") if first else ""
    if root in _OWN_NAMES:
        return True
    places = (_own_parts(text.replace(name, "")) for text in near if "-packages" not in text)
    return any(root in parts for parts in places)


def _own_parts(text: str) -> set[str]:
    """The folders and modules of the paths in a line, and the repository's name."""
    if "://" in text or "node_modules" in text:
        return set()
    parts = {
        p.lower().replace("-", "_") for p in re.findall(r"([\w-]+)(?:[/\\]|\.py\b)", text[:400])
    }
    found = _WORKSPACE.match(text)
    return parts | ({found["repository"].lower().replace("-", "_")} if found else set())


def _raised_by_others(text: str, near: Sequence[str]) -> bool:
    """Whether the frame right above the message lies in an installed package."""
    frame = ""
    for line in near:
        if line.endswith(text) and frame:
            break
        if _FRAME.match(line):
            frame = line
    return bool(_FOREIGN_FRAME.match(frame))
