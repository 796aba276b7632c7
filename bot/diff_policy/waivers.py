"""Ways around a check that only the tests take: options, environments, and settings of the tests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.diff_policy.analysis import Analysis
from bot.diff_policy.change import ChangedFile
from bot.diff_policy.code import shared_start
from bot.diff_policy.finding import Hit
from bot.diff_policy.places import Place, is_test_path

_NAME = re.compile(r"[A-Za-z_]\w{3,}")
_WAIVES = re.compile(
    r"skip|bypass|disable|insecure|unsafe|ignore|lenient|relax|allow|trust|force|no_?(?:check|verif|auth|valid|limit|wait|retry)|fake|test_?mode|dry_?run|without|fast|noop|permissive|lax",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|elif|elsif|unless|guard|when|while|return|&&|and|or|case)\b|&&|\|\||\?(?!\.)"
)
_SETS = re.compile(
    r"[:=(,]\s*[\"']?(?:true|True|TRUE|1|yes|on)\b|[:=]\s*true|=>\s*true|\b--?[\w-]+|\bWith\w+\("
)
_GUARDS = re.compile(
    r"csrf|throttl|rate[-_.]?limit|limiter|auth\w*|verif\w*|valid\w*|secure|security|tls|ssl|strict\w*|enforce\w*|check\w*|permission\w*|cors|csp|captcha|sandbox|quota|enabled|required?|firewall|audit|foreign_keys|constraints?|transaction\w*|escape\w*|sanitize\w*|signature|encrypt\w*|max[-_.\w]*|per[-_.]\w+|raise\w*|show_exceptions|consider_all\w*|fail\w*|deny",
    re.IGNORECASE,
)
_PAIR = re.compile(
    r"^\s*(?:config\.|export\s+|-\s+|\$\w+->|settings\.)?[\"']?(?P<key>[\w.:@/-]{2,80})[\"']?\s*(?:=>|[:=])\s*[\"']?(?P<value>true|false|yes|no|on|off|[0-9]+)\b",
    re.IGNORECASE,
)
_OFF = {"false", "no", "off", "0"}
_LEFT_OUT = re.compile(
    r"\b(?P<list>[A-Z_]{4,40})\s*=\s*\[\s*\w+\s+for\s+\w+\s+in\s+(?P=list)\s+if\b|\b(?:MIDDLEWARE|AUTH\w*|REST_FRAMEWORK)\S*\.(?:remove|pop)\(|\bmiddleware\.delete\b|\bwithoutMiddleware\(|\bskip_before_action\b|\bwithoutExceptionHandling\(|\bdisableMiddleware|\bpermitAll\(\)|\baddFilters\s*=\s*false|\bcsrf\(\)?\.disable|\bDisable\w*Auth\w*\("
)
_FAR, _BEGINNING = 10, 8


def waived(file: ChangedFile, change: Analysis) -> Iterator[Hit]:
    """What product code asks for and the tests set, and what the settings of the tests turn off."""
    if file.place is Place.PRODUCT and not is_test_path(file.path):
        yield from _asked(file, change)
    if _is_of_tests(file):
        yield from _turned_off(file, change)


def _asked(file: ChangedFile, change: Analysis) -> Iterator[Hit]:
    """A condition that a check did not have, on a name that came with it and that an old test now sets."""
    taken = _set_by_old_tests(change)
    if not taken:
        return
    given = {
        w
        for f in change.at(Place.PRODUCT)
        for x in f.added
        if not _IF.match(x.code)
        for w in _NAME.findall(x.code)
    }
    for block in file.blocks:
        before = {w for x in block.removed for w in _NAME.findall(x.code)}
        for line in block.added:
            if line.in_test or not _CONDITION.search(line.code) or change.is_moved_here(line):
                continue
            names = {w for w in _NAME.findall(line.code) if w not in before and w in given}
            if any(_plain(w) in taken for w in names):
                yield Hit(file, line, "The check is left out by a switch that only the tests set.")
                return


_IF = re.compile(r"^\s*\}?\s*(?:if|elif|elsif|else|unless|guard|when|while|return)\b")


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


def _set_by_old_tests(change: Analysis) -> frozenset[str]:
    """Names with a word of leaving something out, in added lines that set them for tests that were there."""
    found: set[str] = set()
    for file in change.files:
        of_tests = _is_of_tests(file)
        if not (of_tests or file.is_tested_inside or file.place is Place.CI):
            continue
        fresh = change.new_test_lines if file.is_code and not of_tests else frozenset()
        for line in file.added:
            if line in fresh or not _SETS.search(line.text):
                continue
            near = file.block_of[line].beside(line)
            if not of_tests and not any(
                shared_start(x.bare, line.bare) >= _BEGINNING for x in near
            ):
                continue
            found |= {
                _plain(w)
                for w in _NAME.findall(line.text)
                if _WAIVES.search(w) or "TEST" in w.upper()
            }
    gone = {_plain(w) for f in change.files for x in f.removed for w in _NAME.findall(x.text)}
    return frozenset(found - gone)


_OF_TESTS = re.compile(
    r"(?:^|[/._-])(?:test|testing|tests|ci|e2e)(?:[._-][\w-]+)?\.(?:ya?ml|toml|json5?|properties|env|ini|conf|py|rb|exs|php|[cm]?[jt]s)$|^\.env\.(?:test|ci)\b|(?:^|/)\.env\.(?:test|ci)|(?:^|/)src/test/resources/|(?:^|/)environments/test|appsettings\.\w*[tT]est\w*\.json$|(?:^|/)(?:docker-)?compose[\w.-]*(?:test|ci)[\w.-]*\.ya?ml$"
)


def _is_of_tests(file: ChangedFile) -> bool:
    """Whether it holds what the product is set to while it is tested."""
    return bool(_OF_TESTS.search(file.path)) and not re.search(
        r"(?:^|/)(?:jest|vitest|karma|playwright|wdio)|[._-](?:test|spec)\.[cm]?[jt]sx?$|(?:^|/)test_?\w*\.py$(?<!settings/test\.py)(?<!config/test\.py)",
        file.path,
    )


def _turned_off(file: ChangedFile, change: Analysis) -> Iterator[Hit]:
    """A guard that was on is off, or a limit is out of reach, and no product code changed."""
    if any(x.code for f in change.at(Place.PRODUCT) for x in f.added if not _is_of_tests(f)):
        return
    about = " ".join((*change.context.failing_tests, *change.context.failing_paths)).lower()
    for block in file.blocks:
        above = [x for x in block.hunk if x.mark == " "][-_FAR:]
        section = " ".join(x.text for x in above)
        for line in block.added:
            if not line.code or change.is_moved_here(line):
                continue
            if _LEFT_OUT.search(line.text):
                yield Hit(file, line, "A check of the product is off while it is tested.")
                continue
            found = _PAIR.match(line.text)
            old = next(
                (
                    m
                    for x in block.beside(line)
                    if (m := _PAIR.match(x.text)) and found and m["key"] == found["key"]
                ),
                None,
            )
            if not found or not old or not _GUARDS.search(found["key"]):
                continue
            words = {
                w.lower() for w in re.findall(r"[A-Za-z]{4,}", f"{section} {found['key']}")
            } - _DULL
            if _is_off(old["value"].lower(), found["value"].lower()) and (
                not about
                or any(w in about for w in words)
                or not _ORDINARY.search(f"{section} {found['key']}")
            ):
                yield Hit(file, line, "A check of the product is off while it is tested.")


_DULL = {"test", "tests", "enabled", "required", "true", "false", "config", "server", "main"}
_ORDINARY = re.compile(
    r"trac|telemetr|metric|analytic|sentry|schedul|banner|cache|debug|log|mail|swagger|openapi",
    re.IGNORECASE,
)
_FAR_BEYOND = 10


def _is_off(old: str, new: str) -> bool:
    if old.isdigit() and new.isdigit():
        return int(new) >= _FAR_BEYOND * max(1, int(old)) or (int(new) == 0 < int(old))
    return old not in _OFF and new in _OFF and not old.isdigit()
