"""Commands that run tests or checks, as they stand in scripts, settings and Makefiles."""

import re

RUNS_TESTS = re.compile(
    r"\b(?:pytest|py\.test|tox|nox|unittest|go test|gotestsum|cargo (?:test|nextest)|nextest|jest|vitest|mocha|ava|karma|jasmine|playwright|cypress|ctest|mvnw?|maven|gradlew?|dotnet test|vstest"
    r"|rspec|rake|rails test|phpunit|pest|mix test|swift test|xcodebuild|sbt|bats|prove|flutter test|dart test|deno test|bun test|node --test|npm (?:run )?test|npm t|yarn test|pnpm (?:run )?test"
    r"|addopts|bazel test|nx test|turbo (?:run )?test|make (?:test|check)|lein test|stack test|cabal test|zig build test|Rscript|busted|behave|cucumber|invoke-pester|gotest|ginkgo|kaocha|GTEST_FILTER|--gtest_\w+|testem|tap|wdio|detox|hardhat test|forge test|[\w./-]*[-_]tests?(?=\s+-)|\"test[\w:-]*\"\s*:)",
    re.IGNORECASE,
)
RUNS_CHECKS = re.compile(
    r"\b(?:eslint|tslint|biome|oxlint|stylelint|tsc|vue-tsc|mypy|pyright|ruff|flake8|pylint|bandit|clippy|cargo (?:fmt|deny|audit)|go vet|staticcheck|golangci-lint|rubocop|sorbet|phpstan|psalm|phpcs"
    r"|ktlint|detekt|checkstyle|spotbugs|shellcheck|hadolint|yamllint|actionlint|clang-tidy|cppcheck|swiftlint|credo|dialyzer|scalafmt\w*|prettier|black|isort|markdownlint|tflint|trivy|pip-audit"
    r"|npm audit|npm run (?:lint|typecheck|check)|yarn lint|pnpm lint|make lint|nyc|c8|codecov)\b",
    re.IGNORECASE,
)

RUNS_CASES = re.compile(
    r"parametrize|\.each\b|ParameterizedTest|\[(?:Theory|DataTestMethod|InlineData|TestCase(?:Source)?|MemberData|ClassData|DataRow)|rstest|test_case|withData|[dD]ataProvider|INSTANTIATE_|GENERATE\(|TEMPLATE_(?:PRODUCT_)?TEST_CASE|TYPED_TEST"
    r"|forAll|subTest|withClue|@Test\(\s*(?:\"\"\s*,\s*)?arguments|@(?:TestFactory|CsvSource|ValueSource|MethodSource|EnumSource|FieldSource|UseDataProvider|TestWith)|#\[(?:TestWith|values|case)|Scenario Outline|^\s*Examples:|->with\("
    r"|\brange \w*(?:tests|cases|tcs)\b|\bfor\b.*\b(?:range|in|of)\s+(?:map\[|\[|\(|&?\[)|\bwhere:|\bforM_|\btable\b.*\bforall\b|\bwithTable\b|\bare\s+\["
)
"""What runs one test over many cases."""


def runs(text: str) -> bool:
    """Whether a line runs tests or checks."""
    return bool(RUNS_TESTS.search(text) or RUNS_CHECKS.search(text))


def runners(text: str) -> int:
    """How many of them a line runs."""
    return len(RUNS_TESTS.findall(text)) + len(RUNS_CHECKS.findall(text))
