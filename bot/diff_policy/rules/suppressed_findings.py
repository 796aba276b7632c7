"""Comments, marks and casts that silence a linter, a type checker or the coverage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.diff_policy.change import Change, ChangedFile, CodeLine
from bot.diff_policy.finding import Hit, Rule, Severity
from bot.diff_policy.places import Place

_HASH = r"#\s*(?:[^#]{0,200}?[\s#])?"
_SLASH = r"(?://|/\*|<!--|\{/\*|^\s*\*)\s*(?:[^/]{0,200}?\s)?"
_TOOLS = (
    ("noqa", r"#\s*(?:[^#]{0,80}#\s*)?noqa\b(?::\s*(?P<codes>[A-Z0-9, ]+))?"),
    ("flake8", r"#\s*flake8[:=]\s*noqa\b"),
    ("type", r"#\s*type:\s*ignore\b(?:\[(?P<codes>[\w, -]+)\])?"),
    ("pyright", r"#\s*pyright:\s*(?:ignore|basic|report\w+\s*=\s*(?:false|none|warning))\b(?:\[(?P<codes>[\w, -]+)\])?"),
    ("mypy", r"#\s*mypy:\s*(?:ignore-errors|disable-error-code|allow-\S+)|@(?:typing\.)?no_type_check\b"),
    ("ty", r"#\s*(?:ty|pyre|pytype)(?:-|:\s*)(?:ignore|fixme|disable|skip)\S*"),
    ("pylint", r"#\s*pylint:\s*(?:disable|skip-file)\S*(?:\s*=\s*(?P<codes>[\w, -]+))?"),
    ("ruff", r"#\s*ruff:\s*noqa\b"),
    ("nosec", r"#\s*nosec\b|//\s*#?nosec\b"),
    ("coverage", r"#\s*pragma:\s*no\s?(?:cover|branch)\b|\b(?:istanbul|c8|v8|node:coverage)\s+(?:ignore|disable)|LCOV_EXCL|GCOVR_EXCL|\[ExcludeFromCodeCoverage|:nocov:|@codeCoverageIgnore|coverage\(off\)|@Generated\b.*coverage|coveralls-ignore|coverage:ignore|\$COVERAGE-OFF\$"),
    ("eslint", r"\beslint-disable(?:-next-line|-line)?\b(?:\s+(?P<codes>[\w@/, -]+?))?(?=\s*(?:\*/|--|$))|eslint\s+[\w@/-]+\s*:\s*(?:0|off|\"off\")"),
    ("ts", r"@ts-(?:ignore|nocheck|expect-error)\b"),
    ("any", r"(?<!catch \(e)(?<!error)(?<!err):\s*any\b(?=\s*[=,;)\[])|\bcast\(\s*[\"']?Any\b|\bas\s+any\b|<any>\w|\bas\s+unknown\s+as\b"),
    ("js-lint", r"\b(?:tslint|oxlint|jshint|jscs|stylelint|standard)[:-]\s*(?:disable|ignore)\S*|\bbiome-ignore\b|\bdeno-lint-ignore\b|\$FlowFixMe|\bflow-disable|\bsvelte-ignore\b|@vue-ignore"),
    ("rust", r"#!?\[(?:cfg_attr\([^\]]{0,80},\s*)?(?:allow|expect)\((?P<codes>[^)]*)\)"),
    ("java", r"@SuppressWarnings\s*\(\s*\{?(?P<codes>[^)}]*)|@SuppressFBWarnings|@SuppressLint|//\s*NOPMD|CHECKSTYLE[:.]OFF|@checkstyle\s"),
    ("sonar", r"\bNOSONAR\b"),
    ("kotlin", r"@(?:file:)?Suppress\s*\((?P<codes>[^)]*)|ktlint-disable"),
    ("csharp", r"#pragma\s+warning\s+disable\b(?P<codes>[\w, ]*)|\[(?:assembly:\s*|module:\s*)?(?:\w+\.)*(?:Unconditional)?SuppressMessage\b|//\s*ReSharper\s+disable|#nullable\s+disable"),
    ("go", r"//\s*nolint\b(?::(?P<codes>[\w,]+))?|//\s*lint:(?:file-)?ignore\b|#nosec\b"),
    ("rubocop", r"#\s*rubocop:(?:disable|todo)\s+(?P<codes>[\w/, ]+)|#\s*(?:steep|typed):\s*(?:ignore|false)"),
    ("php", r"@phpstan-ignore\S*|@psalm-suppress\s+(?P<codes>\S+)|phpcs:(?:disable|ignore)\S*|@codingStandardsIgnore\w*|@SuppressWarnings\(PHPMD|@phan-suppress|@infection-ignore-all|@noinspection"),
    ("cpp", r"//\s*NOLINT\w*(?:\((?P<codes>[^)]*)\))?|#\s*pragma\s+(?:GCC|clang)\s+diagnostic\s+ignored|#\s*pragma\s+warning\s*\(\s*(?:push\s*,\s*\d\s*\)|disable)|cppcheck-suppress|__attribute__\(\(no_sanitize|NO_THREAD_SAFETY_ANALYSIS|PVS-Studio"),
    ("swiftlint", r"swiftlint:disable\S*\s+(?P<codes>[\w ,]+)|periphery:ignore"),
    ("elixir", r"credo:disable\S*|@dialyzer\s|sobelow_skip"),
    ("scala", r"@nowarn\b|@unchecked\b(?!\s*Sendable)|scalafix:\s*(?:off|ok)|scalastyle:\s*off|wartremover|@SuppressWarnings"),
    ("shellcheck", r"#\s*shellcheck\s+disable=(?P<codes>[\w,]+)"),
    ("files", r"#\s*(?:hadolint|yamllint|ansible-lint|tflint-ignore|checkov|tfsec|kics-scan|zizmor|actionlint|trivy)\S*\s*(?:ignore|disable|skip)\S*|#\s*tflint-ignore|#\s*(?:checkov:skip|tfsec:ignore|zizmor:\s*ignore|trivy:ignore|noqa\b)|markdownlint-disable"),
    ("dart", r"//\s*ignore(?:_for_file)?:\s*(?P<codes>[\w, ]+)"),
    ("lua", r"--\s*luacheck:\s*(?:ignore|push)|---@diagnostic\s+disable"),
    ("perl", r"##\s*no critic|\bno\s+warnings\b|\bno\s+strict\b"),
    ("scan", r"\bnosemgrep\b|\bgitleaks:allow\b|\bpragma:\s*allowlist\s+secret|\btrufflehog:ignore|\bcodeql\[|\blgtm\s*\[|\bdeepcode\s+ignore|\bsnyk:ignore|\bcodespell:ignore|\bcspell:\s*(?:disable|ignore)\S*|\bbearer:disable|\bdevskim:\s*ignore|\bCPD-OFF\b"),
    ("haskell", r"\{-#\s*OPTIONS_GHC\b[^#]{0,200}?-(?:Wno-|fno-warn-|w\b|Wwarn\b)|\{-#\s*ANN\b.{0,120}HLint:\s*ignore|\{-\s*HLINT\s+ignore"),
    ("ocaml", r"\[@{1,3}\s*(?:ocaml\.)?(?:warning|warnerror|alert)\s+\"[^\"]{0,60}-"),
    ("clojure", r"#_\s*:?\{?:clj-kondo/ignore|:clj-kondo/ignore|\^:nowarn"),
    ("r", r"#\s*(?:nolint|nocov|noqa)\b"),
    ("crystal", r"#\s*ameba:disable"),
    ("nim", r"\{\.\s*(?:push\s+)?(?:warning|hint|used)\b[^}]{0,60}off"),
    ("elm", r"--\s*elm-review:\s*IGNORE"),
    ("powershell", r"SuppressMessage(?:Attribute)?\("),
    ("vb", r"#Disable\s+Warning|^\s*#nowarn\s+\""),
    ("erlang", r"^\s*-(?:dialyzer|elvis|compile)\([^)]{0,120}(?:nowarn|disable|no_match)|nowarn_\w+"),
    ("elixir-compile", r"@compile\s+(?:\{:no_warn|:nowarn)|@doc\s+credo:\s*false"),
    ("groovy", r"@CompileDynamic\b|codenarc-disable"),
    ("proto", r"\bbuf:lint:ignore\b|\bprotolint:disable"),
    ("markup", r"\bhtmlhint-disable\b|\berblint:disable\b|\bhaml-lint:disable\b|\bslim-lint:disable|\bvale\s+off\b|\btextlint-disable\b|\bdjlint:off|\baxe-disable"),
    ("docker", r"#\s*check=skip|#\s*hadolint\s+(?:global\s+)?ignore"),
    ("sanitizer", r"\b__(?:lsan|asan|tsan|msan)_(?:disable|ignore\w*)\b|\bno_sanitize\w*\b|\bVALGRIND_DISABLE|\bANNOTATE_BENIGN_RACE|@_?nonisolated\(unsafe\)|\bnonisolated\(unsafe\)|@unchecked\s+Sendable|@preconcurrency\b|\/\/go:norace"),
    ("sanitizer-options", r"\b(?:ASAN|LSAN|UBSAN|TSAN|MSAN)_OPTIONS\b.{0,120}?(?:detect_\w+=0|halt_on_error=0|exitcode=0|report_bugs=0|suppressions=|abort_on_error=0|allocator_may_return_null=1)|\bGORACE\b.{0,60}exitcode=0|--errors-for-leak-kinds=none|--leak-check=no\b|\b(?:PYTHONWARNINGS|NODE_NO_WARNINGS|RUBYOPT|Freezing|allowEmpty|ignoreDep|PERL5OPT|NODE_OPTIONS)\b\s*[:=].{0,60}?(?:ignore|=\s*[\"']?1|-W0|-W:no|--no-(?:warnings|deprecation)|unhandled-rejections=(?:warn|none))"),
    ("filter", r"\bwarnings\.(?:filterwarnings|simplefilter)\(\s*[\"']ignore|\bmark\.filterwarnings\(\s*[\"']ignore|^\s*[\"']?ignore[\"']?,?$|^\s*[\"']?ignore::?(?:[\w.]|[^:\"']{1,80}:)|\bfilterwarnings\s*=\s*[\"']?ignore|-W\s?[\"']?ignore\b|--disable-warnings\b|--disable-pytest-warnings\b|-p\s+no:warnings|suppressWarnings\("),
    ("arch", r"\bFreezingArchRule\b|\.allowEmptyShould\(\s*true|\bignoreDependency\("),
    ("sql", r"--\s*noqa\b|--\s*sqlfluff:disable"),
)  # fmt: skip
_PATTERNS = tuple((tool, re.compile(pattern)) for tool, pattern in _TOOLS)
_ONLY = {
    "any": {"javascript", "python"}, "rust": {"rust"}, "java": {"java", "kotlin", "scala"}, "kotlin": {"kotlin"},
    "csharp": {"csharp"}, "scala": {"scala"}, "perl": {"perl"}, "dart": {"dart"}, "lua": {"lua"}, "cpp": {"cpp"},
}  # fmt: skip
"""Words that mean something else in other languages."""
_NEEDLE = re.compile(
    r"ignore|disable|noqa|no\s?(?:cover|branch|sec|lint|critic|sonar|pmd|cov)|NO[A-Z]+|nowarn|suppress|allow\(|expect\(|as any|as unknown|<any>|: ?any\b|cast\(|nocheck|no_type|ts-expect|EXCL|Exclude"
    r"|fixme|FixMe|off\b|OFF|dialyzer|unchecked|no warnings|no strict|skip|pyright|mypy|maybe_unused|no_sanitize|steep|typed|PVS|_OPTIONS|GHC|ANN\b|warning|kondo|nolint|nocov|semgrep|allow\b|ameba|elm-review|codeql|lgtm|buf:|protolint|hint|vale|check=|_disable|no_match|CompileDynamic|nonisolated|preconcurrency|norace|GORACE|leak|RUBYOPT|PERL5OPT|CPD",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Silence:
    tool: str
    codes: frozenset[str]

    def covers(self, other: _Silence) -> bool:
        """Whether this one had silenced as much before."""
        return self.tool == other.tool and (
            not self.codes or (bool(other.codes) and other.codes <= self.codes)
        )


_EXCEPTIONS = re.compile(
    r"(?:^|[/._-])(?:baselines?|suppress\w*|supp|ignore[_-]?(?:list|patterns|rules|revs)?|allow[_-]?list|white[_-]?list|known[_-]?(?:failures|issues)|skip[_-]?(?:list|tests)|xfails?|quarantined?"
    r"|expected[_-]?failures|exclusions?|excludes?|exemptions?|eslintignore|prettierignore|stylelintignore|gitleaksignore|trivyignore|bandit|safety-policy|nsprc|rubocop_todo|betterer\w*)(?:[_-]?patterns)?(?:\.\w+){0,2}$",
    re.IGNORECASE,
)


def find(change: Change) -> Iterator[Hit]:
    """Added silences that no removed one in the same file had covered, and lists of exceptions."""
    for file in change.files:
        listed = not file.is_code or file.place is Place.CONFIG
        if listed and _EXCEPTIONS.search(file.path) and file.place is not Place.DOCS:
            fresh = [x for x in file.added if x.bare and not change.is_moved_here(x)]
            fresh = [x for x in fresh if not _BUILT.match(x.bare)]
            if len(fresh) > len([x for x in file.removed if x.bare]):
                yield Hit(file, fresh[0], "An entry was added to a list of exceptions.")
        if file.place in {Place.DOCS, Place.LOCK, Place.VENDORED, Place.SNAPSHOT}:
            continue
        if _BUNDLED.search(file.path):
            continue
        yield from _silenced(file, change)


def _silenced(file: ChangedFile, change: Change) -> Iterator[Hit]:
    before = [s for line in file.removed for s in _silences(line, file.language)]
    for line in file.added:
        if _is_forced(line, file) and not change.is_moved_here(line):
            yield Hit(file, line)
            continue
        for silence in _silences(line, file.language):
            covering = next((s for s in before if s.covers(silence)), None)
            if covering is not None:
                before.remove(covering)
            elif not change.is_moved_here(line):
                yield Hit(file, line, severity=_severity(silence, line, file))
                break


def _severity(silence: _Silence, line: CodeLine, file: ChangedFile) -> Severity:
    """`any` is ordinary TypeScript; it silences where the same line stood there without it."""
    if silence.tool == "sanitizer" and any(_LOCKS.search(x.code) for x in file.added):
        return Severity.NOTICE
    if silence.tool != "any":
        return Severity.NOTICE if _came_with_its_code(silence, line, file) else Severity.BLOCK
    bare = _ANY.sub("", " ".join(line.text.split()))
    same = any(" ".join(x.text.split()) == bare for x in file.block_of[line].removed)
    return Severity.BLOCK if same else Severity.NOTICE


def _is_forced(line: CodeLine, file: ChangedFile) -> bool:
    """The line stood there without its `!`, or with a type where it now says `Any`."""
    removed = file.block_of[line].beside(line)
    if file.language in _FORCES and (bare := _FORCE.sub("", line.bare)) != line.bare:
        return any(x.bare == bare for x in removed)
    if file.language not in {"python", "javascript"} or not (named := _NAMED.match(line.code)):
        return False
    same = [
        m[0] for x in removed if (m := _ANYTHING.search(x.code)) and x.code.startswith(named[0])
    ]
    old = [x for x in removed if x.code.startswith(named[0])]
    return bool(old) and not same and bool(_ANYTHING.search(line.code))


_LOCKS = re.compile(r"[lL]ock\b|\bMutex\b|\bDispatchQueue\b|[aA]tomic")
_FORCES = {"javascript", "csharp", "kotlin", "swift"}
_FORCE = re.compile(r"(?<=[\w)\]])!{1,2}(?=[;.,)\[]|$)")
_NAMED = re.compile(r"\s*(?:(?:async|export|public|private|static|const|let|def|function)\s+)+\w+")
_ANYTHING = re.compile(r"(?::|->)\s*(?:typing\.)?[aA]ny\b")
_ANY = re.compile(r" ?\bas any\b|: any\b| ?\bas unknown as [\w.<>, |\[\]]+")
_BUILT = re.compile(
    r"^[!/]*(?:\*\*/)?(?:coverage|dist|build|out|target|node_modules|vendor|\.\w[\w-]*|generated|tmp|html[-_]?cov\w*)/?(?:\*+)?$"
)
_BUNDLED = re.compile(r"(?:^|/)dist/|\.min\.\w+$")


def _came_with_its_code(silence: _Silence, line: CodeLine, file: ChangedFile) -> bool:
    """Whether it names what it silences, and only code that is as new as itself.

    Such a line makes nothing green that had been red.
    """
    block = file.block_of[line]
    if not silence.codes or block.removed or silence.tool == "rust":
        return False
    return not _STANDS_ALONE.match(line.text) or bool(block.added[-1].new > line.new)


_STANDS_ALONE = re.compile(r"^\s*(?:@|\[|#|//|/\*|--|<!--|\{/\*)")


def _silences(line: CodeLine, language: str) -> Iterator[_Silence]:
    if not _NEEDLE.search(line.text):
        return
    for tool, pattern in _PATTERNS:
        if language not in _ONLY.get(tool, {language}):
            continue
        found = pattern.search(line.text)
        if found:
            codes = (found.groupdict().get("codes") or "") if pattern.groups else ""
            yield _Silence(tool, frozenset(re.findall(r"[\w@/.-]+", codes)))


RULE = Rule(
    id="suppressed-findings",
    why="A finding of a linter, a type checker or the coverage is silenced.",
    legitimate="The tool is wrong there, and the line says why.",
    find=find,
    spares_new_tests=True,
)
