"""How scripts and settings select tests: by flags, paths, exclusions and registrations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from bot.diff_policy.change import Block, Change, ChangedFile, CodeLine
from bot.diff_policy.commands import RUNS_TESTS, runners
from bot.diff_policy.finding import Hit
from bot.diff_policy.places import Place

_FLAG = re.compile(
    r"(?:^|[\s\"'=\[,])(?:--deselect|--ignore(?:-glob)?|--exclude\S*|--skip\b|-k[ =\"']|-m[ =]*[\"']?not\b|--testPathPattern\S*|--testNamePattern\S*"
    r"|--testPathIgnorePatterns|--grep\b|-g\s+[\"']|--invert|--passWithNoTests|--pass-with-no-tests|-DskipTests|-DskipITs|-Dmaven\.test\.skip|-Dtest=\S+"
    r"|-x\s+\w*[tT]est\w*|-x\s+check|--tests\s|--filter\b|--exclude-group|--group\b|--testsuite|--only\b|--collect-only|--co\b|--no-run\b|-short\b"
    r"|-run[ =]|-skip[ =]|-E\s+['\"]|-LE?\s|--lf\b|--last-failed|--maxfail=0|--tag\s|-skip-testing|-only-testing|--list\b|--listTests|--dry-run"
    r"|--onlyChanged|--changed\b|--lib\b|--suite\b|--project[= ]|--test_tag_filters|--bail=0|--shard|--gtest_filter\S*|GTEST_FILTER=|--tags?[ =]|--skip-\w+|--label-exclude|--test-name-pattern|--no-tests\b|--if-present|--exclude-task|--forgive|--ignore-scripts|--skip-package|--focus\b|--fgrep\b|--default-filter|-f\s+Category|\|\s*(?:e?grep|rg)\s+-\w*v)"
)
_DROPPED = (
    ("-race", re.compile(r"\s-race\b")),
    ("--workspaces", re.compile(r"--workspaces\b")),
    ("--workspace", re.compile(r"\s--workspace\b")),
    ("--all", re.compile(r"\s--all(?:-\w+)?\b")),
    ("...", re.compile(r"\./\.\.\.")),
    ("*", re.compile(r"\*")),
)
_PATHS = re.compile(r"(?<![\w./-])(?:\./)?[\w.-]*(?:tests?|specs?)(?:/[\w./*-]*)?(?![\w./-])")
_COLLECTED = re.compile(
    r"^\s*[\"']?(?:include|testMatch|specPattern|testpaths|testDir|roots|spec|spec_files|test_files|python_files|python_functions|python_classes|test[-_]paths|t\.pattern|t\.test_files|files|TESTS?|TEST_\w+|[\w-]*filter)[\"']?\s*(?:[:+?]?=|:)"
)
_SETTING = re.compile(
    r"\bdo(?:Install)?Check\s*=\s*false|\bcollect_ignore\w*\b|\btestPathIgnorePatterns\b|\bmodulePathIgnorePatterns\b|<exclude>.*(?:[Tt]est|IT\b|Spec|Suite)|<excludedGroups>|\bexcludedGroups\b"
    r"|<skip(?:Tests|ITs)?>\s*true|\bskipTests\b|<maven\.test\.skip>|\bnorecursedirs\b|\bexclude(?:Tags|Categories|TestsMatching|Category)?\s*[(\"'\[=]"
    r"|\bExUnit\.(?:start|configure)\([^)]*exclude|\bfilter_run_excluding\b|\bfilter_run(?:_when_matching)?\s+:?focus|\bfilter\s*\{|\bincludeTestsMatching\b"
    r"|\btestRegex\b|\bexcludeSpecPattern\b|\btestIgnore\b|\bgrepInvert\b|\bpassWithNoTests\b|\bsuiteNameFilter\b|\bskippedTests\b|\bpytest_ignore_collect\b|\bexcludeTags\b|\bexcludeCategories\b|\bDISABLED\s+(?:TRUE|ON|1)|\bWILL_FAIL\b|\bdefault-filter\b|<TestCaseFilter>|\bTests\.(?:Filter|Exclude)\b|\bTest\s*/\s*test\s*:=|\bTest\s*/\s*skip\s*:=\s*true|\bexclude\s*:\s*\[\s*\"[^\"]*[Tt]est|<Compile\s+Remove=|\bitems\s*\[:\]\s*=|\bitems\.(?:remove|clear)\(|\bpytest_deselected\b|\bexcludeGroups\b|\bfilter_run_excluding\b|\bexclude[-_]tags\b|^\s*[\"']?(?:grep|fgrep|invert|grepInvert)[\"']?\s*[:=]|<exclude>\s*<group|^\s*test\S*\s+--test_(?:tag_filters|filter)\b|\bautotest\s*=\s*false|^\s*(?:test|doctest|bench|harness)\s*=\s*false|\bisEnabled\s*=\s*false|^\s*onlyIf\s*\{\s*false|\btags\s*=\s*\[\s*\"manual\"|^\s*--tag\s+~|^-DskipTests|^-Dmaven\.test\.skip|\btest\.exclude\(\btest\.onlyTags|\bsuite\.exclude"
)
_EXCLUDE_LIST = re.compile(
    r"^\s*[\"']?(?:exclude|ignore|testIgnore|spec_exclude)[\"']?\s*[:=]\s*\[?"
)
TEST_CONFIG = re.compile(
    r"(?:^|/)(?:jest|vitest|vite|playwright|cypress|karma|wdio|ava|nightwatch)[\w.-]*\.\w+$|(?:^|/)(?:\.mocharc\S*|phpunit\.xml\S*|pytest\.ini|tox\.ini"
    r"|conftest\.py|test_helper\.exs|nextest\.toml|dart_test\.yaml|pom\.xml|build\.gradle(?:\.kts)?|\S+\.xctestplan|\S+\.runsettings|Package\.swift|Rakefile|build\.sbt)$"
)
_REGISTERED = re.compile(
    r"^\s*(?:add_test|gtest_discover_tests|catch_discover_tests|add_subdirectory\(\s*tests?|ament_add_gtest|<testsuite\b|<directory\b|suite\.addTest|mod \w*tests?;|(?:pub )?mod \w+;\s*$|<include>[^<]*(?:Test|IT|Spec|Suite)|<class\s+name=|<file\b|all_tests\.append|run_test\b|RUN_TEST\b|UNITY_\w+|tcase_add_test)"
)
_EMPTIED_SCRIPT = re.compile(
    r"\"(?:test|lint|check|typecheck|verify|ci)[\w:-]*\"\s*:\s*\"\s*(?:echo|exit|true|:|#|\")"
    r"|^\s*(?:-\s+)?(?:command|script|cmd|run|entrypoint|cmds)\s*:\s*\[?[\"']?\s*(?:echo\b|exit 0|/bin/true|true|:)[\s\"'\]]*$"
)


def narrowed_selection(file: ChangedFile, change: Change) -> Iterator[Hit]:
    """Lines of a script or of settings by which fewer tests are run."""
    tuned = file.runs_things or bool(TEST_CONFIG.search(file.path))
    for block in file.blocks:
        before = {
            match[0].strip(" \"'=[,") for x in block.removed for match in _FLAG.finditer(x.text)
        }
        lost = {
            name
            for name, p in _DROPPED
            if any(p.search(x.text) and _selects(x.text) for x in block.removed)
        }
        for line in block.added:
            if not line.code or change.is_moved_here(line):
                continue
            runs = tuned and _selects(line.text)
            flags = (
                {match[0].strip(" \"'=[,") for match in _FLAG.finditer(line.text)}
                if runs
                else set()
            )
            emptied = tuned and _EMPTIED_SCRIPT.search(line.text)
            if flags - before or (emptied and not _was_empty(block, line)):
                yield Hit(file, line, "The command that runs the tests selects fewer of them.")
            elif runs and (any(name not in line.text for name in lost) or _picks(line, block)):
                yield Hit(file, line, "The command that runs the tests does less than before.")
            elif tuned and _TEST_GLOB.match(line.text) and _is_deeper(line, block):
                yield Hit(file, line, "A pattern finds fewer tests than before.")
            elif _is_setting(file, line, block):
                yield Hit(file, line, "Tests are excluded by a setting.")
    if file.place is not Place.CI and (tuned or file.language == "shell"):
        yield from _gone(file, change)
    yield from _shrunk_targets(file)
    yield from _unregistered(file, change)


def _unregistered(file: ChangedFile, change: Change) -> Iterator[Hit]:
    for line in file.removed:
        if (
            _REGISTERED.match(line.text)
            and not change.is_kept_elsewhere(line)
            and not _went_too(line, file, change)
            and not _reregistered(file, line)
        ):
            yield Hit(file, line, "Tests are not registered any more.")


def _shrunk_targets(file: ChangedFile) -> Iterator[Hit]:
    """A target that ran tests or checks by depending on them, and depends on fewer."""
    if file.language != "shell":
        return
    for block in file.blocks:
        before = {m[1]: m[2] for x in block.removed if (m := _TARGET.match(x.text))}
        for line in block.added:
            found = _TARGET.match(line.text)
            if not found or found[1] not in before:
                continue
            lost = set(_NAME.findall(before[found[1]])) - set(_NAME.findall(found[2]))
            if any(_CHECKING.search(name) for name in lost):
                yield Hit(file, line, "A target no longer runs a test or a check.")


_TARGET = re.compile(r"^\s*[\"']?([\w.-]{1,60})[\"']?\s*:(?![=:])\s*(\[?[\w\s.,\"'/:-]{1,300}\]?)$")
_NAME = re.compile(r"[\w.:/-]+")
_CHECKING = re.compile(
    r"test|spec|lint|check|types?\b|mypy|vet|audit|verify|cover|clippy|e2e", re.IGNORECASE
)


def _selects(text: str) -> bool:
    return bool(RUNS_TESTS.search(text) or _COLLECTED.match(text))


def _picks(line: CodeLine, block: Block) -> bool:
    """Whether a folder of tests became some of the folders or files below it."""
    old = {
        m[0].removeprefix("./")
        for x in block.removed
        if _selects(x.text)
        for m in _PATHS.finditer(x.text)
    }
    new = {m[0].removeprefix("./") for m in _PATHS.finditer(line.text)}
    if any(n not in old and n.startswith(f"{o.rstrip('/')}/") for o in old - new for n in new):
        return True
    return bool(_COLLECTED.match(line.text)) and _is_deeper(line, block)


def _was_empty(block: Block, line: CodeLine) -> bool:
    return any(_EMPTIED_SCRIPT.search(x.text) for x in block.beside(line))


_GLOB = re.compile(r"[\"']([^\"']*\*[^\"']*)[\"']")


def _is_deeper(line: CodeLine, block: Block) -> bool:
    """Whether a pattern of test files names more folders than the one in its place."""
    came = set(_GLOB.findall(line.text))
    went = {
        g
        for x in block.beside(line)
        if (_COLLECTED.match(x.text) and x.bare.split()[0] == line.bare.split()[0])
        or (_TEST_GLOB.match(x.text) and _TEST_GLOB.match(line.text))
        for g in _GLOB.findall(x.text)
    }
    return bool(went - came) and any(
        _depth(new) > _depth(old) and old.split("/")[-1] == new.split("/")[-1]
        for new in came - went
        for old in went - came
    )


_TEST_GLOB = re.compile(r"^\s*(?:-\s+)?[\"'][^\"']*(?:test|spec)[^\"']*[\"'],?\s*$")


def _depth(glob: str) -> int:
    return sum("*" not in part for part in glob.split("/")[:-1])


def _gone(file: ChangedFile, change: Change) -> Iterator[Hit]:
    """Commands that ran tests or checks, and that are nowhere in the file any more."""
    came = sum(runners(x.text) for x in file.added if x.code)
    went = [x for x in file.removed if x.code and runners(x.text) and _is_command(x, file)]
    if sum(runners(x.text) for x in went) > came and not all(map(change.is_kept_elsewhere, went)):
        yield Hit(file, went[0], "A command that runs tests or checks was taken out.")


def _is_command(line: CodeLine, file: ChangedFile) -> bool:
    """In a script every line is one; in a manifest of packages, only an entry that calls one."""
    if file.language == "shell" or file.path.endswith(("tox.ini", "noxfile.py")):
        return not re.match(
            r"\s*(?:deps|#|FROM|ARG|ENV|pip install)|.*\b(?:install|add|apt|apk)\b", line.text
        )
    return file.path.endswith("package.json") and bool(
        re.match(r"\s*\"(?:test|lint|check|typecheck|verify|ci)[\w:-]*\"\s*:", line.text)
    )


def _is_setting(file: ChangedFile, line: CodeLine, block: Block) -> bool:
    if not (file.runs_things or file.path.endswith(("conftest.py", "_helper.exs", "_helper.rb"))):
        return False
    found = _SETTING.search(line.text) or _switched_off(file, line, block)
    if not found and TEST_CONFIG.search(file.path) and file.place is Place.CONFIG:
        found = _EXCLUDE_LIST.match(line.text)
    if found and found[0].startswith("exclude") and not TEST_CONFIG.search(file.path):
        return False
    return found is not None and not any(
        found[0].strip() in x.text and len(x.text) >= len(line.text) for x in block.removed
    )


def _went_too(line: CodeLine, file: ChangedFile, change: Change) -> bool:
    """Whether the file that a removed `mod name;` stood for went or moved as well."""
    found = re.search(r"\bmod (\w+);", line.text)
    home = PurePosixPath(file.path).parent
    return found is not None and any(
        str(home / name) in change.paths for name in (f"{found[1]}.rs", f"{found[1]}/mod.rs")
    )


def _switched_off(file: ChangedFile, line: CodeLine, block: Block) -> re.Match[str] | None:
    """`enabled = false` where a build describes its tests."""
    if re.search(r"phpunit\.xml", file.path):
        return re.match(r"\s*<exclude>", line.text)
    near = block.above(line)
    if not file.path.endswith((".gradle", ".gradle.kts")) or not any(
        re.search(r"\b(?:[tT]est\b|check\b|\w+Test\b)", x.code) for x in near
    ):
        return None
    return re.search(r"^\s*(?:enabled|isEnabled)\s*=\s*false|^\s*onlyIf\s*\{\s*false", line.code)


def _reregistered(file: ChangedFile, line: CodeLine) -> bool:
    """Whether as many came as went, by this command or by another that does the same."""
    head = line.bare.split("(")[0]
    same = [x for x in (*file.added, *file.removed) if head in x.text]
    if sum(x.mark == "+" for x in same) >= sum(x.mark == "-" for x in same):
        return True
    kin = _DISCOVERS if _DISCOVERS.match(line.text) else None
    near = file.block_of[line].added if kin else ()
    return any(_DISCOVERS.match(x.text) for x in near)


_DISCOVERS = re.compile(
    r"^\s*(?:add_test|\w+_discover_tests|doctest_discover_tests|qt_add_test|ament_add_\w*test|catkin_add_gtest|ecm_add_tests?|\w*add_\w*tests?)\s*\(",
    re.IGNORECASE,
)
