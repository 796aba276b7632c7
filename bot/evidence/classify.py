"""What kind of failure it is, and the line that says so.

`infrastructure` is said only where the wording leaves no other reading and nothing that the
project could mend failed besides: a real failure that is taken for bad weather is never repaired.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.evidence.hints import hinted, purpose, spoken_of
from bot.evidence.packages import package_is_missing
from bot.evidence.slices import Step
from bot.evidence.verdict import Verdict, rules
from bot.evidence.weather import is_of_others, weather
from bot.evidence.weigh import Weighed
from bot.log_formats import Finding, Line, Pattern
from bot.log_formats.network import names_public_service
from bot.outcomes import FailureClass

_C = FailureClass
_EVENTS = rules(
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
_CHECKED = Pattern(
    r"\s*(?:--- FAIL|FAIL(?:ED|URES?)?\b|not ok|[✗✘✖×✕]|\[\d{3}\] |\d+ failing|Tests?(?: run)?: +\d)"
)
"""A test or a link check that failed: what it was answered is its subject."""
_BOX = Pattern(r"[\s│|╷╵>]+")
_TIMEOUT_CODE = 124
"""Of coreutils' timeout; also of xargs, where a command ended with 255, and then it says so."""
_XARGS = "exited with status 255; aborting"
_OFTEN_WEATHER = frozenset({_C.DEPENDENCY, _C.CONFIG, _C.INFRASTRUCTURE})
"""Where nothing but these is found, a service that did not answer explains the others."""
_JUDGES = frozenset({"network", "signals"})
"""Tools whose `unknown` is a judgement: they have looked for who is to blame."""
_STARVED = Pattern(
    r"(?i)out of memory|OutOfMemory|allocat|heap space|MemoryError|memory exhausted|bad_alloc|kill|137"
)
"""Of these a machine that is too small may be the cause."""
_ADDRESS = Pattern(r"\w://[^\s/'\"]+")
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
    outside = weather([line.text for _, line in top[:_TOP]])
    if outside and not (mendable or doubted or checked):
        return outside
    if known:
        return _by_findings(job, known)
    if doubted:
        return Verdict(_C.UNKNOWN, "who is to blame cannot be told")
    for step in job.cut.steps:
        if "operation was canceled" in step.event:
            return Verdict(_C.UNKNOWN, f"the job was cancelled, line {step.exit_at}")
    return hinted(job, top) or Verdict(_C.UNKNOWN, "")


def _class_of(job: Weighed, finding: Finding) -> FailureClass:
    """A finding's class: bad weather where its own lines say so.

    Of a tool that only runs others, what its message speaks of.
    """
    kind = finding.diagnostic.failure_class
    if finding.diagnostic.tool in _JUDGES:
        return _judged(job, finding)
    if kind not in {_C.LINT, _C.INFRASTRUCTURE} and _lacks_package(job, finding):
        return _C.DEPENDENCY
    if kind in {_C.TEST, _C.LINT, _C.TYPE}:
        return kind
    texts = [job.cut.lines[index].text for index in sorted(finding.roles)[:_OWN_LINES]]
    whole = _BOX.compiled.sub(" ", " ".join(texts))  # a box wraps its sentences
    if outside := weather([*texts, whole]):
        return outside.kind
    if finding.diagnostic.tool in _DRIVERS:
        told = spoken_of(finding.diagnostic.message.raw)
        return told if told and kind is _C.UNKNOWN else kind
    return kind


def _judged(job: Weighed, finding: Finding) -> FailureClass:
    """What the judge left open, told by the script of its step: whom it calls, what it is for."""
    found = finding.diagnostic
    line = job.cut.lines[finding.first]
    step = next((s for s in job.cut.steps if s.index == line.step), None)
    if found.failure_class is not _C.UNKNOWN or step is None:
        return found.failure_class
    if found.tool == "signals":
        meant = purpose(step)
        crashed = not _STARVED.search(f"{found.rule} {found.message.raw}")
        return _C.TEST if crashed and meant and meant.kind is _C.TEST else _C.UNKNOWN
    hosts = _ADDRESS.compiled.findall(step.script)
    told = is_of_others(line.text) and not _ADDRESS.search(line.text)
    public = told and hosts and all(names_public_service(host) for host in hosts)
    return _C.INFRASTRUCTURE if public and weather([line.text]) else _C.UNKNOWN


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
        if step.red and step.exit_code == _TIMEOUT_CODE and not _gave_up(job, step):
            return Verdict(_C.TIMEOUT, f"a time limit ended the step, line {step.exit_at}")
        for kind, why, pattern in _EVENTS:
            if step.event and pattern.search(step.event):
                return Verdict(kind, f"{why}, line {step.exit_at}")
    return None


def _gave_up(job: Weighed, step: Step) -> bool:
    """Whether xargs ended the step, by its last lines."""
    own = [line.text for line in job.cut.lines if line.step == step.index]
    return any(_XARGS in text for text in own[-_OWN_LINES:])


def _top_lines(job: Weighed) -> Iterator[tuple[float, Line]]:
    ranked = sorted(job.worth, key=lambda i: (-job.worth[i], i))
    for index in ranked[:25]:
        if job.worth[index] >= 2.0 and job.place_factor(index) >= 0.3:
            yield job.worth[index], job.cut.lines[index]
