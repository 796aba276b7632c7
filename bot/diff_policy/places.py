"""What a file is, by its path alone: a test, a snapshot, configuration, documentation and so on."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from pathlib import PurePosixPath

_LANGUAGES = {
    "python": "py pyi pyx",
    "javascript": "js jsx mjs cjs ts tsx mts cts vue svelte astro",
    "go": "go",
    "rust": "rs",
    "java": "java",
    "kotlin": "kt kts",
    "scala": "scala sc sbt",
    "csharp": "cs fs vb",
    "ruby": "rb rake gemspec ru",
    "php": "php phpt",
    "cpp": "c cc cpp cxx h hh hpp hxx m mm cu",
    "swift": "swift",
    "elixir": "ex exs erl",
    "dart": "dart",
    "perl": "pl pm t",
    "lua": "lua",
    "shell": "sh bash zsh bats ksh ps1 psm1",
    "data": "yml yaml json json5 jsonc toml ini cfg xml properties gradle cmake mk neon csproj fsproj"
    " vbproj props targets editorconfig tf hcl proto css scss less html env conf txt csv edn",
    "sql": "sql pgsql",
    "other": "r jl clj cljs cljc hs lhs zig nim ml mli cr d vim elm purs rkt scm lisp pas adb groovy feature robot nix rego fnl gleam",
    "docs": "md mdx rst adoc textile",
}
_BY_SUFFIX = {suffix: name for name, suffixes in _LANGUAGES.items() for suffix in suffixes.split()}
_BY_NAME = {
    "makefile": "shell", "gnumakefile": "shell", "justfile": "shell", "dockerfile": "shell",
    "containerfile": "shell", "jenkinsfile": "java", "rakefile": "ruby", "gemfile": "ruby",
    "podfile": "ruby", "fastfile": "ruby", "codeowners": "data",
}  # fmt: skip

_TEST_FOLDER = re.compile(
    r"(?:^|/)(?:tests?|specs?|__tests__|e2e|cypress|integration[-_]tests?|functional|testing"
    r"|[\w.-]{1,80}[-_.]tests?|[\w.-]{0,80}Tests?)/"
    r"|(?:^|/)t/[^/]*\.t$"
)
_TEST_NAME = re.compile(
    r"^(?:test_.*|tests?|conftest)\.py$|_tests?\.\w+$|[.-](?:test|spec|cy|e2e)\.[cm]?[jt]sx?$"
    r"|_spec\.\w+$|(?:Tests?|IT|Spec|Suite|TestCase)\.(?:java|kt|scala|cs|groovy|swift|php|fs|vb)$"
    r"|^(?:test|spec)[-_]?helper\.\w+$|^test[-_].*\.\w+$|\.bats$|\.phpt$|^jest\.setup\.\w+$"
    r"|\.Tests\.ps1$|\.tftest\.hcl$|\.(?:feature|robot)$|^(?:tests?\.rs|runtests\.jl)$"
)
_SUPPORT = re.compile(r"(?:^|/)(?:fixtures?|testdata|test-?data|__mocks__|factories|data|golden)/")
_SNAPSHOT = re.compile(
    r"(?:^|/)(?:__snapshots__|__image_snapshots__|snapshots|goldens?|[\w.-]{1,80}-snapshots)/"
    r"|(?:^|/)(?:tests?|specs?|testdata|__tests__)/(?:.*/)?(?:[\w.-]*[_.-])?(?:expected|expectations?|golden|baseline)(?:[_.-][\w.-]*)?(?:/[^/]+)?\.(?!py$|[cm]?[jt]sx?$|rb$|go$|java$|kt$|rs$)\w+$|(?:^|/)(?:tests?|testdata|ui)/.*\.(?:stdout|stderr|out|approved)$|\.(?:snap|ambr|golden|snapshot)$|\.(?:approved|verified|golden|snap)\.\w{1,8}$"
)
_CI = re.compile(
    r"^\.github/(?:workflows|actions)/|^(?:\.gitlab-ci\.ya?ml|Jenkinsfile|azure-pipelines\.ya?ml"
    r"|\.travis\.ya?ml|bitbucket-pipelines\.ya?ml|appveyor\.ya?ml|\.cirrus\.ya?ml|\.drone\.ya?ml"
    r"|cloudbuild\.ya?ml)$|^\.(?:circleci|buildkite|woodpecker|semaphore|gitlab/ci)/"
    r"|(?:^|/)Jenkinsfile$|^action\.ya?ml$"
)
_SCRIPTS = re.compile(r"(?:^|/)(?:scripts?|s?bin|ci|tools|hack|libexec)/[^/]+$")
_HOOKS = re.compile(r"(?:^|/)(?:\.husky|\.githooks|hooks|\.hooks)/[^/]+$")
_VENDORED = re.compile(
    r"(?:^|/)(?:vendor|vendored|third[-_]?party|node_modules|bower_components|Pods|\.yarn/cache"
    r"|_vendor|extern(?:al)?s?)/"
)
_TOOL_CONFIG = re.compile(
    r"^(?:pyproject\.toml|setup\.cfg|setup\.py|tox\.ini|noxfile\.py|\.flake8|mypy\.ini|\.mypy\.ini"
    r"|\.?ruff\.toml|\.coveragerc|\.?pylintrc|pytest\.ini|pyrightconfig\.json|package\.json|deno\.jsonc?"
    r"|tsconfig[\w.-]*\.json|jsconfig\.json|(?:jest|vitest|vite|playwright|cypress|karma|wdio|ava"
    r"|eslint|stylelint|webpack|rollup|babel|nightwatch|prettier)[\w.-]*\.(?:[cm]?[jt]s|json)"
    r"|\.mocharc.*|\.nycrc.*|\.c8rc.*|\.eslintrc.*|\.eslintignore|\.stylelintrc.*|biome\.jsonc?|\.oxlintrc.*"
    r"|\.golangci\.\w+|\.?clippy\.toml|Cargo\.toml|nextest\.toml|build\.gradle(?:\.kts)?|pom\.xml"
    r"|.*checkstyle.*\.xml|.*detekt.*\.ya?ml|.*(?:pmd|spotbugs).*\.xml|.*\.(?:cs|fs|vb)proj"
    r"|Directory\.Build\.(?:props|targets)|.*\.runsettings|\.editorconfig|\.globalconfig|\.rubocop.*"
    r"|\.rspec|\.simplecov|phpstan.*\.neon(?:\.dist)?|phpunit\.xml(?:\.dist)?|psalm.*\.xml(?:\.dist)?"
    r"|infection\.json5?|composer\.json|.*\.cabal|rebar\.config|(?:flake|default|shell|package)\.nix|CMakeLists\.txt|.*\.cmake|CMakePresets\.json|meson\.build|\.clang-tidy|codecov\.ya?ml"
    r"|\.codecov\.ya?ml|\.coveralls\.ya?ml|\.pre-commit-config\.ya?ml|\.yamllint.*|\.swiftlint\.ya?ml"
    r"|\.credo\.exs|mix\.exs|\.dialyzer.*|build\.sbt|\.scalafix\.conf|\.hadolint\.ya?ml|\.tflint\.hcl"
    r"|sonar-project\.properties|analysis_options\.yaml|dart_test\.yaml|lefthook\.ya?ml|\.shellcheckrc"
    r"|(?:spec|test|rails)_helper\.rb|test_helper\.exs|conftest\.py|Makefile|GNUmakefile|justfile"
    r"|turbo\.json|nx\.json|project\.json|angular\.json|\.luacheckrc|dune|stack\.yaml|Gemfile|Rakefile|Podfile|Fastfile"
    r"|.*\.xctestplan|\.bazelrc|BUILD(?:\.bazel)?|buckconfig|gradle\.properties|Taskfile\.ya?ml|mise\.toml|Earthfile"
    r"|(?:docker-)?compose[.-](?:\w+[.-])?(?:tests?|ci|e2e)\.ya?ml|maven\.config|jvm\.config|\.npmrc|deny\.toml|audit\.toml|\.size-limit\.\w+|\.?bundlesize\S*"
    r"|\.?lighthouserc\S*|\.markdownlint\S*|\.jshintrc|tslint\.json|\.ansible-lint|\.sqlfluff|\.vale\.ini|\.semgrep\S*|\.bandit"
    r"|.*\.globalconfig|\.scalafmt\.conf|\.php-cs-fixer\S*|phpcs\.xml\S*|lint\.xml|\.ktlint\S*|buf\.yaml|\.luacov|\.tarpaulin\.toml"
    r"|tarpaulin\.toml|tach\.toml|\.importlinter|\.testcaferc\S*|\.?bunfig\.toml|Package\.swift|deno\.jsonc?|.*ruleset|\.solhint\.json"
    r"|\.tidyrc|\.dependency-cruiser\S*|\.jscpd\S*|\.codeclimate\.ya?ml|\.trivy\S*|trivy\.yaml|\.snyk|brakeman\.ya?ml|cspell\S*"
    r"|osv-scanner\.toml|\.?kube-linter\.ya?ml|\.hlint\.ya?ml|\.lintr|api-extractor\.json|\.?commitlint\S*|knip\.\w+|\.gitleaks\.toml|\.grype\.ya?ml|\.?checkov\.ya?ml|\.spectral\S*|\.htmlhintrc|phpmd\S*\.xml|deptrac\S*|phparkitect\.php"
    r"|elvis\.config|\.taprc|stryker\.conf\S*|\.pa11yci\S*|\.?bundlewatch\S*|\.busted|\.proverc|\.perlcriticrc|\.?ameba\.ya?ml|slither\.config\.json|foundry\.toml|qodana\.ya?ml|\.codacy\.ya?ml|\.deepsource\.toml|\.prospector\.ya?ml|pyrefly\.toml|ty\.toml"
    r"|\.isort\.cfg|bandit\.ya?ml|\.safety-policy\.ya?ml|\.?pylintrc\.toml|\.?oxlint\S*|testng\S*\.xml|\.gitlab-ci-\S*|rustfmt\.toml|\.stylua\.toml|selene\.toml|\.protolint\.ya?ml|\.djlintrc|\.erb-?lint\.ya?ml|\.haml-lint\.ya?ml|\.slim-lint\.ya?ml|\.reek\.ya?ml|\.fasterer\.ya?ml"
    r"|\.terrascan\S*|\.kics\S*|\.conftest\S*|goss\.ya?ml|wallaby\.\w+|vitest\.workspace\.\w+|\.?percy\.\w+|backstop\.json|\.testem\S*|\.mutmut\S*|mutants\.toml|\.nsprc|\.auditignore|\.auditrc\S*|audit-ci\.jsonc?|\.trunk\.ya?ml|\.dialyzer_ignore\S*)$",
    re.IGNORECASE,
)
_LOCKS = {
    "package-lock.json": "npm", "npm-shrinkwrap.json": "npm", "yarn.lock": "npm", "pnpm-lock.yaml": "npm",
    "bun.lock": "npm", "bun.lockb": "npm", "deno.lock": "deno", "poetry.lock": "python", "uv.lock": "python",
    "pdm.lock": "python", "pipfile.lock": "python", "pylock.toml": "python", "cargo.lock": "cargo", "go.sum": "go",
    "go.work.sum": "go", "gemfile.lock": "ruby", "composer.lock": "php", "mix.lock": "mix", "rebar.lock": "rebar",
    "package.resolved": "swift", "podfile.lock": "pods", "cartfile.resolved": "carthage", "pubspec.lock": "dart",
    "packages.lock.json": "nuget", "project.assets.json": "nuget", "gradle.lockfile": "gradle", "flake.lock": "nix",
    "conan.lock": "conan", "gopkg.lock": "dep", "shard.lock": "crystal", "stack.yaml.lock": "haskell",
    "cabal.project.freeze": "haskell", ".terraform.lock.hcl": "terraform", "chart.lock": "helm",
}  # fmt: skip
_MANIFESTS = {
    ecosystem: re.compile(rf"(?:{names})$")
    for ecosystem, names in {
        "npm": r"package\.json|pnpm-workspace\.ya?ml|\.npmrc|\.yarnrc(?:\.yml)?|\.pnpmfile\.cjs",
        "deno": r"deno\.jsonc?|import_map\.json|package\.json",
        "python": r"pyproject\.toml|pipfile|setup\.(?:py|cfg)|poetry\.toml|uv\.toml|[\w.-]*requirements[\w.-]*\.(?:in|txt)",
        "cargo": r"cargo\.toml", "go": r"go\.(?:mod|work)", "ruby": r"gemfile|gems\.rb|[\w.-]+\.gemspec|[\w.-]+\.gemfile|\.ruby-version",
        "php": r"composer\.json", "mix": r"mix\.exs", "rebar": r"rebar\.config(?:\.script)?", "swift": r"package(?:@swift-[\w.]+)?\.swift|project\.pbxproj",
        "pods": r"podfile|[\w.-]+\.podspec", "carthage": r"cartfile(?:\.private)?", "dart": r"pubspec\.yaml|pubspec_overrides\.yaml",
        "nuget": r"[\w.-]+\.(?:cs|fs|vb)proj|directory\.(?:packages|build)\.(?:props|targets)|packages\.config|nuget\.config|global\.json|paket\.dependencies",
        "gradle": r"[\w.-]+\.gradle(?:\.kts)?|[\w.-]+\.versions\.toml|gradle\.properties|versions\.properties",
        "nix": r"[\w.-]+\.nix", "conan": r"conanfile\.(?:py|txt)", "dep": r"gopkg\.toml", "crystal": r"shard\.yml",
        "haskell": r"stack\.yaml|package\.yaml|[\w.-]+\.cabal|cabal\.project", "terraform": r"[\w.-]+\.tf", "helm": r"chart\.yaml",
    }.items()
}  # fmt: skip
"""The names, in lower case, of all that an ecosystem's lock files are made from."""


class Place(StrEnum):
    """What a file is for. One of them fits: the first in the order of `place_of`."""

    DOCS = "docs"
    VENDORED = "vendored"
    LOCK = "lock"
    SNAPSHOT = "snapshot"
    CI = "ci"
    CONFIG = "config"
    TEST = "test"
    SUPPORT = "support"
    SCRIPT = "script"
    PRODUCT = "product"
    OTHER = "other"


@lru_cache(maxsize=4096)
def place_of(path: str) -> Place:
    """The place of a repository-relative path."""
    name = PurePosixPath(path).name
    is_code = language_of(path) not in {"", "data"}
    places = (
        (Place.DOCS, language_of(path) == "docs"),
        (Place.VENDORED, _VENDORED.search(path)),
        (Place.LOCK, name.lower() in _LOCKS),
        (Place.SNAPSHOT, _SNAPSHOT.search(path)),
        (Place.CI, _CI.search(path)),
        (
            Place.CONFIG,
            _TOOL_CONFIG.match(name)
            or path.endswith((".cargo/config.toml", ".clj-kondo/config.edn")),
        ),
        (Place.TEST, is_code and is_test_path(path)),
        (Place.SUPPORT, _SUPPORT.search(path) or _TEST_FOLDER.search(path)),
        (Place.SCRIPT, language_of(path) == "shell"),
        (Place.PRODUCT, is_code),
    )
    return next((place for place, fits in places if fits), Place.OTHER)


def is_test_name(name: str) -> bool:
    """Whether runners find tests in a file of that name, whatever its folder."""
    return bool(_TEST_NAME.search(name))


def is_test_path(path: str) -> bool:
    """Whether tests live there, by the customs of all languages together."""
    name = PurePosixPath(path).name
    if _TEST_NAME.search(name):
        return True
    return bool(_TEST_FOLDER.search(path)) and not _SUPPORT.search(path)


@lru_cache(maxsize=4096)
def language_of(path: str) -> str:
    """A word of our own such as `python` or `data`; empty when unknown."""
    name = PurePosixPath(path).name.lower()
    if name in _BY_NAME:
        return _BY_NAME[name]
    if name.startswith(("dockerfile.", "makefile.")):
        return "shell"
    if "." not in name and (_SCRIPTS.search(path) or _HOOKS.search(path)):
        return "shell"
    if name.endswith(".tftest.hcl"):
        return "other"
    suffix = name.rpartition(".")[2] if "." in name else ""
    return _BY_SUFFIX.get(suffix, "")


def ecosystem_of(path: str) -> str:
    """The package manager's world that a lock file belongs to; empty for other files."""
    return _LOCKS.get(PurePosixPath(path).name.lower(), "")


def is_manifest(path: str, ecosystem: str) -> bool:
    """Whether that ecosystem's lock files are made from the file, alone or with others."""
    return bool(_MANIFESTS[ecosystem].match(PurePosixPath(path).name.lower()))


def stem_of(path: str) -> str:
    """What a test and its subject have in common: `test_cart.py`, `Cart.spec.ts` → `cart`."""
    name = PurePosixPath(path).name.partition(".")[0]
    words = re.sub(r"^(?:test|spec)[-_]|[-_](?:test|spec|tests)$", "", name)
    return re.sub(r"(?<=[a-z0-9])(?:Tests?|Spec|Suite|IT)$", "", words).replace("_", "").lower()
