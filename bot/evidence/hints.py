"""Where no format says of what class a failure is: the wording of its lines, the aim of its step."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.evidence.packages import package_is_missing
from bot.evidence.slices import Step
from bot.evidence.verdict import Verdict, rules
from bot.evidence.weigh import Weighed
from bot.log_formats import Line
from bot.outcomes import FailureClass

_C = FailureClass
_HINTS = rules(
    (_C.TIMEOUT, "a time limit ended it", r"(?i)exited with 124\b|exit code 124\b|health ?check failed|(?:not|never) (?:become |became )?(?:ready|healthy)|did not (?:start|respond|become)|after \d+ (?:attempts|retries|tries)|(?<!test )timed out after \d|No output has been received|time limit exceeded|timeout reached|time(?:out|d out)(?: occurred)?(?: after| while| when)? waiting|gave up waiting"),
    (_C.CONFIG, "something is not permitted", r"(?i)resource not accessible by integration|permission .*denied to|not authorized to perform|denied: |authentication failed|bad credentials|(?:could not load|unable to locate|no|missing) (?:\w+ )?credentials|input required and not supplied|requires? (?:a )?(?:secret|token)|unauthorized|403 Forbidden|installation not allowed|invalid (?:api )?(?:key|token)|could not read Username|is not set\b|must be set|missing required|is invalid\b|security token|ImproperlyConfigured|no configuration file provided|signing failed|no secret key|missing server host|invalid developer directory|with working directory|find or load main class"),
    (_C.DEPENDENCY, "a dependency cannot be had", r"(?i)could not resolve dependenc|no matching (?:distribution|version|package)|ERESOLVE|lock ?file|missing go\.sum|resolution-too-deep|unsatisfiable|version solving failed|peer dep|unable to locate package|cannot be resolved|dependency conflict|requirements? .*conflict|npm ci|shared librar|Cannot find module ['\"]?(?![./'\"])|No module named|ModuleNotFoundError|requested module|requires? (?:go|node|python|php|ruby|java)\b.{0,30}\d|unsupported engine|vulnerab|404 Not Found|returned error: 404|\bE404\b|(?:hash|checksum) mismatch|vendor(?:Hash|ing\b)|do(?:es)? not match the checksum|has no installation candidate|unmet dependenc|held broken packages|no match for argument|unable to find a match|nothing provides|unable to select packages|no available formula|can't locate \S+\.pm|there is no package called|could not find (?:a version|gem|artifact|module|package|compatible version)|non-resolvable|could not resolve all|no required module provides|unknown revision|unable to find (?:package|a specification)|cannot load such file|cannot find package|ETARGET|notarget|ResolutionImpossible|metadata-generation-failed|failed building wheel|DistributionNotFound|VersionConflict|requires-python|failed to select a version|failed to load source for dependency|requires rustc|could not? find \w+ \(missing|no package '\S+' found|manifest (?:unknown|for \S+ not found)|pull access denied|have diverged|PackagesNotFound|failed to query available provider|version [`']GLIBC|incompatible with this module|computed checksums? did not match"),
    (_C.CONFIG, "the workflow asks for what is not there", r"(?i)unable to resolve action|couldn't find remote ref|Artifact not found|unable to find version|command not found|cannot find module ['\"]?/(?!\S*node_modules)|\d: \S+: not found|is not recognized as|(?<!fatal error: )\b(?!\S+\.h(?:pp)?: )\S+: No such file or directory|merge conflict|no rule to make target|remote branch .* not found|unable to process file command|Could not find task|unknown (?:option|flag|command)|flag provided but not defined|unrecognized (?:option|argument)|missing script|is not a valid (?:option|command)|environment variable|does not exist(?! in the current context)|not found in PATH|can't open file|cannot open"),
    (_C.TYPE, "a type checker objects", r"error TS\d+|incompatible type|is not assignable|\[attr-defined\]"),
    (_C.LINT, "a style check objects", r"(?i)would reformat|clang-format|\blint(?:er|ing)?\b|prettier|code style|trailing whitespace|\b[EWF]\d{3}\b|not formatted|please (?:re)?(?:build|format|run).*commit|banned|policy|must carry|missing (?:license|copyright) header|unknown word|misspell|spell-?check|cspell|typos|validity error"),
    (_C.COMPILE, "it does not compile", r"(?i)\bcompil|syntax ?error|undefined reference|linker|\bld\b|cannot find symbol|undeclared|\bunknown type\b|error: aborting|fatal error:|undefined \(type|unexpected (?:token|identifier)|parse error|not declared|collect2|relocation"),
    (_C.TEST, "a test failed", r"(?i)\btests? (?:failed|failing|timed out)|coverage (?:threshold|failure)|required test coverage|failing tests?|assert|\d+ failed|\bFAIL\b(?! code \d)|expected .* (?:got|but|to)|--- FAIL|\bspec\b|panicked"),
)  # fmt: skip


_COMMANDS = rules(
    (_C.TYPE, "the step checks types", r"(?i)\b(?:mypy|(?:based)?pyright|(?:vue-)?tsc|svelte-check|ty check|pyre|pytype|sorbet|srb tc|type-?check\w*|types|flow check)\b"),
    (_C.LINT, "the step checks style", r"(?i)\b(?:\w*lint\w*|fmt|format\w*|prettier|ruff|flake8|black|isort|clippy|pre-commit|style|spell\w*|typos|checkstyle|spotless\w*|rubocop|phpcs|phpstan|analyze|tidy|policy|integrity|audit|license\w*|links?|bandit|codeql|check_\w+|vulture|knip|depcheck|cppcheck|interrogate|sqlfluff|commitlint|codespell|detekt|credo|shellcheck|gofmt|staticcheck)\b"),
    (_C.TEST, "the step runs tests", r"(?i)\b(?:\w*tests?|pytest|jest|vitest|mocha|rspec|phpunit|cypress|playwright|e2e|coverage|specs?|verify|junit|ctest|nextest)\b"),
    (_C.DEPENDENCY, "the step installs dependencies", r"(?i)\b(?:install|npm ci|pip3?|restore|(?<!-)bundle|poetry|composer|mod (?:download|tidy)|apt(?:-get)?|dependenc\w+|pub get|setup|requirements)\b"),
    (_C.COMPILE, "the step builds", r"(?i)\b(?:build|compile|make|cmake|ninja|gradlew?|mvn|cargo|go|xcodebuild|webpack|vite|rollup|esbuild|tsup|swc|parcel|bundle|nim c\w*|dune|gnatmake|iverilog|verilator|\w*latex|sphinx-build|mkdocs|nix|docker|bazel|assemble|dist)\b"),
    (_C.CONFIG, "the step deploys", r"(?i)\b(?:deploy\w*|publish|release|push|login|terraform|helm|kubectl|aws|gcloud|az|gh|upload|checkout|clone)\b"),
)  # fmt: skip
_PREPARING = {_C.COMPILE: 1, _C.DEPENDENCY: 2, _C.CONFIG: 3}
"""What a step with several commands is least likely to be there for."""
_SAYS = re.compile(r"\s*(?:then\s+|do\s+|else\s+|\{\s*)?(?:echo|printf)\b")
_STEP_VOTE = 3.0
_SCRIPT = 600
"""Characters of a step's script that are looked at."""


def spoken_of(text: str) -> FailureClass | None:
    """The class that a message's wording speaks of."""
    return next((kind for kind, _, pattern in _HINTS if pattern.search(text)), None)


def hinted(job: Weighed, top: Sequence[tuple[float, Line]]) -> Verdict | None:
    """By vote of the most telling lines and of what the failed step is there for."""
    votes: dict[FailureClass, float] = {}
    reasons: dict[FailureClass, str] = {}
    for rank, (worth, line) in enumerate(top[:10]):
        if hint := _hint(line.text):
            votes[hint.kind] = votes.get(hint.kind, 0.0) + worth / (1 + rank)
            reasons.setdefault(hint.kind, f"{hint.reason}, line {line.number}")
    step = job.cut.first_red
    if step and top and (meant := purpose(step)):
        votes[meant.kind] = votes.get(meant.kind, 0.0) + _STEP_VOTE
        reasons.setdefault(meant.kind, meant.reason)
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


def purpose(step: Step) -> Verdict | None:
    """What the step is there for, by its name, else by its commands.

    Most steps install something before they do their work.
    """
    for texts in ([step.name], _commands(step.script[:_SCRIPT])):
        found = [verdict for text in texts if (verdict := _of_command(text))]
        if found:
            return min(found, key=lambda verdict: _PREPARING.get(verdict.kind, 0))
    return None


def _commands(script: str) -> list[str]:
    """The commands of a script but for those that only say something."""
    return [part for part in re.split(r"\n|&&|\|\||;", script) if not _SAYS.match(part)]


def _of_command(text: str) -> Verdict | None:
    fitting = (Verdict(kind, why) for kind, why, pattern in _COMMANDS if pattern.search(text))
    return next(fitting, None)
