"""Hostile diffs: nothing raises, no pattern explodes, nothing is unbounded."""
# ruff: noqa: E501 - tables are read whole

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.diff_policy import RULES, inspect, read_files
from bot.diff_policy.code import MAX_TEXT
from bot.diff_policy.inspection import MAX_FINDINGS
from tests.diff_policy.corpus import DATA, cases

PATHS = [
    "tests/test_a.py", "src/a.py", "a.test.ts", "src/a.tsx", "a_test.go", "src/lib.rs", "src/test/java/ATest.java",
    "ATest.kt", "ASpec.scala", "ATests.cs", "spec/a_spec.rb", "tests/ATest.php", "a_test.cc", "ATests.swift", "a_test.exs",
    "pyproject.toml", "package.json", "Makefile", ".github/workflows/ci.yml", "run.sh", "a.snap", "yarn.lock", "x",
]  # fmt: skip
LINES = sorted(
    {
        line
        for case in cases(DATA)
        for item in case.items
        for line in item.get("patch", "").split("\n")
    }
)
SOME_LINE = st.one_of(
    st.sampled_from(LINES), st.text(max_size=60).map(lambda text: text.replace("\n", " "))
)
ITEM = st.fixed_dictionaries(
    {
        "filename": st.one_of(st.sampled_from(PATHS), st.text(max_size=30)),
        "status": st.sampled_from(["added", "removed", "modified", "renamed", "changed", ""]),
        "patch": st.lists(SOME_LINE, max_size=40).map(
            lambda lines: "@@ -1,9 +1,9 @@\n" + "\n".join(lines)
        ),
        "additions": st.integers(0, 50),
        "deletions": st.integers(0, 50),
    }
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ITEM, max_size=4))
def test_any_text_is_inspected(items):
    """Shuffled and random lines in all kinds of files: findings, and no exception."""
    findings = inspect(read_files(items))

    assert findings == inspect(read_files(items))
    assert all(f.why and f.legitimate for f in findings)


HOSTILE = {
    "quotes": '"' * 4000, "backslashes": '"' + "\\" * 3999, "open-brackets": "(" * 4000, "blanks": " " * 4000 + "x",
    "asserts": "assert " * 600, "equals": "=" * 4000, "words": "a" * 4000, "dots": "a." * 2000, "commas": "assertEquals(" + "1," * 2000,
    "or": "|| " * 1300, "expect": "expect(" * 600, "hashes": "# " * 2000, "comments": "/*" * 2000, "digits": "9" * 4000, "test": "it('" * 1000,
    "noqa": "# noqa " * 600, "slashes": "//" * 2000, "abs": "abs((" * 800 + " <", "rust": "#[allow(" * 500, "in": "raises(" * 700,
    "paths": "tests/" * 700, "same": "assert " + "x" * 80 + " == " + "x" * 79, "minus": "-1" * 2000, "tabs": "\t-" * 2000,
}  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_no_pattern_explodes(path):
    """Lines made to be slow: a pattern that needs more than linear time does not come back."""
    texts = [text[i:] for text in HOSTILE.values() for i in range(2)]
    patch = "@@ -1,8 +1,8 @@\n" + "".join(f"-{text}\n+{text[1:]}\n" for text in texts)
    files = read_files([{"filename": path, "status": "modified", "patch": patch}])

    assert len(inspect(files)) <= 2 * MAX_FINDINGS * len(RULES)


def test_findings_are_bounded():
    """A million skipped tests are still a short list."""
    patch = "@@ -1 +1 @@\n def test_a():\n" + "+    @pytest.mark.skip  # noqa\n" * 1_000_000
    findings = inspect(read_files([{"filename": "tests/test_a.py", "patch": patch}]))

    assert len(findings) <= 2 * MAX_FINDINGS * len(RULES)
    assert "not-inspected" in {f.rule for f in findings}


@pytest.mark.parametrize("path", ["a_test.go", "src/a.py", "build.gradle"])
def test_long_blocks_are_not_compared_each_with_each(path):
    """Ten thousand lines in place of ten thousand: what compares them all does not come back."""
    patch = "@@ -1 +1 @@\n" + "-    f.sync(a)\n" * 10_000 + "+    _ = f.sync(a)\n" * 10_000
    files = read_files([{"filename": path, "status": "modified", "patch": patch}])

    assert len(inspect(files)) <= 2 * MAX_FINDINGS * len(RULES)


def test_blanks_hide_nothing():
    """What stands far to the right is read."""
    patch = "@@ -1 +1 @@\n+x = 1;" + " " * 20 * MAX_TEXT + "process.exit(0)"
    item = {"filename": "a.test.ts", "status": "modified", "patch": patch}

    assert "rigged-tests" in {f.rule for f in inspect(read_files([item]))}


def test_long_lines_are_cut_and_said():
    """What stands behind the limit is not read, and that is a finding."""
    patch = "@@ -1 +1 @@\n+x = '" + "y" * MAX_TEXT + "'; process.exit(0)"
    item = {"filename": "a.test.ts", "status": "modified", "patch": patch}

    assert [f.rule for f in inspect(read_files([item]))] == ["not-inspected"]
