"""Which files say what checks demand: a check's own, a part of a manifest, recorded limits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.diff_policy.change import Block, ChangedFile
from bot.diff_policy.finding import Hit
from bot.diff_policy.numbers import renumbered

LINT_FILE = re.compile(
    r"(?:\.golangci\.\w+|\.?pylintrc|\.flake8|ruff\.toml|eslint[\w.-]*|\.rubocop\w*\.\w+|phpstan[\w.-]*|psalm[\w.-]*|detekt[\w.-]*|checkstyle[\w.-]*|\.swiftlint\.\w+|\.clang-tidy|\.yamllint\S*|biome\.jsonc?"
    r"|\.stylelintrc\S*|\.hadolint\.\w+|clippy\.toml|\.credo\.exs|analysis_options\.yaml|\.scalafix\.conf|\.coveragerc|codecov\.ya?ml|\.nycrc\S*|\.pre-commit-config\.ya?ml|\.editorconfig|mypy\.ini|pyrightconfig\.json|\.eslintrc\S*|\.c8rc\S*|sonar-project\.properties|sonar\S*|knip\S*|\.jscpd\S*|\.codeclimate\S*|\.shellcheckrc|\.markdownlint\S*|tslint\.json|\.jshintrc|\.luacheckrc|\.ansible-lint|\.tflint\.hcl|\.sqlfluff|\.vale\.ini|\.semgrep\S*|\.bandit|deny\.toml|audit\.toml|spotbugs\S*|pmd\S*|lint\.xml|phpcs\.xml\S*|\.php-cs-fixer\S*|buf\.yaml|\.oxlintrc\S*|\.?lighthouserc\S*|\.size-limit\S*|\.trivy\S*|trivy\.yaml|\.snyk|infection\.json5?|\.dependency-cruiser\S*|\.importlinter|cspell\S*|\.credo\.exs|\.npmrc|\.remarkrc\S*|\.textlintrc\S*|\.scalafmt\.conf|\S*\.ruleset)$"
)


def configures_checks(file: ChangedFile, block: Block) -> bool:
    """A file of a check alone, or the part of a manifest that is about one."""
    if LINT_FILE.search(file.path) or not _MANY.search(file.path):
        return True
    return any(_ABOUT_CHECKS.search(x.text) for x in block.hunk[:_SHOWN] if x.mark != "-")


_SHOWN = 60
_MANY = re.compile(
    r"(?:^|/)(?:pyproject\.toml|setup\.(?:cfg|py)|package\.json|pom\.xml|[\w.-]*\.gradle(?:\.kts)?|build\.sbt|mix\.exs|Cargo\.toml|composer\.json|Gemfile|Rakefile|Makefile|GNUmakefile|justfile|CMakeLists\.txt|\S+\.cmake|meson\.build|project\.json|angular\.json|turbo\.json|nx\.json|Package\.swift|"
    r"\S+\.(?:cs|fs|vb)proj|Directory\.Build\.\w+|\S+\.cabal|\S+\.nix|BUILD(?:\.bazel)?|stack\.yaml|dune|docker-compose\S*|compose\S*|gradle\.properties|\.npmrc|webpack[\w.-]*|vite\.[\w.]+|rollup[\w.-]*|babel[\w.-]*|Podfile|Fastfile|deno\.jsonc?|Earthfile|Taskfile\S*|rebar\.config|\.bazelrc|mise\.toml|rustfmt\.toml|foundry\.toml|.*_helper\.\w+|conftest\.py)$"
)
_ABOUT_CHECKS = re.compile(
    r"coverage|audit|\blints?\b|\[tool\.(?:ruff|mypy|pytest|pylint|coverage|pyright|bandit|flake8|black|isort|basedpyright|ty|pyrefly|vulture|interrogate|codespell|deptry)|jacoco|pitest|checkstyle|spotbugs|pmd|surefire|failsafe|errorprone|detekt|ktlint|kover|eslintConfig|\"jest\"|\bnyc\b|\bc8\b|size-limit|bundlewatch|bundlesize|coverlet|Threshold|WarningsAs|werror|warning_level|hints|maxAssetSize|dialyzer|credo|test_coverage|checkstyle|animal-?sniffer|revapi|japicmp|forbiddenapis|enforcer",
    re.IGNORECASE,
)


BASELINE = re.compile(
    r"bench|baseline|budget|limits?\b|threshold|perf|\bslo|lighthouse|quality|(?:^|/)(?:schema|_?models)\.ya?ml$|load[-_]?tests?|k6",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"max|\b[nmu]s\b|_[nmu]s\b|slack|toleran|size|[kmg]i?b\b|bytes|limit|budget|seconds|millis|warn|allow|p9[059]|latency|duration|error_?rate|regress",
    re.IGNORECASE,
)
_LESS = re.compile(
    r"min|floor|mostly|at_?least|score|coverage|rps|throughput|ops|fail_under", re.IGNORECASE
)


def recorded_limits(file: ChangedFile) -> Iterator[Hit]:
    """Numbers that a comparison of the project's own holds against what it measures."""
    for block in file.blocks:
        for pair in renumbered(block):
            text = pair.added.text
            if (pair.shrank and _LESS.search(text)) or (
                pair.grew and _MORE.search(text) and not _LESS.search(text)
            ):
                yield Hit(file, pair.added)
        for line in block.added:
            if re.search(r"\bseverity\s*:\s*[\"']?(?:warn|info)", line.code):
                yield Hit(file, line)
