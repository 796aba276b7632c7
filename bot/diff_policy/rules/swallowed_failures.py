"""Failures that still happen and that nobody hears of: in commands, in settings, in code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.diff_policy.change import Change, ChangedFile, CodeLine
from bot.diff_policy.commands import runs
from bot.diff_policy.disarmed import disarmed, returned_well
from bot.diff_policy.dropped_errors import dropped
from bot.diff_policy.finding import Hit, Rule, Severity
from bot.diff_policy.places import Place
from bot.diff_policy.softened import softened

_COMMAND = re.compile(
    r"\|\|\s*(?:true\b|:(?=\s|$|\"|')|exit\s+0\b|\(exit 0\)|/bin/true\b|echo\b(?!.*exit\s+[1-9])|printf\b(?!.*exit\s+[1-9])|return\s+0\b|\$true)|;\s*(?:true|:|exit 0)\s*[\"']?,?\s*$|&&\s*\w*(?:rc|ret|stat|status|code|result|exit)\w*=0\b|\btrap\s+[\"'](?:true|:|exit 0|exit)[\"']?\s+.*\b(?:ERR|EXIT)\b"
    r"|^\s*set\s+\+\w*e|-(?:ErrorAction|EA)\s+(?:SilentlyContinue|Ignore|Continue)\b|\bset\s+\+o\s+(?:errexit|pipefail)|^\s*(?:-\s*)?exit\s+0\s*$|^\t-(?!-)\s*[\w$]|\|\|\s*\[\[?\s*\"?\$\?|\bmake\b.*\s(?:-k|-i|--keep-going|--ignore-errors)\b|^ {2,8}-[a-z]|--exit-zero\b|--no-error-on-|--warn-only\b|-fae\b|--fail-never\b|-fn\b"
    r"|maven\.test\.failure\.ignore|--continue-on-collection-errors|\bcatchError\b|\bcatch\s+\{\s*\}|--no-fail\b|\bErrorActionPreference\s*=\s*[\"']?(?:SilentlyContinue|Continue)"
)
_STOPS = re.compile(r"^\s*set\s+-\w*e|^\s*set\s+-o\s+errexit|^#!.*\s-\w*e\b")
_PIPES = re.compile(r"^\s*(?:set|shopt)\s.*\bpipefail\b")
_OR = re.compile(
    r"\|\|\s*(?!\s*(?:exit\s+(?:[1-9]|\$)|return\s+(?:[1-9]|\$)|false\b|die\b|fail\w*\b|error\b|abort\b|[\[{(!]|throw\b|raise\b|make\b|npm\b|yarn\b|pip\b|python|\w+=(?:[1-9]|\$\?)|\w+=\"?\$))\S"
)
_CLEANING = re.compile(
    r"\b(?:grep|egrep|rm|rmdir|kill|pkill|killall|mkdir|umount|unlink|which|command -v|docker (?:rm|stop|kill|network|volume|logs)|docker-compose down|docker compose down"
    r"|kubectl delete|helm uninstall|launchctl|systemctl stop|git (?:branch -D|tag -d|worktree remove)|diff|userdel|read|wait|shopt|unset|cat|ls|stat|expr|let|deactivate)\b[^|;&]*\|\|"
)
_SETTING = re.compile(
    r"\bcontinue-on-error\s*:\s*(?!false\b|[\"']?false)\S|\bcontinueOnError\s*:\s*(?!false)\S|\ballow_failure\s*:\s*(?!false)\S*|\bignore_outcome\s*=\s*(?:true|1)|\bfailed_when\s*:\s*(?:false|no)\b|\bignore_unreachable\s*:\s*(?:true|yes)|\bignore_errors\s*:\s*(?:true|yes)"
    r"|<testFailureIgnore>\s*true|\btestFailureIgnore\b|\bignoreFailures\s*=\s*true|\bignoreFailures\.set\(true|\bfailOnError\s*[=>]\s*[\"']?false|\bhaltonfailure\s*=\s*[\"']?(?:false|no)"
    r"|\bfailOnViolation\s*[=>]\s*[\"']?false|\bfail_ci_if_error\s*:\s*false|\bsoft_fail\s*:\s*true|\bignore_exit_status|\bignore-failures?\b\s*[=:]\s*true|\babortOnError\s*(?:=\s*)?false"
    r"|\bwarningsAsErrors\s*=?\s*false|\bbail\s*:\s*false|\bfailOnWarning\s*[=>:]\s*[\"']?false|\bstopOnFailure\s*=\s*[\"']false|\bexit_code\s*:\s*0\b|\bfail-fast\s*:\s*never|^\s*failure\s*:\s*ignore|\ballow_failures\s*:|\bsuccess_codes\s*=\s*\[\s*0\s*,|\bbuildResult\s*:\s*[\"']SUCCESS|\bdangerouslyIgnoreUnhandledErrors\s*:\s*true|\bignoreExitValue\s*=?\s*true|\bisIgnoreExitValue\s*=\s*true|\bfailWhenNoTests|--forgiving|^\s*--fail-never|^\s*-fn\b"
)
_BROAD = {
    "python": re.compile(r"^\s*except\s*(?:\(?\s*(?:(?:Base)?Exception\b|AssertionError\b)[^:]*)?:|\bsuppress\(\s*(?:Base)?Exception\b"),
    "javascript": re.compile(r"\bcatch\s*(?:\(\s*\w*(?:\s*:\s*\w+)?\s*\))?\s*\{|\.catch\(\s*(?:\(\s*\w*\s*\)|\w+)\s*=>\s*(?:\{\s*\}|undefined|null|void 0|\(\s*\{\s*\}\s*\))|\.catch\(\s*noop"),
    "java": re.compile(r"\bcatch\s*\(\s*(?:final\s+)?(?:Exception|Throwable|RuntimeException|Error|AssertionError)\b[^)]*\)"),
    "kotlin": re.compile(r"\bcatch\s*\(\s*\w+\s*:\s*(?:Exception|Throwable|RuntimeException|AssertionError)\s*\)|^\s*runCatching\b(?!.*\bgetOrThrow|.*\bonFailure)"),
    "scala": re.compile(r"\bcase\s+(?:_|NonFatal\(_\)|_\s*:\s*(?:Throwable|Exception))\s*=>\s*(?:\(\)|None|null)?\s*\}?$|^\s*Try\s*[({](?!.*\.get\b)"),
    "csharp": re.compile(r"\bcatch\s*(?:\(\s*Exception\b[^)]*\))?(?:\s*when\s*\([^)]*\))?\s*(?:\{|$)"),
    "ruby": re.compile(r"\brescue\s+(?:nil|false|true)\b|^\s*rescue\s*(?:=>\s*\w+|StandardError\b.*|Exception\b.*)?$"),
    "php": re.compile(r"\bcatch\s*\(\s*\\?(?:Throwable|Exception|Error)\b[^)]*\)|=\s*@\w+\(|^\s*@\w+\("),
    "go": re.compile(r"\brecover\(\)"),
    "rust": re.compile(r"\bcatch_unwind\b|^\s*let\s+_\s*=|\.ok\(\);$"),
    "cpp": re.compile(r"\bcatch\s*\(\s*(?:\.\.\.|(?:const\s+)?std::exception\b[^)]*)\)"),
    "swift": re.compile(r"^\s*(?:_\s*=\s*)try\?|^\s*try\?|\bcatch\s*\{"),
    "elixir": re.compile(r"^\s*_\w*(?:\s*:\s*_\w*){1,2}\s*->|^\s*_\w*\s*->\s*(?::ok|nil|:error)?\s*$|^\s*rescue\s*$"),
    "dart": re.compile(r"\bcatch\s*\(\s*_|\bon\s+Exception\b"),
    "shell": re.compile(r"(?!)"),
}  # fmt: skip
_AT_ONCE = re.compile(
    r"^\s*_\w*(?:\s*:\s*_\w*){1,2}\s*->\s*\S|\{\s*\}|\brescue\s+(?:nil|false|true)\b|=>\s*(?:\{\s*\}|undefined|null|void 0)|noop|\bsuppress\(|_\s*=\s*recover|=\s*@\w+\(|^\s*@\w+\(|try\?|^\s*runCatching|^\s*Try\s*[({]|=>\s*(?:\(\)|None|null)?\s*\}?$|^\s*let\s+_\s*=|\.ok\(\);$"
)
_QUIET = re.compile(
    r"^\s*(?:pass|\.\.\.|continue|break|return\b(?!.*\w\([^)]).{0,40}|[})\]]+;?|end|nil|null|true|false|None|\{|\})?\s*;?\s*$"
)
_LOUD = re.compile(
    r"\b(?:raise|throw|rethrow|fail|assert\w*|expect\w*|exit|panic|reject|abort|Fatal\w*|Error\w*|die|next\(|done\(|cb\()\b|\bthrow;|XCTFail|\?\?"
)
_LOOK = 5
_NEEDS_TEST = {"rust", "swift", "kotlin", "scala", "elixir"}
"""Where the shape is ordinary in product code."""


def find(change: Change) -> Iterator[Hit]:
    """By the kind of file."""
    for file in change.files:
        if file.place in {Place.DOCS, Place.LOCK, Place.VENDORED, Place.SNAPSHOT}:
            continue
        commands = file.runs_things or file.language in {"shell", "data"}
        if commands:
            yield from _in_commands(file, change)
            yield from _asked_only(file, change)
            yield from _declared(file, change)
        if file.is_code and file.language in _BROAD:
            yield from _in_code(file, change)
        if file.is_code:
            yield from disarmed(file, change)
            yield from returned_well(file, _BROAD.get(file.language))
            yield from dropped(file, change)
            yield from softened(file, change)


def _in_commands(file: ChangedFile, change: Change) -> Iterator[Hit]:
    restored = sum(bool(re.match(r"\s*set\s+-\w*e", x.text)) for x in file.added)
    last = _last_line(file)
    tidying = _tidying(file)
    yield from _unguarded(file, change)
    for line in file.added:
        if not line.code or change.is_moved_here(line):
            continue
        if _SETTING.search(line.code) and not _had(_SETTING, line, file):
            yield Hit(file, line, "A failure of this step is ignored.")
            continue
        found = _COMMAND.search(line.code) or (_lost(line, file) if runs(line.text) else None)
        if not found or _had(_COMMAND, line, file):
            continue
        what = found[0].strip()
        if what.startswith("set") and restored:
            restored -= 1
        elif (what.startswith(("exit", "- exit")) and line is not last) or (
            line.text.lstrip().startswith("-")
            and what.startswith("-")
            and file.path.rpartition("/")[2].lower()
            not in {
                "makefile",
                "gnumakefile",
                "justfile",
            }
        ):
            continue
        else:
            tidy = (
                _POWERSHELL_TIDIES.search(line.code)
                or (what.startswith("||") and _CLEANING.search(line.code))
                or (line in tidying and not runs(line.text))
            )
            yield Hit(file, line, severity=Severity.NOTICE if tidy else Severity.BLOCK)


def _lost(line: CodeLine, file: ChangedFile) -> re.Match[str] | None:
    """Where a command that checks hands its failure to nobody: to another command, a pipe, the background."""
    piped = (
        None
        if any("pipefail" in x.text for h in file.hunks for x in h)
        else _PIPED.search(line.code)
    )
    return _OR.search(line.code) or piped or _BACKGROUND.search(line.code)


_PIPED = re.compile(
    r"(?<!\|)\|\s*(?:e?grep|sed|awk|cat|head|tail|sort|less|ts|perl|cut|uniq|tr|column)\b"
)
_BACKGROUND = re.compile(r"[\w./\"']\s+&\s*$")


def _unguarded(file: ChangedFile, change: Change) -> Iterator[Hit]:
    """A script that ended at the first failure, or saw it in a pipe, and does not any more."""
    stopping = any(_STOPS.match(x.code) for x in file.added)
    piped = any("pipefail" in x.code for x in file.added)
    for line in file.removed:
        if change.is_kept_elsewhere(line):
            continue
        if _STOPS.match(line.code) and not stopping:
            yield Hit(file, line, "The script no longer ends at the first failure.")
        elif _PIPES.match(line.code) and not piped:
            yield Hit(file, line, "A failure at the head of a pipe is no longer seen.")


def _tidying(file: ChangedFile) -> frozenset[CodeLine]:
    """Added lines of targets and functions that clean up, where a miss is no failure."""
    found: set[CodeLine] = set()
    for hunk in file.hunks:
        inside = False
        for line in hunk:
            if head := _UNIT.match(line.text):
                inside = bool(_TIDIES.search(head[1]))
            elif inside and line.mark == "+":
                found.add(line)
    return frozenset(found)


_POWERSHELL_TIDIES = re.compile(
    r"\b(?:Remove-\w+|Get-\w+|Stop-\w+|Test-Path|Unregister-\w+)\b.*-(?:ErrorAction|EA)\s",
    re.IGNORECASE,
)
_UNIT = re.compile(r"^(?:function\s+)?([A-Za-z_.][\w.-]{0,60})\s*(?:\(\)|:(?!=))")
_TIDIES = re.compile(
    r"clean|clobber|teardown|tear_down|\bdown\b|\bstop\b|purge|prune|reset|destroy|uninstall"
)


_DECLARES = re.compile(
    r"^\s*(?:validation|precondition|postcondition|lifecycle_check)\s*\{|^\s*(?:additionalProperties|additional_properties)\s*:\s*false|^\s*-?\s*(?:not_null|unique|accepted_values|relationships)\b"
)


def _declared(file: ChangedFile, change: Change) -> Iterator[Hit]:
    """A check that is declared with what it is about, and went while that stayed."""
    for block in file.blocks:
        went = next((x for x in block.removed if _DECLARES.match(x.code)), None)
        if (
            went
            and not block.added
            and not change.is_kept_elsewhere(went)
            and block.before
            and block.after
        ):
            yield Hit(file, went, "A check was taken out.")


def _asked_only(file: ChangedFile, change: Change) -> Iterator[Hit]:
    """`if ! make lint; then echo ...; fi`: the command runs, and its failure is told to nobody."""
    for block in file.blocks:
        ends = any(_ENDS.search(x.code) for x in block.added)
        for line in block.added:
            found = _ASKED.match(line.code)
            if not found or ends or not runs(line.text) or change.is_moved_here(line):
                continue
            if any(x.bare.rstrip(";") in line.text for x in block.beside(line) if x.bare):
                yield Hit(file, line)


_ASKED = re.compile(r"^\s*(?:if|while|until|unless)\s+(?:!\s*)?\S")
_ENDS = re.compile(r"\b(?:exit|return)\s+(?:[1-9]|\$)|\bfalse\b|\w+=(?:1|\$\?)|\bfail\w*\b")


def _had(pattern: re.Pattern[str], line: CodeLine, file: ChangedFile) -> bool:
    """Whether the line that it replaces did so already."""
    return any(pattern.search(x.code) for x in file.block_of[line].beside(line))


def _last_line(file: ChangedFile) -> CodeLine | None:
    """The last line of a hunk after which only blanks come: an `exit 0` there decides."""
    for hunk in reversed(file.hunks):
        left = [x for x in hunk if x.mark != "-" and x.code.strip()]
        return left[-1] if left else None
    return None


def _in_code(file: ChangedFile, change: Change) -> Iterator[Hit]:
    pattern = _BROAD[file.language]
    for hunk in file.hunks:
        for index, line in enumerate(hunk):
            if line.mark != "+" or not pattern.search(line.code) or change.is_moved_here(line):
                continue
            if file.language in _NEEDS_TEST and not line.in_test and not _gives_up(hunk, index):
                continue
            if _caught_before(hunk, index, pattern):
                continue
            after = [x for x in hunk[index + 1 : index + 1 + _LOOK] if x.mark != "-"]
            if (
                _AT_ONCE.search(line.code)
                or _is_quiet(after)
                or (line.in_test and not any(_LOUD.search(x.code) for x in after))
            ):
                yield Hit(file, line)
            elif not line.in_test and not any(_LOUD.search(x.code) for x in after):
                yield Hit(file, line, severity=Severity.NOTICE)


_ERLANG_ARM = re.compile(r"^\s*_\w*(?:\s*:\s*_\w*){1,2}\s*->")


def _gives_up(hunk: tuple[CodeLine, ...], index: int) -> bool:
    """Whether Elixir's `rescue` is followed by an arm that takes anything, and calls it well."""
    if _ERLANG_ARM.match(hunk[index].code):
        return not any(_LOUD.search(x.code) for x in hunk[index : index + 2])
    arm = hunk[index + 1] if index + 1 < len(hunk) else None
    return bool(
        arm
        and re.match(r"\s*rescue\s*$", hunk[index].code)
        and re.match(r"\s*_\w*\s*->\s*(?::ok|nil|\{:ok|\[\]|%\{\}|true|false)", arm.code)
    )


def _caught_before(hunk: tuple[CodeLine, ...], index: int, pattern: re.Pattern[str]) -> bool:
    """Whether the handler stood there before, and only its text changed."""
    return any(
        x.mark == "-" and pattern.search(x.code) for x in hunk[max(0, index - 6) : index + 6]
    )


def _is_quiet(after: list[CodeLine]) -> bool:
    """Whether the handler's first line does nothing; later ones are not its own any more."""
    body = [x for x in after if x.code.strip()]
    first = next((x for x in body if x.code.strip() != "{"), None)
    return first is None or bool(_QUIET.match(first.code))


RULE = Rule(
    id="swallowed-failures",
    why="A failure is swallowed instead of repaired.",
    legitimate="The failure is expected there and of no consequence, as when cleaning up.",
    find=find,
    spares_new_tests=True,
)
