"""How much a line says about a failure when no format knows it: wording, place, novelty.

The numbers are judgements, on the scale of a format's own parts (a cause is worth 10).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.evidence.vocabulary import FAILURE_WORDS
from bot.log_formats import Line

WORDS = tuple(FAILURE_WORDS)
_WORTH = tuple(FAILURE_WORDS.values())
_READ = 400
"""Characters of a line that are judged."""

_SHAPES: tuple[tuple[float, str, re.Pattern[str]], ...] = tuple(
    (worth, why, re.compile(source))
    for worth, why, source in (
        (
            8.0,
            "an error with a place",
            (
                r"\s*(?:[A-Za-z]:)?[^\s:()]*\w\.\w+[:(]\d+(?:[:,.]\d+)*\)?:?[ -]*"
                r"(?:(?i:fatal |syntax |internal |compile[r]? )?(?i:error)\b|[EF]\d{3})"
            ),
        ),
        (
            7.5,
            "starts with an error",
            (
                r"\W{0,4}(?:[\w./@-]{1,40}: ){0,2}(?i:fatal|(?:\w+ )?error|panic|fehler|abort)"
                r"(?:[\[(][\w:-]+[\])])?(?: [A-Z]\w+)?:"
            ),
        ),
        (
            7.0,
            "an exception",
            (
                r"\W{0,6}(?:Caused by: |raise |Unhandled \w+: |Uncaught )?"
                r"(?:[\w$]{1,60}[.:\\]{1,2}){0,9}"
                r"[A-Z]\w*(?:Error|Exception|Failure|Fault|Exit|Warning)(?::|$| -)"
            ),
        ),
        (
            7.0,
            "a marked failure",
            r"\s*(?:❌|✗|✘|✖|×|⨯|🔴|⛔|🚨|\[(?i:fail|fatal|error)\w*\]|FAIL(?:ED|URE)?\b)\W*\w",
        ),
    )
)
_UPPER = re.compile(r"\b(?:FAIL(?:ED|URES?)?|FATAL|ERRORS?|PANIC)\b")
_PART_OF_NAME = frozenset("-_/\\@=$")
_SUFFIXES = frozenset({"error", "exception", "fail"})
_ROUTINE = re.compile(
    r"\s*(?:✓|✔|√|ok\b|PASS(?:ED)?\b|\[?\s*OK\s*\]|SKIP(?:PED)?\b|--- PASS|Collecting |Download|Install"
    r"|Unpacking |Selecting |Setting up |Get:\d|Preparing |Requirement already|Compiling |Fetching "
    r"|Using cached|Extracting |Receiving |adding: |inflating: |added \d|remote: |Checking out|Copying "
    r"|Processing triggers|Adding |creating |copying |npm (?:warn|notice)|hint: |\+\+\+ |--- [ab]/"
    r"|\* \[new |note: |diff --git|index [0-9a-f]{7}|checking (?:for|whether|how|if) "
    r"|(?:\[ *\d+(?: of |/)\d+\] |\[ *\d+%\] )(?:Compiling|Building|Linking|Checking|Generating) )"
)
_COUNTED = (
    r"(?:errors?|failures?|failed|fail(?:s|ing)?|problems?|exceptions?|panics?|crashe[sd]"
    r"|vulnerabilities|conflicts?|violations?|issues?)"
)
_COUNT_OF = (
    rf"\b(?:\w+_)?{_COUNTED}(?:[ _-]?(?:count|total|rate|found|number|tests?))?(?:\(s\))?[\"']?"
    r"(?: ?[:=]| is| was|\.{2,})? {0,8}"
)
"""What stands before a number that counts failures: `errors=`, `error count: `, `Failed:     `."""
_FINE = re.compile(
    rf"(?i)\b(?:0(?: of \d+)?(?: \w+)?|no|zero|without) (?:\w+ )?{_COUNTED}\b"
    rf"|{_COUNT_OF}(?:0+|none|null|false|\[\])%?(?!\w|\.\d| [a-z]+ [a-z])"
    r"|\bexit(?:ed)?(?: with)? (?:code|status)[ :=]*0(?!\w|\.\d)"
)
_NOTHING = re.compile(r"0|\b[Nn]o(?:ne)?\b|\bN(?:O|ONE)\b|[Zz]ero|null|false|without|\[\]")
_SOME = re.compile(
    rf"(?i)(?<!\bof )\b0*[1-9]\d* (?:[a-z]+ )?{_COUNTED}\b|{_COUNT_OF}0*[1-9]"
    r"|\b[1-9]\d* (?:timed out|errored|broken|undefined|crashed|unexpected|unresolved)\b"
    r"|\bexit(?:ed)?(?: with)? (?:code|status)[ :=]*[1-9]"
)
_SOME_OF = re.compile(r"(?i)\b(?:\w+_)?(?:errors|failures|failed|failing)=0*[1-9]\d*\b")
_COUNT_WORTH = 4.5
NONE_FAILED = 0.15
"""What is left of the worth of a line by which nothing failed."""
_ENDS_FINE = re.compile(r"\.\.+ *(?:ok|OK|passed|skipped|done|yes)\b|\b(?:PASSED|SKIPPED|SKIP)\b")
_LOW_LEVEL = re.compile(
    r"(?i)\W{0,4}(?:\S+ ){0,3}?\[?(?:warn(?:ing)?|deprecat\w+|notice|info|debug|trace|note)\b[\]:]?"
    r"|\S+:\d+:(?:\d+:)? (?:warning|note|info)\b|\S+\(\d+(?:,\d+)?\): (?:warning|note)\b"
)
_ENDED = re.compile(
    r"(?:Error: )?Process completed with exit code (?!1\.)|The command \".{0,300}\" (?:exited with|failed)"
)
_TRAILER = re.compile(
    r"(?:Error: )?Process completed with exit code|npm (?:ERR!|error) (?:A complete log|errno|code ELIFECYCLE|path "
    r"|lifecycle|workspace |location|command )|.{0,60}ELIFECYCLE|This is probably not a problem with npm"
    r"|error Command failed|info Visit https|.{0,12}\[Help \d\]|.{0,12}Re-run Maven|.{0,12}To see the full"
    r" stack trace|.{0,12}For more information about|.{0,12}mvn <args>|\* Try:|> Run with --"
    r"|> Get more help|\* Get more help|Your build exited"
    r"|Done\. Your build|.{0,60}The process '.{0,300}' failed with exit code|exit status \d+$"
    r"|make(?:\[\d+\])?: (?:Leaving|Entering|Target)|.{0,40}some errors occurred"
)
_CODE = re.compile(
    r"\s*(?:at |#\d+ |\d+ *\||> *\d+ *\||File \"|from |in `|\|)"
    r"|.{0,200}(?:[;{,]|=> \{|\) \{)$"
)
_HINT = re.compile(r"(?i)\b(?:\w*error|fatal|fail(?:ed|ure)?|\w*exception|panic)\b")
_NORMAL = re.compile(r"0x[0-9a-fA-F]+|\b[0-9a-f]{7,}\b|\d+")
_LETTERS = re.compile(r"[A-Za-z]+(?:[-_.][A-Za-z0]+)*")


def score(line: Line, words: Iterable[int]) -> tuple[float, str]:
    """Worth of a line that holds these `words` (numbers in `WORDS`), and why.

    Its place is not considered.
    """
    text = line.text[:_READ]
    if not text or line.marker in {"debug", "group", "command", "section"}:
        return 0.0, ""
    if _ENDED.match(text):
        return (0.3 if "exited with 0" in text else 4.0), "how the step ended"
    if _TRAILER.match(text):
        return 0.8, "a trailer"
    worth, why = next(((w, y) for w, y, shape in _SHAPES if shape.match(text)), (0.0, ""))
    if not worth:
        worth, why = _by_words(text, words)
    if worth < _COUNT_WORTH and _SOME_OF.search(text):
        worth, why = _COUNT_WORTH, "a count of failures"
    if line.marker == "error":
        worth, why = max(worth, 4.0) + 2.5, why or "marked by the runner"
    elif line.marker in {"warning", "notice"}:
        worth *= 0.3
    if worth < 2:
        return worth, why
    return worth * _doubt(text), why


def _doubt(text: str) -> float:
    """1 for a line that means what its words say, less for the usual false alarms."""
    factor = 1.0
    if _ROUTINE.match(text) or _ENDS_FINE.search(text):
        factor *= 0.1
    if none_failed(text):
        factor *= NONE_FAILED
    if _LOW_LEVEL.match(text):
        factor *= 0.3
    if _CODE.match(text):
        factor *= 0.5
    return factor


def none_failed(text: str) -> bool:
    """Whether the line says of failures only that there was none: `0 errors`, `failed: 0`."""
    return bool(_NOTHING.search(text) and _FINE.search(text) and not _SOME.search(text))


def _by_words(text: str, words: Iterable[int]) -> tuple[float, str]:
    lowered = text.lower()
    found = [(_WORTH[n], WORDS[n]) for n in words if n < len(WORDS) and _stands(WORDS[n], lowered)]
    if not found:
        return 0.3, "a word of failure inside of a name"
    worth, word = max(found)
    if _UPPER.search(text):
        worth = max(worth, 6.0)
    return worth + min(1.0, 0.4 * (len(found) - 1)), f"“{word.strip()}”"


def _stands(word: str, text: str) -> bool:
    """Whether `word` stands somewhere in `text` other than inside of a name such as a path."""
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        while end < len(text) and text[end].isalpha():
            end += 1
        if _is_free(text, start, end, word):
            return True
        start = text.find(word, end)
    return False


def _is_free(text: str, start: int, end: int, word: str) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    if before in _PART_OF_NAME or after in _PART_OF_NAME:
        return False
    if before.isalpha() and word[0].isalpha():  # `TypeError:` is an error, `MonadFail` is a name
        return word in _SUFFIXES and after in " :,)'\"]"
    dotted = after == "." and end + 1 < len(text) and text[end + 1].isalnum()
    return not dotted and not (before == "." and start > 1 and text[start - 2].isalnum())


def template(text: str) -> str:
    """What stays the same in lines that are printed again and again."""
    return _NORMAL.sub("0", text[:200]).strip()


def skeleton(text: str) -> str:
    """The shape of a line: what lists of like things share."""
    return _LETTERS.sub("a", _NORMAL.sub("0", text[:160]))


def novelty(ordered: Iterable[tuple[int, str, str]]) -> dict[int, float]:
    """A factor for each `(index, text, why)` in log order: what was said before says less.

    The same text counts once; the same shape, and the same kind of line, a little less each time.
    """
    texts: dict[str, int] = {}
    shapes: dict[str, int] = {}
    kinds: dict[str, int] = {}
    factors: dict[int, float] = {}
    for index, text, why in ordered:
        key, shape = template(text), skeleton(text)
        said, alike, kind = texts.get(key, 0), shapes.get(shape, 0), kinds.get(why, 0)
        texts[key], shapes[shape], kinds[why] = said + 1, alike + 1, kind + 1
        factor = 0.3 / said if said else 1.0
        factors[index] = factor / ((1 + 0.2 * alike) * (1 + 0.06 * kind))
    return factors


def hint(text: str) -> int:
    """Where in a long line the first word of failure stands, 0 without one."""
    found = _HINT.search(text)
    return found.start() if found else 0
