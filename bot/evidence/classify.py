"""What kind of failure it is, and the line that says so.

`infrastructure` is said only where the wording leaves no other reading and nothing that the
project could mend failed besides: a real failure that is taken for bad weather is never repaired.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.evidence.packages import package_is_missing
from bot.evidence.slices import Step
from bot.evidence.weigh import Weighed
from bot.log_formats import Finding, Line, Pattern
from bot.log_formats.network import names_public_service
from bot.outcomes import FailureClass

_C = FailureClass


@dataclass(frozen=True, slots=True)
class Verdict:
    """A class, and why, in a few words of ours and a line number."""

    kind: FailureClass
    reason: str


def _rules(
    *rows: tuple[FailureClass, str, str],
) -> tuple[tuple[FailureClass, str, Pattern], ...]:
    return tuple((kind, why, Pattern(source)) for kind, why, source in rows)


_EVENTS = _rules(
    (
        _C.TIMEOUT,
        "the time limit was exceeded",
        r"has timed out after \d+|exceeded the maximum execution time",
    ),
    (
        _C.INFRASTRUCTURE,
        "the runner was shut down",
        r"received a shutdown signal|lost communication with the server",
    ),
    (_C.CONFIG, "an action cannot be resolved", r"Unable to resolve action"),
)
_LIMIT = "a limit of a registry was reached"
_WEATHER = _rules(
    (
        _C.INFRASTRUCTURE,
        "the runner's disk is full",
        r"(?i)no space left on device|not enough space on the disk",
    ),
    (
        _C.INFRASTRUCTURE,
        "the runner was lost",
        r"(?i)runner has received a shutdown signal|lost communication with the server|The self-hosted runner .* lost",
    ),
    (
        _C.INFRASTRUCTURE,
        "an action could not be downloaded",
        r"Failed to download (?:archive|action)|Failed to resolve action download info",
    ),
    (
        _C.INFRASTRUCTURE,
        "a server failed",
        r"(?i)\b(?:HTTP(?:/[\d.]+)?|status(?: code)?|error|returned|response|code|E)[: =]*50[0234]\b|\b50[0234][: (\"]+(?:Bad Gateway|Service (?:Temporarily )?Unavailable|Gateway Time-?out|Internal Server Error)|\b(?:Bad Gateway|Gateway Time-?out)\b",
    ),
    (
        _C.INFRASTRUCTURE,
        _LIMIT,
        r"(?i)toomanyrequests: |API rate limit exceeded|^(?!\W*\[?429\]?\b)(?!.*\btests?\b).*too many requests",
    ),
    (
        _C.INFRASTRUCTURE,
        "the network failed",
        r"(?i)could not resolve host(?:name)?: |temporary failure in name resolution|getaddrinfo (?:EAI_AGAIN|ENOTFOUND)|TLS handshake timeout|connection reset by peer|ECONNRESET|ETIMEDOUT|network is unreachable|Failed to connect to \S+ port \d+|read: connection timed out|i/o timeout|Read timed out|INTERNAL_ERROR; received from peer|context deadline exceeded \(Client|https?://\S+.{0,200}context deadline exceeded|request canceled while waiting for connection|unexpected disconnect while reading sideband|early EOF|RPC failed; (?:curl|HTTP)|The requested URL returned error: 5\d\d|Connection timed out|no certificate subject alternative name matches|certificate has expired",
    ),
    (
        _C.INFRASTRUCTURE,
        "a package mirror failed",
        r"Hash Sum mismatch|Mirror sync in progress|Some index files failed to download",
    ),
)
_LOCAL = Pattern(
    r"(?i)localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0|host\.docker\.internal|\.local\b|\b(?:assert|expect|tests?\b)"
)
_HOST = Pattern(
    r"(?i)(?:\w://(?:[^/\s@]+@)?|\b(?:ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNRESET|host(?:name)?:?|connect to|lookup) )"
    r"[\"']?(?:[\w-]+\.)+[a-z]{2,}\b"
)
_CHECKED = Pattern(
    r"\s*(?:--- FAIL|FAIL(?:ED|URES?)?\b|not ok|[✗✘✖×✕]|\[\d{3}\] |\d+ failing|Tests?(?: run)?: +\d)"
)
"""A test or a link check that failed: what it was answered is its subject."""
_BOX = Pattern(r"[\s│|╷╵>]+")
_HINTS = _rules(
    (_C.TIMEOUT, "a time limit ended it", r"(?i)exited with 124\b|exit code 124\b|health ?check failed|(?:not|never) (?:become |became )?(?:ready|healthy)|did not (?:start|respond|become)|after \d+ (?:attempts|retries|tries)|(?<!test )timed out after \d|No output has been received|time limit exceeded|timeout reached|time(?:out|d out)(?: occurred)?(?: after| while| when)? waiting|gave up waiting"),
    (_C.CONFIG, "something is not permitted", r"(?i)resource not accessible by integration|permission .*denied to|not authorized to perform|denied: |authentication failed|bad credentials|(?:could not load|unable to locate|no|missing) (?:\w+ )?credentials|input required and not supplied|requires? (?:a )?(?:secret|token)|unauthorized|403 Forbidden|installation not allowed|invalid (?:api )?(?:key|token)|could not read Username|is not set\b|must be set|missing required|is invalid\b|security token|ImproperlyConfigured|no configuration file provided"),
    (_C.DEPENDENCY, "a dependency cannot be had", r"(?i)could not resolve dependenc|no matching (?:distribution|version|package)|ERESOLVE|lock ?file|missing go\.sum|resolution-too-deep|unsatisfiable|version solving failed|peer dep|unable to locate package|cannot be resolved|dependency conflict|requirements? .*conflict|npm ci|shared librar|Cannot find module ['\"]?(?![./'\"])|No module named|ModuleNotFoundError|requested module|requires? (?:go|node|python|php|ruby|java)\b.{0,30}\d|unsupported engine|vulnerab|404 Not Found|returned error: 404|\bE404\b|(?:hash|checksum) mismatch|vendor(?:Hash|ing\b)|do(?:es)? not match the checksum|has no installation candidate|unmet dependenc|held broken packages|no match for argument|unable to find a match|nothing provides|unable to select packages|no available formula|can't locate \S+\.pm|there is no package called|could not find (?:a version|gem|artifact|module|package|compatible version)|non-resolvable|could not resolve all|no required module provides|unknown revision|unable to find (?:package|a specification)|cannot load such file|cannot find package|ETARGET|notarget|ResolutionImpossible|metadata-generation-failed|failed building wheel|DistributionNotFound|VersionConflict|requires-python|failed to select a version|failed to load source for dependency|requires rustc|could not? find \w+ \(missing|no package '\S+' found|manifest (?:unknown|for \S+ not found)|pull access denied|have diverged|PackagesNotFound|failed to query available provider|version [`']GLIBC"),
    (_C.CONFIG, "the workflow asks for what is not there", r"(?i)unable to resolve action|couldn't find remote ref|Artifact not found|unable to find version|command not found|\d: \S+: not found|is not recognized as|(?<!fatal error: )\b(?!\S+\.h(?:pp)?: )\S+: No such file or directory|merge conflict|no rule to make target|remote branch .* not found|unable to process file command|Could not find task|unknown (?:option|flag|command)|flag provided but not defined|unrecognized (?:option|argument)|missing script|is not a valid (?:option|command)|environment variable|does not exist(?! in the current context)|not found in PATH|can't open file|cannot open"),
    (_C.TYPE, "a type checker objects", r"error TS\d+|incompatible type|is not assignable|\[attr-defined\]"),
    (_C.LINT, "a style check objects", r"(?i)would reformat|clang-format|\blint(?:er|ing)?\b|prettier|code style|trailing whitespace|\b[EWF]\d{3}\b|not formatted|please (?:re)?(?:build|format|run).*commit|banned|policy|must carry|missing (?:license|copyright) header|unknown word|misspell|spell-?check|cspell|typos|validity error"),
    (_C.COMPILE, "it does not compile", r"(?i)\bcompil|syntax ?error|undefined reference|linker|\bld\b|cannot find symbol|undeclared|\bunknown type\b|error: aborting|fatal error:|undefined \(type|unexpected (?:token|identifier)|parse error|not declared|collect2|relocation"),
    (_C.TEST, "a test failed", r"(?i)\btests? (?:failed|failing|timed out)|coverage (?:threshold|failure)|required test coverage|failing tests?|assert|\d+ failed|\bFAIL\b(?! code \d)|expected .* (?:got|but|to)|--- FAIL|\bspec\b|panicked"),
)  # fmt: skip


_COMMANDS = _rules(
    (_C.TYPE, "the step checks types", r"(?i)\b(?:mypy|pyright|tsc|type-?check\w*|types|flow check)\b"),
    (_C.LINT, "the step checks style", r"(?i)\b(?:\w*lint\w*|fmt|format\w*|prettier|ruff|flake8|black|isort|clippy|pre-commit|style|spell\w*|typos|checkstyle|spotless\w*|rubocop|phpcs|phpstan|analyze|tidy|policy|integrity|audit|license\w*|links?|bandit|codeql|check_\w+)\b"),
    (_C.TEST, "the step runs tests", r"(?i)\b(?:\w*tests?|pytest|jest|vitest|mocha|rspec|phpunit|cypress|playwright|e2e|coverage|specs?|verify|junit|ctest|nextest)\b"),
    (_C.DEPENDENCY, "the step installs dependencies", r"(?i)\b(?:install|npm ci|pip3?|restore|bundle|poetry|composer|mod (?:download|tidy)|apt(?:-get)?|dependenc\w+|pub get|setup|requirements)\b"),
    (_C.COMPILE, "the step builds", r"(?i)\b(?:build|compile|make|cmake|ninja|gradlew?|mvn|cargo|go|xcodebuild|webpack|vite|bundle|nix|docker|bazel|assemble|dist)\b"),
    (_C.CONFIG, "the step deploys", r"(?i)\b(?:deploy\w*|publish|release|push|login|terraform|helm|kubectl|aws|gcloud|az|gh|upload|checkout|clone)\b"),
)  # fmt: skip
_PREPARING = {_C.COMPILE: 1, _C.DEPENDENCY: 2, _C.CONFIG: 3}
"""What a step with several commands is least likely to be there for."""
_TIMEOUT_CODE = 124  # of coreutils' timeout
_STEP_VOTE = 3.0
_SCRIPT = 600
"""Characters of a step's script that are looked at."""
_OFTEN_WEATHER = frozenset({_C.DEPENDENCY, _C.CONFIG, _C.INFRASTRUCTURE})
"""Where nothing but these is found, a service that did not answer explains the others."""
_JUDGES = frozenset({"network", "signals"})
"""Tools whose `unknown` is a judgement: they have looked for who is to blame."""
_LAST = {_C.INFRASTRUCTURE: 1, _C.UNKNOWN: 2}
_TOP = 4
_OWN_LINES = 12
_LATER_STEP = 0.3
"""What a step says that ran although another had failed: the first is why the job is red."""
_ABOVE, _BLOCK = 6, 60
"""Lines around a finding in which the project's own names are looked for."""
_DRIVERS = frozenset({
    "gradle", "maven", "ant", "sbt", "make", "cmake", "ninja", "bazel", "nix", "docker build", "npm",
    "Yarn", "pnpm", "dotnet", "xcodebuild", "mix", "cabal", "step", "shell", "powershell", "runner",
})  # fmt: skip
"""Tools that run others: their class is a guess, their message tells."""


def classify(jobs: Sequence[Weighed], notes: Sequence[str] = ()) -> Verdict:
    """The class of the first cause in the first failed step of the first job that has one.

    `notes` are what GitHub says of the jobs: only it knows of a runner that was lost.
    """
    for note in notes:
        for kind, why, pattern in _EVENTS:
            if pattern.search(note):
                return Verdict(kind, f"{why}, says GitHub")
    verdicts = [_of_job(job) for job in [j for j in jobs if j.is_final] or jobs]
    verdicts.sort(key=lambda verdict: _LAST.get(verdict.kind, 0))  # one that can be mended decides
    if verdicts and verdicts[0].reason:
        return verdicts[0]
    return Verdict(_C.UNKNOWN, "nothing in the log says what kind of failure it is")


def _of_job(job: Weighed) -> Verdict:
    event = _event(job)
    if event:
        return event
    top = list(_top_lines(job))
    found = [(f, _class_of(job, f)) for f in job.findings if job.place_factor(f.first) == 1.0]
    known = [(f, kind) for f, kind in found if kind is not _C.UNKNOWN]
    doubted = any(f.diagnostic.tool in _JUDGES and kind is _C.UNKNOWN for f, kind in found)
    checked = any(_CHECKED.match(line.text) for _, line in top)
    mendable = {kind for _, kind in known} - _OFTEN_WEATHER
    if not (mendable or doubted or checked):
        weather = _weather([line.text for _, line in top[:_TOP]])
        if weather:
            return weather
    if known:
        return _by_findings(job, known)
    if doubted:
        return Verdict(_C.UNKNOWN, "who is to blame cannot be told")
    for step in job.cut.steps:
        if "operation was canceled" in step.event:
            return Verdict(_C.UNKNOWN, f"the job was cancelled, line {step.exit_at}")
    return _hinted(job, top) or Verdict(_C.UNKNOWN, "")


def _class_of(job: Weighed, finding: Finding) -> FailureClass:
    """A finding's class: bad weather where its own lines say so.

    Of a tool that only runs others, what its message speaks of.
    """
    kind = finding.diagnostic.failure_class
    if kind is _C.LINT or finding.diagnostic.tool in _JUDGES:
        return kind
    if kind is not _C.INFRASTRUCTURE and _lacks_package(job, finding):
        return _C.DEPENDENCY
    if kind in {_C.TEST, _C.TYPE}:
        return kind
    texts = [job.cut.lines[index].text for index in sorted(finding.roles)[:_OWN_LINES]]
    whole = _BOX.compiled.sub(" ", " ".join(texts))  # a box wraps its sentences
    if weather := _weather([*texts, whole]):
        return weather.kind
    if finding.diagnostic.tool in _DRIVERS:
        message = finding.diagnostic.message.raw
        told = (hinted for hinted, _, pattern in _HINTS if pattern.search(message))
        return kind if kind is not _C.UNKNOWN else next(told, kind)
    return kind


def _lacks_package(job: Weighed, finding: Finding) -> bool:
    """Whether a finding of whatever tool is that a package of others is not there."""
    first, last = max(0, finding.first - _ABOVE), min(max(finding.roles), finding.first + _BLOCK)
    near = [job.cut.lines[index].text for index in range(first, last + 1)]
    return package_is_missing(finding.diagnostic.message.raw, near)


def _by_findings(job: Weighed, known: Sequence[tuple[Finding, FailureClass]]) -> Verdict:
    """The class that most of the worth speaks for; the first finding of it is the reason."""
    votes: dict[FailureClass, float] = {}
    began = min(job.cut.lines[finding.first].step for finding, _ in known)
    for finding, kind in known:
        share = 0.5 if finding.diagnostic.tool in _DRIVERS else 1.0
        if job.cut.lines[finding.first].step != began:
            share *= _LATER_STEP
        worth = max(job.worth.get(i, 0.0) for i in finding.roles)
        votes[kind] = votes.get(kind, 0.0) + worth * share
    best = max(votes, key=lambda kind: votes[kind])
    told = min((f for f, kind in known if kind is best), key=lambda f: f.first)
    return Verdict(best, f"{told.diagnostic.tool} says so in line {told.diagnostic.span.first}")


def _event(job: Weighed) -> Verdict | None:
    for step in job.cut.steps:
        if step.red and step.exit_code == _TIMEOUT_CODE:
            return Verdict(_C.TIMEOUT, f"a time limit ended the step, line {step.exit_at}")
        for kind, why, pattern in _EVENTS:
            if step.event and pattern.search(step.event):
                return Verdict(kind, f"{why}, line {step.exit_at}")
    return None


def _top_lines(job: Weighed) -> Iterator[tuple[float, Line]]:
    ranked = sorted(job.worth, key=lambda i: (-job.worth[i], i))
    for index in ranked[:25]:
        if job.worth[index] >= 2.0 and job.place_factor(index) >= 0.3:
            yield job.worth[index], job.cut.lines[index]


def _weather(texts: Sequence[str]) -> Verdict | None:
    """Bad weather, if one of the lines says so and does not speak of this machine."""
    for text in texts:
        for kind, why, pattern in _WEATHER:
            if pattern.search(text) and (why == _LIMIT or _is_of_others(text)):
                return Verdict(kind, why)
    return None


def _is_of_others(text: str) -> bool:
    """Whether the line can speak of a public service: it names one, or no host at all."""
    if _LOCAL.search(text):
        return False
    return not _HOST.search(text) or names_public_service(text)


def _hinted(job: Weighed, top: Sequence[tuple[float, Line]]) -> Verdict | None:
    """By vote of the most telling lines and of what the failed step is there for."""
    votes: dict[FailureClass, float] = {}
    reasons: dict[FailureClass, str] = {}
    for rank, (worth, line) in enumerate(top[:10]):
        if hint := _hint(line.text):
            votes[hint.kind] = votes.get(hint.kind, 0.0) + worth / (1 + rank)
            reasons.setdefault(hint.kind, f"{hint.reason}, line {line.number}")
    step = job.cut.first_red
    if step and top and (purpose := _purpose(step)):
        votes[purpose.kind] = votes.get(purpose.kind, 0.0) + _STEP_VOTE
        reasons.setdefault(purpose.kind, purpose.reason)
    if not votes:
        return None
    best = max(votes, key=lambda kind: votes[kind])
    return Verdict(best, reasons[best])


def _hint(text: str) -> Verdict | None:
    """What the wording of one line speaks of."""
    if package_is_missing(text, (text,)):
        return Verdict(_C.DEPENDENCY, "a package is missing or does not fit")
    fitting = (Verdict(kind, why) for kind, why, pattern in _HINTS if pattern.search(text))
    return next(fitting, None)


def _purpose(step: Step) -> Verdict | None:
    """What the step is there for, by its name, else by its commands.

    Most steps install something before they do their work.
    """
    for texts in ([step.name], re.split(r"\n|&&|;", step.script[:_SCRIPT])):
        found = [verdict for text in texts if (verdict := _of_command(text))]
        if found:
            return min(found, key=lambda verdict: _PREPARING.get(verdict.kind, 0))
    return None


def _of_command(text: str) -> Verdict | None:
    fitting = (Verdict(kind, why) for kind, why, pattern in _COMMANDS if pattern.search(text))
    return next(fitting, None)
