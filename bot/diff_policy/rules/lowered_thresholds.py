"""Settings by which a tool demands less: coverage, strictness, severities, rules that went."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.diff_policy.change import Block, Change, ChangedFile, CodeLine
from bot.diff_policy.check_files import BASELINE, LINT_FILE, configures_checks, recorded_limits
from bot.diff_policy.finding import Hit, Rule
from bot.diff_policy.numbers import renumbered
from bot.diff_policy.places import Place
from bot.diff_policy.settings import loosened

_AT_LEAST = re.compile(
    r"fail[_-]under|test_coverage|<Threshold|cov-fail|min(?:imum)?[_-]?(?:cover|coverage|score|msi|covered)|\bminimum\b|MinimumCoverage|coverage|\b(?:branches|lines|functions|statements|line|branch|method)\b\s*[\"']?\s*[:=]"
    r"|\btarget\s*:|\blevel\s*:|errorLevel|\bmin(?:Msi|CoveredMsi|_confidence)?\b|<minimum>|--cov|\bsuccess_threshold\b|mutationThreshold|WarningLevel|AnalysisLevel|-W[0-9]",
    re.IGNORECASE,
)
_AT_MOST = re.compile(
    r"max[_-]?\w*|\bMax\b|maxIssues|\bthreshold\b|-warnings\b|complexity|\blimit|\bbudget|maximumError|maximumWarning|maxSize|\bceiling|\bcount\b|\bup_?to\b|line-length|LineLength",
    re.IGNORECASE,
)
_FLOOR = re.compile(r"\bmin(?:imum)?\b|min_|fail[_-]under", re.IGNORECASE)
_MINIMAL_HELPER = re.compile(
    r"minimum_coverage|refuse_coverage_drop|maximum_coverage_drop|minimum_coverage_by_file"
)
_PAIR = re.compile(
    r"^\s*+[\"'<]?(?P<key>[\w@./$-]{1,120}+(?:::?[\w/-]{1,60}+){0,3})[\"']?\s*+(?:=>|[:=>])?\s*+(?:\[\s*+)?[\"']?(?P<value>true|false|yes|no|on|off|none|null|error|errors|warn|warning|info|hint|silent|suggestion|deny|forbid"
    r"|allow|enable|enabled|disable|disabled|strict|all|basic|standard|recommended|ignore|[012])\b"
)
_RANK = {
    "false": 0, "no": 0, "off": 0, "none": 0, "null": 0, "silent": 0, "ignore": 0, "allow": 0, "disable": 0, "disabled": 0, "0": 0, "hint": 1, "info": 1, "suggestion": 1,
    "warn": 2, "warning": 2, "1": 2, "basic": 1, "standard": 2, "recommended": 2, "error": 3, "errors": 3, "deny": 3, "forbid": 4, "2": 3, "true": 3,
    "yes": 3, "on": 3, "enable": 3, "enabled": 3, "strict": 3, "all": 3,
}  # fmt: skip
_OFF = re.compile(r"[:=]\s*\[?\s*[\"']?(?:off|none|disabled?|allow|silent|ignore|0|false)\b")
_SEVERITY = re.compile(r"[:=]\s*\[?\s*[\"']?(?:errors?|warn(?:ing)?|deny|forbid)\b")
_LAX_WHEN_TRUE = re.compile(
    r"ignore|allow|skip|exclude|disable|lenient|permissive|silent|suppress|no[A-Z_-]?warn|nowarn|implicit_reexport|noemitonerror|continue|loose|follow_imports",
    re.IGNORECASE,
)
_STRICT = re.compile(
    r"strict|no[A-Z]\w+|disallow|warn_|check_|check[A-Z]|require|error|deny|forbid|fail|verif|lint|rule|severity|always|noUnused|exact|treat|enforce|all_?targets|no-|@|/|-",
    re.IGNORECASE,
)
_LAX = re.compile(
    r"^\s*[\"']?(?:ignore_errors|ignore_missing_imports|ignore-errors|allow_untyped_\w+|skipLibCheck|allowJs|ignoreErrors|ignoreDuringBuilds|ignoreBuildErrors|ignoreDeprecations|suppressImplicitAnyIndexErrors"
    r"|reportMissing\w+|follow_imports|disable_error_code|no_strict_optional|lenient|ignoreFailures|isIgnoreFailures|DisabledByDefault|abortOnError|informational|if_not_found|only_pulls|audit-level|disableRules|disableReporting|allow_failure|disabledChecks|exclude_lines|suppressWarnings|isAllowFailure)[\"']?\s*[:=]\s*[\"']?(?!false|no\b|error)\S"
    r"|<NoWarn>|<WarningsNotAsErrors>|<MSBuildTreatWarningsAsErrors>false|\bisAbortOnError\s*=\s*false|-Wno-(?!error=)\w|-Wno-error|-fno-sanitize|/wd[0-9]|\b-nowarn\b|-Xlint:-|-Wconf:.*:s\b|--no-strict|--ignore=\w"
    r"|--disable(?:-error-code)?[= ]\w|--max-warnings[= ]-?[1-9]|--allow\s|-A\s*(?:clippy::|warnings|dead_code|unused)|--ignore-missing-imports|--quiet-level|--cap-lints[= \",]+(?:allow|warn)|^\s*<Nullable>disable|\berrorprone\.(?:enabled|isEnabled)\s*=\s*false|\b(?:isEnabled|enabled|required)\s*(?:=|\.set\()\s*false|-DNDEBUG\b|definitions\([^)]*\bNDEBUG\b|(?<=\()-w\b|(?:FLAGS|OPTIONS|flags|opts|cc|gcc|clang|\+\+|tsc|javac)\b.*\s-w(?=\s|$|\")|-fpermissive|--error-exitcode=0|--exit-code[= ]0|--lenient|--permissive|^\s*#\s*typed:\s*(?:ignore|false)|\bwarnings_as_errors:\s*false|\bxfail_strict\s*=\s*false|^\s*new(?:-from-\w+)?\s*:\s*(?!false)\S|\bstages\s*:\s*\[\s*manual|\bseverity\s*:\s*[\"']?(?:warn|info|ignore)|^\s*continue\s*=\s*true|--skip-string|--severity-level=high|RUSTFLAGS.*-A"
)
_LIST = re.compile(
    r"^\s*[\"']?(?P<key>ignore|extend-ignore|per-file-ignores|disable|disabled_rules|disabled|ignores|exclude|extend-exclude|omit|ignorePatterns|exclude_lines|ignore_patterns|Exclude|skip|skips|skip_list"
    r"|disable_error_code|exclude-rules|exclusions|excluded|ignoreErrors|excludePaths|exclude_paths|ignored|ignore_names|exclude-files|coveragePathIgnorePatterns|collectCoverageFrom|sonar\.\w*exclusions|noqa"
    r"|unfixable|opt_out|exclude_also|baseline|excludes|warn_list|ignore-words-list|exclude_dirs|rules-exclude|extend-per-file-ignores|external|sonar\.coverage\.exclusions|excludePaths)[\"']?\s*[:=]"
)
_ITEM = re.compile(r"[\w@./*:\\-]+")
_GONE = re.compile(
    r"-Werror\b|-Xfatal-warnings|-Xlint\b(?!:-)|--strict\b|/WX\b|-fsanitize=|-Wall\b|-Wextra\b|warnings-as-errors|--fail-on|--max-warnings|allWarningsAsErrors|TreatWarningsAsErrors|--deny|-D\s*warnings|--error-on|-fatal-warnings"
    r"|--cov-fail-under|fail_under|#!\[(?:deny|forbid)\(|minimum_coverage\b|<module\s+name=|^\s*-\s+id:\s*\w|--check\b|coverageThreshold|failOnWarning|--no-warnings|<rule\s+ref=|--strict-markers|filterwarnings|xfail_strict|--frozen|--locked|--error-exitcode=\d+|failOnRisky=\"true|failOnWarning=\"true|failOnDeprecation|beStrictAbout\w+=\"true|<Nullable>enable|WarningsAsErrors\s*:|--fail-on-\w+|--severity|--exit-code[= ][1-9]|--audit|allowEmpty|requireCoverage|check-coverage|--cov\b|--doctest-modules|-Xdoclint|\[\[?lints?[\w.]*\]|declare\(strict_types"
)
_LINTERS = re.compile(
    r"^\s*(?:enable|linters|select|extend-select|plugins|extends|rules|opt_in_rules|only_rules|checks|Checks|include)\b|enable\s*[:=]"
)
_LIST_ROW = re.compile(r"^\s*(?:-\s+)?[\"']?[A-Za-z@][\w@/.-]{1,60}[\"']?,?\s*$")
_ADDED_ROW = re.compile(
    r"exclude-rules|ignoreErrors|per-file-ignores|ignorePatterns|^\s*(?:exclude|ignore|omit|Exclude|disable|disabled_rules|excluded)\s*[:=]"
)


def find(change: Change) -> Iterator[Hit]:
    """Line by line, the new one against the one that it replaces."""
    for file in change.files:
        tuned = file.place is Place.CONFIG or (file.runs_things and file.place is not Place.CI)
        if file.place is Place.CI or tuned:
            for block in file.blocks:
                yield from _in(file, block, change)
        elif BASELINE.search(file.path) and file.language == "data":
            yield from recorded_limits(file)
        elif file.is_code:
            for block in file.blocks:
                yield from _in_code(file, block, change)


def _in(file: ChangedFile, block: Block, change: Change) -> Iterator[Hit]:
    seen: set[CodeLine] = set()
    for pair in renumbered(block):
        text = pair.added.text
        less, more = _AT_LEAST.search(text), _AT_MOST.search(text)
        if (pair.shrank and less and (_FLOOR.search(text) or not more)) or (
            pair.grew and more and not _FLOOR.search(text)
        ):
            seen.add(pair.added)
            yield Hit(file, pair.added)
    before = {_key(x): x for x in block.removed if _key(x)}
    for line in block.added:
        if line in seen or not line.code or change.is_moved_here(line):
            continue
        if file.path.endswith(".editorconfig") and "severity" not in line.code:
            continue
        if (
            _is_off(file, line, before)
            or _is_weaker(file, line, before)
            or _is_lax(line, block)
            or _is_longer_list(file, line, block)
            or _is_shorter_list(file, line, block)
        ) or (_IGNORES.match(line.bare) and any(_RAISES.match(x.bare) for x in block.beside(line))):
            yield Hit(file, line)
    yield from _gone(file, block, change)
    if (hit := _excluded(file, block, change)) is not None:
        yield hit
    if file.place is Place.CONFIG and configures_checks(file, block):
        yield from loosened(file, block, change)


_RAISES = re.compile(r"[\"']?error(?:[:\"',]|$)")
_IGNORES = re.compile(r"[\"']?(?:ignore|default|once)(?:[:\"',]|$)")


def _key(line: CodeLine) -> str:
    found = _PAIR.match(line.code)
    return found["key"].strip() if found else ""


def _value(line: CodeLine) -> int:
    found = _PAIR.match(line.code)
    return _RANK[found["value"]] if found else 0


def _is_off(file: ChangedFile, line: CodeLine, before: dict[str, CodeLine]) -> bool:
    """A rule that is new in a linter's settings, and off."""
    lints = LINT_FILE.search(file.path) or _STRICT_FLAG.search(line.code)
    if not lints or file.diff.status == "added" or _key(line) in before:
        return False
    found = _PAIR.match(line.code)
    return bool(found) and _value(line) == 0 and bool(_OFF.search(line.code)) if found else False


_STRICT_FLAG = re.compile(
    r"^\s*[\"']?(?:strict\w*|no(?:Implicit|Unused|Unchecked|Fallthrough|Property)\w+|exactOptionalPropertyTypes|alwaysStrict"
    r"|useUnknownInCatchVariables|disallow_\w+|check_untyped_defs|no_implicit_\w+|warn_(?:return_any|unreachable|unused_\w+|redundant_casts))[\"']?\s*[:=]\s*[\"']?(?P<on>[Tt]rue|[Ff]alse)\b"
)
_ALL_STRICT = re.compile(r"^\s*[\"']?strict[\"']?\s*[:=]\s*[\"']?[Tt]rue\b")


def _is_weaker(file: ChangedFile, line: CodeLine, before: dict[str, CodeLine]) -> bool:
    old = before.get(_key(line)) if _key(line) else None
    if old is None:
        return False
    if _LAX_WHEN_TRUE.search(_key(line)) and not _key(line).lower().startswith("no-"):
        return _value(line) > _value(old)
    telling = _SEVERITY.search(old.code) or _STRICT.search(_key(line))
    return _value(line) < _value(old) and bool(telling or LINT_FILE.search(file.path))


def _is_lax(line: CodeLine, block: Block) -> bool:
    found = _LAX.search(line.code)
    if not found:
        return False
    old = " ".join(x.text for x in block.removed)
    if found[0].strip() not in old:
        return True
    return found[0].startswith("<") and len(_ITEM.findall(line.text)) > len(_ITEM.findall(old))


def _is_longer_list(file: ChangedFile, line: CodeLine, block: Block) -> bool:
    found = _LIST.match(line.code)
    if not found or not _is_lint_setting(file, block):
        return False
    old = next((x for x in block.removed if x.bare.startswith(found[0].strip())), None)
    items = set(_ITEM.findall(line.code[found.end() :]))
    if old is None:
        return bool(items) or line.code.rstrip().endswith(("[", ":", "=", "{"))
    return bool(items - set(_ITEM.findall(old.code)))


def _is_shorter_list(file: ChangedFile, line: CodeLine, block: Block) -> bool:
    """A list of what is checked, with less in it than the one that it replaces."""
    found = _CHECKED.match(line.code)
    if not found or not _is_lint_setting(file, block):
        return False
    old = next(
        (
            m
            for x in block.beside(line)
            if (m := _CHECKED.match(x.code)) and m["key"] == found["key"]
        ),
        None,
    )
    if old is None:
        return False
    before, after = (set(_ITEM.findall(m["items"])) for m in (old, found))
    return bool({x for x in before - after if x != "*"}) and len(after) <= len(before)


_CHECKED = re.compile(
    r"^\s*[\"']?(?P<key>Checks|checks|select|extend-select|enable|enabled|plugins|extends|opt_in_rules|only_rules|linters|WarningsAsErrors|rules|levels?|severity)[\"']?\s*[:=]\s*(?P<items>\S.*)$"
)


def _is_lint_setting(file: ChangedFile, block: Block) -> bool:
    """In a file of a linter, or in the section of one."""
    if LINT_FILE.search(file.path):
        return True
    near = [x.text for x in block.hunk if x.mark != "-"]
    return any(_SECTION.search(text) for text in near)


_SECTION = re.compile(
    r"\[tool\.(?:ruff|mypy|coverage|pylint|flake8|bandit|pyright|black|isort|codespell)|\[(?:flake8|mypy|pylint|coverage|run|report)|\[testenv|coverage|eslintConfig|lint"
)


def _gone(file: ChangedFile, block: Block, change: Change) -> Iterator[Hit]:
    new = " ".join(x.text for x in file.added)
    for line in block.removed:
        if not line.code or change.is_kept_elsewhere(line):
            continue
        lost = [m[0].strip() for m in _GONE.finditer(line.text) if m[0].strip() not in new]
        moved = bool(lost) and lost[0].startswith("--max-warnings") and "--max-warnings" in new
        if (lost and not moved) or _is_strict_flag_gone(line, file):
            yield Hit(file, line, "A check was taken out.")
        elif (
            _LIST_ROW.match(line.text)
            and not block.added
            and LINT_FILE.search(file.path)
            and _in_enabled(block, line)
        ):
            yield Hit(file, line, "A rule or a linter was taken out.")


def _is_strict_flag_gone(line: CodeLine, file: ChangedFile) -> bool:
    """Whether a strict option that was on is in the file no more, and no stricter one came."""
    found = _STRICT_FLAG.match(line.code)
    if not found or found["on"].lower() != "true":
        return False
    key, block = _key(line), file.block_of[line]
    near = block.removed[:_NEAR]
    was_strict = any(_ALL_STRICT.match(x.code) for x in near)
    return not any(
        _key(x) == key or (not was_strict and _ALL_STRICT.match(x.code)) for x in block.beside(line)
    )


_NEAR = 80


def _in_enabled(block: Block, line: CodeLine) -> bool:
    heads = [x for x in block.hunk if x.old and x.old < line.old and _LINTERS.search(x.text)]
    off = [x for x in block.hunk if x.old and x.old < line.old and _ADDED_ROW.search(x.text)]
    return bool(heads) and (not off or off[-1].old < heads[-1].old)


def _excluded(file: ChangedFile, block: Block, change: Change) -> Hit | None:
    """Rows that were added to a list of exceptions."""
    if block.removed or not block.added or not LINT_FILE.search(file.path):
        return None
    first = block.added[0]
    for line in reversed([x for x in block.hunk if x.mark == " " and x.new < first.new]):
        if _ADDED_ROW.search(line.text):
            return (
                Hit(file, first, "An exception was added.")
                if not change.is_moved_here(first)
                else None
            )
        if _LINTERS.search(line.text) or re.match(r"^\[|^\w", line.text):
            return None
    return None


def _in_code(file: ChangedFile, block: Block, change: Change) -> Iterator[Hit]:
    """Rust's crate attributes, and coverage that a test helper demands."""
    for pair in renumbered(block):
        if pair.shrank and _MINIMAL_HELPER.search(pair.added.text):
            yield Hit(file, pair.added)
    new = " ".join(x.text for x in file.added)
    for line in block.removed:
        if (
            re.search(r"#!\[(?:deny|forbid)\(", line.text)
            and not re.search(r"#!\[(?:deny|forbid)\(", new)
        ) or (
            re.search(r"declare\(strict_types|[\"']use strict[\"']", line.text)
            and not change.is_kept_elsewhere(line)
        ):
            yield Hit(file, line, "A check was taken out.")


RULE = Rule(
    id="lowered-thresholds",
    why="A tool demands less than before.",
    legitimate="The rule does not fit this project, and the team has said so.",
    find=find,
)
