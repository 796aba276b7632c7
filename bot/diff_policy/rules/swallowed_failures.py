"""Failures that still happen and that nobody hears of: in commands, in settings, in code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.diff_policy.change import Change, ChangedFile, CodeLine
from bot.diff_policy.commands import runs
from bot.diff_policy.finding import Hit, Rule, Severity
from bot.diff_policy.places import Place

_COMMAND = re.compile(
    r"\|\|\s*(?:true\b|:(?=\s|$|\"|')|exit\s+0\b|\(exit 0\)|/bin/true\b|echo\b(?!.*exit\s+[1-9])|printf\b(?!.*exit\s+[1-9])|return\s+0\b|\$true)|;\s*(?:true|:|exit 0)\s*[\"']?,?\s*$|&&\s*\w*(?:rc|ret|stat|status|code|result|exit)\w*=0\b|\btrap\s+[\"'](?:true|:|exit 0|exit)[\"']?\s+.*\b(?:ERR|EXIT)\b"
    r"|^\s*set\s+\+\w*e|\bset\s+\+o\s+(?:errexit|pipefail)|^\s*(?:-\s*)?exit\s+0\s*$|^\t-(?!-)\s*\w|^ {2,8}-[a-z]|--exit-zero\b|--no-error-on-|--warn-only\b|-fae\b|--fail-never\b|-fn\b"
    r"|maven\.test\.failure\.ignore|--continue-on-collection-errors|\bcatchError\b|\bcatch\s+\{\s*\}|--no-fail\b|\bErrorActionPreference\s*=\s*[\"']?(?:SilentlyContinue|Continue)"
)
_STOPS = re.compile(r"^\s*set\s+-\w*e|^\s*set\s+-o\s+errexit|^#!.*\s-\w*e\b")
_OR = re.compile(
    r"\|\|\s*(?!\s*(?:exit\s+(?:[1-9]|\$)|return\s+(?:[1-9]|\$)|false\b|die\b|fail\w*\b|error\b|abort\b|[\[{(!]|throw\b|raise\b|make\b|npm\b|yarn\b|pip\b|python|\w+=(?:[1-9]|\$\?)|\w+=\"?\$))\S"
)
_CLEANING = re.compile(
    r"\b(?:grep|egrep|rm|rmdir|kill|pkill|killall|mkdir|umount|unlink|which|command -v|docker (?:rm|stop|kill|network|volume|logs)|docker-compose down|docker compose down"
    r"|kubectl delete|helm uninstall|launchctl|systemctl stop|git (?:branch -D|tag -d|worktree remove)|diff|userdel|read|wait|shopt|unset|cat|ls|stat|expr|let|deactivate)\b[^|;&]*\|\|"
)
_SETTING = re.compile(
    r"\bcontinue-on-error\s*:\s*(?!false\b|[\"']?false)\S|\bcontinueOnError\s*:\s*(?!false)\S|\ballow_failure\s*:\s*(?!false)\S*|\bignore_outcome\s*=\s*(?:true|1)|\bignore_errors\s*:\s*(?:true|yes)"
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
    "csharp": re.compile(r"\bcatch\s*(?:\(\s*Exception\b[^)]*\))?\s*(?:\{|$)"),
    "ruby": re.compile(r"\brescue\s+(?:nil|false|true)\b|^\s*rescue\s*(?:=>\s*\w+|StandardError\b.*|Exception\b.*)?$"),
    "php": re.compile(r"\bcatch\s*\(\s*\\?(?:Throwable|Exception|Error)\b[^)]*\)|=\s*@\w+\(|^\s*@\w+\("),
    "go": re.compile(r"\brecover\(\)"),
    "rust": re.compile(r"\bcatch_unwind\b|^\s*let\s+_\s*=|\.ok\(\);$"),
    "cpp": re.compile(r"\bcatch\s*\(\s*(?:\.\.\.|(?:const\s+)?std::exception\b[^)]*)\)"),
    "swift": re.compile(r"^\s*(?:_\s*=\s*)try\?|^\s*try\?|\bcatch\s*\{"),
    "elixir": re.compile(r"^\s*_\w*\s*->\s*(?::ok|nil|:error)?\s*$|^\s*rescue\s*$"),
    "dart": re.compile(r"\bcatch\s*\(\s*_|\bon\s+Exception\b"),
    "shell": re.compile(r"(?!)"),
}  # fmt: skip
_AT_ONCE = re.compile(
    r"\{\s*\}|\brescue\s+(?:nil|false|true)\b|=>\s*(?:\{\s*\}|undefined|null|void 0)|noop|\bsuppress\(|_\s*=\s*recover|=\s*@\w+\(|^\s*@\w+\(|try\?|^\s*runCatching|^\s*Try\s*[({]|=>\s*(?:\(\)|None|null)?\s*\}?$|^\s*let\s+_\s*=|\.ok\(\);$"
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
        if file.is_code and file.language in _BROAD:
            yield from _in_code(file, change)
        if file.is_code:
            yield from _disarmed(file, change)
            yield from _returned_well(file)


def _in_commands(file: ChangedFile, change: Change) -> Iterator[Hit]:
    restored = sum(bool(re.match(r"\s*set\s+-\w*e", x.text)) for x in file.added)
    last = _last_line(file)
    for line in file.removed:
        stops = _STOPS.match(line.code) and not change.is_kept_elsewhere(line)
        if stops and not any(_STOPS.match(x.code) for x in file.added):
            yield Hit(file, line, "The script no longer ends at the first failure.")
    for line in file.added:
        if not line.code or change.is_moved_here(line):
            continue
        if _SETTING.search(line.code) and not _had(_SETTING, line, file):
            yield Hit(file, line, "A failure of this step is ignored.")
            continue
        found = _COMMAND.search(line.code) or (_OR.search(line.code) if runs(line.text) else None)
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
            tidy = what.startswith("||") and _CLEANING.search(line.code)
            yield Hit(file, line, severity=Severity.NOTICE if tidy else Severity.BLOCK)


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
    for block in file.blocks:
        if any(x is line for x in block.added):
            return any(pattern.search(x.code) for x in block.removed)
    return False


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


def _disarmed(file: ChangedFile, change: Change) -> Iterator[Hit]:
    """A call that could fail stands there again, and what it reports is dropped."""
    for block in file.blocks:
        for line in block.added:
            found = _DROPS.search(line.code)
            if _PASSED_ON.search(line.code):
                continue
            if (
                not found
                or change.is_moved_here(line)
                or any(_DROPS.search(x.code) for x in block.beside(line))
            ):
                continue
            words = set(_WORDS.findall(line.code)) - _IDIOMS
            if any(
                len(was) > 1 and was <= words
                for x in block.beside(line)
                if (was := set(_WORDS.findall(x.code)) - _IDIOMS)
            ) or _SILENCES.search(line.code):
                yield Hit(file, line)
    for line in file.added:
        if line.code and _SILENCES.search(line.code) and not change.is_moved_here(line):
            yield Hit(file, line)


_DROPS = re.compile(
    r"\.ok\(\)\s*;|\.unwrap_or_default\(\)|^\s*let\s+_\s*=|^\s*_(?:\s*,\s*_)*\s*=\s*\w|\btry\?|\.getOrNull\(\)|\.getOrDefault\(|\.getOrElse\s*\{\s*(?!throw)|\brunCatching\b"
    r"|\bTry\s*[({].*\.(?:toOption|getOrElse)|\.catch\(\s*(?:\(\s*\w*\s*\)|\w+|function\s*\(\w*\))\s*(?:=>)?\s*(?:\{\s*\}|undefined|null|void 0|\[\s*\]|\(\s*\{\s*\}\s*\))|\brescue\s+(?:nil|false|true|\[\]|\{\})"
    r"|\btry\s*\{.*\}\s*catch\s*(?:\([^)]*\))?\s*\{\s*\}|=\s*@\w+\(|\bignore\(|\(void\)\s*\w"
)
_PASSED_ON = re.compile(r"\?\s*;|\bgetOrThrow\b|\bonFailure\b|\bthrow\b|\braise\b")
_SILENCES = re.compile(
    r"\berror_reporting\(\s*0\s*\)|\bset_error_handler\(\s*(?:fn|function)\s*\([^)]*\)\s*(?:=>\s*true|\{\s*\})|\bwarnings\.(?:filterwarnings|simplefilter)\(\s*\"\"|\$VERBOSE\s*=\s*nil|\blogging\.disable\("
)
_WORDS = re.compile(r"[A-Za-z_]\w*")
_IDIOMS = frozenset(
    [
        "let",
        "const",
        "var",
        "val",
        "await",
        "return",
        "try",
        "catch",
        "if",
        "err",
        "nil",
        "Ok",
        "Err",
        "unwrap",
        "expect",
        "ok",
        "map_err",
        "fmt",
        "Errorf",
        "errors",
        "Wrap",
        "throw",
        "throws",
        "final",
        "auto",
    ]
)


def _gives_up(hunk: tuple[CodeLine, ...], index: int) -> bool:
    """Whether Elixir's `rescue` is followed by an arm that takes anything, and calls it well."""
    arm = hunk[index + 1] if index + 1 < len(hunk) else None
    return bool(
        arm
        and re.match(r"\s*rescue\s*$", hunk[index].code)
        and re.match(r"\s*_\w*\s*->\s*(?::ok|nil|\{:ok|\[\]|%\{\}|true|false)", arm.code)
    )


def _returned_well(file: ChangedFile) -> Iterator[Hit]:
    """Where an error had been handed on, a value is returned as though nothing were wrong."""
    for block in file.blocks:
        handed = [x for x in block.removed if _HANDED_ON.search(x.code)]
        if not handed or any(_HANDED_ON.search(x.code) for x in block.added):
            continue
        before = block.before.code if block.before else ""
        broad = _BROAD.get(file.language)
        caught = (broad and broad.search(before)) or re.search(r"\berr != nil\b", before)
        well = next(
            (x for x in block.added if re.match(r"\s*(?:return|pass|continue)\b", x.code)), None
        )
        if caught and well is not None:
            yield Hit(file, well)


_HANDED_ON = re.compile(
    r"^\s*(?:raise|throw|rethrow)\b|\breturn\b.*\b(?:err\w*|\w*[Ee]rror\w*)\b|\bpanic\(|Fatal"
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
