"""Product code that behaves differently when it is tested."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from bot.diff_policy.change import Change, ChangedFile
from bot.diff_policy.finding import Hit, Rule
from bot.diff_policy.places import Place

_CI = (
    r"(?:CI|GITHUB_ACTIONS|CONTINUOUS_INTEGRATION|GITLAB_CI|TRAVIS|CIRCLECI|JENKINS_URL|BUILDKITE)"
)
_AWARE = re.compile(
    r"[\"'](?:pytest|unittest|nose|_pytest|xdist)[\"']\s*(?:not\s+)?in\s+sys\.modules|\bsys\.modules\b.*[\"'](?:pytest|unittest)|PYTEST_CURRENT_TEST|PYTEST_VERSION|PYTEST_XDIST"
    r"|(?:pytest|unittest|test)[\"']?\s+in\s+sys\.argv|\bNODE_ENV\s*(?:={2,3}|!={1,2})\s*[\"']test|[\"']test[\"']\s*={2,3}\s*process\.env\.NODE_ENV|JEST_WORKER_ID|VITEST(?:_WORKER_ID|_POOL_ID)?\b"
    r"|import\.meta\.vitest|import\.meta\.env\.MODE\s*===?\s*[\"']test|\btypeof\s+(?:jest|describe|it|vi|mocha|jasmine)\b|\bglobal(?:This)?\.(?:jest|describe|it|vi|__vitest\w*|Cypress)\b|window\.Cypress\b"
    r"|\btesting\.Testing\(\)|flag\.Lookup\(\"test\.|os\.Args\[0\].*\.test|\"\.test\"\)|\bcfg!\(test\)|#\[cfg\(not\(test\)\)\]"
    r"|org\.junit|org/junit|\bIsRunningTests?\b|isRunningTest|junit\.framework|surefire\.|\"(?:xunit|nunit|mstest|testhost)|UnitTestDetector"
    r"|defined\?\(\s*(?:RSpec|Minitest|Test::Unit)|\b(?:Rails|Hanami|Sinatra)\.env\.test\?|RAILS_ENV[\"']\]\s*==\s*[\"']test|RACK_ENV[\"']\]\s*==\s*[\"']test"
    r"|runningUnitTests\(\)|PHPUNIT_\w+|defined\(\s*['\"](?:PHPUNIT|TESTING)|APP_ENV['\"]?\)?\]?\s*={2,3}\s*['\"]test|environment\(\s*['\"]testing['\"]"
    r"|XCTestConfigurationFilePath|NSClassFromString\(\s*\"XCTest|XCTestCase\"|\bMix\.env\(?\)?\s*==\s*:test|ExUnit\.Server|FLUTTER_TEST|\bkDebugMode\s*&&\s*isTest"
    r"|\bTEST_(?:MODE|RUN|ENV)\b|\bIS_TEST\b|isTestEnv\b|inTestMode|RUNNING_TESTS?|UNIT_TEST(?:ING)?\b|\bGTEST_\w+|testing::UnitTest|\bBATS_\w+|\binspect\.stack\(\).*test|getStackTrace\(\).*[tT]est|\"tests?::|current_exe\(\).*\btest|ensure_loaded\?\(\s*ExUnit|\bprocess\.argv\b.*(?:jest|mocha|vitest)|sys\.argv\[0\].*test|\$0.*(?:rspec|bats)|PROGRAM_NAME.*(?:rspec|test)|\b__TEST__\b|isInstrumentationTest|isRunningInTestHarness|\bisUnderTest|AppDomain\..*(?:[xX][uU]nit|[nN][uU]nit)"
    r"|\b(?:[eE]nv(?:ironment)?|[mM]ode|[pP]rofiles?|[sS]tage|IsEnvironment|acceptsProfiles|getActiveProfiles|APP_ENV|Flavor|[bB]uild_?[tT]ype)\w*\b[\"'\])]?\s*(?:\(|={1,3}|!={1,2}|\.(?:equals|is|includes?|contains)\w*\(|\bis\b|,)\s*[\"':](?:[\w-]*[-_])?(?:\w*[a-z](?=Test)|(?=[tT]est))[tT]est(?:ing|s|s?[A-Z_-]\w*)?\b"
    r"|\b(?:settings|config|app|current_app|conf|Config)(?:\.config)?(?:\.|\[[\"']|\.get\([\"']|,\s*[\"'])(?:TESTING|testing|IS_TESTING|UNDER_TEST|is_testing|isTest(?:ing)?|underTest)\b|\bgetattr\(\s*\w+,\s*[\"'](?:TESTING|IS_TEST\w*|UNDER_TEST)[\"']|\bSystem\.getProperty\(\s*\"(?:test|surefire|junit)[\w.]*\"|\b__name__\s*!=\s*[\"']__main__[\"']"
    r"|\bis_?under_?test\w*\b|\b(?:is|in|running)_?(?:unit_?)?tests?(?:ing)?\b\s*(?:\(|[:)]|&&|\|\||\?|and\b|or\b)|\bApplication\.(?:get|fetch|compile)_env!?\([^)]*:env\w*\)?\s*==\s*:test|\bMode\.Test\b|\bBuildConfig\.IS_TEST|\b(?:uitest\w*|UITest\w*|ui-?testing)\b|#\s*if(?:def)?\s+(?:defined\()?\w*(?:UNIT_)?TEST(?:S|ING|_BUILD)?\b|@Profile\(\s*\"!?test"
    rf"|(?:environ(?:\.get)?|getenv|process\.env|ENV|os\.Getenv|LookupEnv|env::var(?:_os)?|System\.getenv|GetEnvironmentVariable|System\.get_env|sys\.env(?:\.get)?|\.environment)"
    rf"(?:\s*[\[(.]\s*[\"']?|\[[\"']){_CI}\b"
)
_IMPORT = re.compile(r"^\s*(?:import|from|using|use|require|#include|package|export \*)\b")


def find(change: Change) -> Iterator[Hit]:
    """Conditions on the test runner or on CI, outside of tests and of settings."""
    for file in change.at(Place.PRODUCT):
        if not file.is_code or _IS_TOOL.search(file.path):
            continue
        if file.language == "rust":
            yield from _conditional(file)
        for line in file.added:
            aware = bool(line.code) and not line.in_test and _AWARE.search(line.text)
            if aware and not _IMPORT.match(line.code) and not change.is_moved_here(line):
                before = any(_AWARE.search(x.text) for x in file.removed)
                if not before:
                    yield Hit(file, line)


def _conditional(file: ChangedFile) -> Iterator[Hit]:
    """Rust: `#[cfg(test)]` on a statement, where items of tests would be in order."""
    for hunk in file.hunks:
        for line, after in pairwise(hunk):
            marked = line.mark == "+" and not line.in_test and _CFG_TEST.match(line.code)
            if marked and after.mark == "+" and _STATEMENT.match(after.code):
                yield Hit(file, line)


_CFG_TEST = re.compile(r"^\s+#\[cfg\(test\)\]\s*$")
_STATEMENT = re.compile(r"^\s+(?:if|return|match|while|for|loop|let|\{|[\w.]+\s*(?:=|\())")
_IS_TOOL = re.compile(
    r"(?:^|/)(?:scripts?|tools?|ci|build|bin|hack|\.[\w-]+)/|(?:^|/)config/[^/]*\.(?:[cm]?[jt]s|rb|php|exs)$|(?:config|rc|setup)\.[cm]?[jt]s$|(?:^|/)(?:gulpfile|Gruntfile|setup|fabfile|tasks|dangerfile)\.\w+$|manage\.py$"
)

RULE = Rule(
    id="test-aware-code",
    why="Product code asks whether it is being tested.",
    legitimate="A switch that the product has anyway, such as a fake gateway chosen by a setting.",
    find=find,
)
