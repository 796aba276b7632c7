"""What a finding tells, in which order, and what a person may accept."""

import pytest

from bot.diff_policy import Context, Severity, inspect, is_flagged, read_files
from bot.diff_policy.inspection import MAX_FINDINGS
from bot.untrusted import Untrusted


def _diff(*files):
    return read_files(
        {"status": "modified", "filename": name, "patch": patch, "additions": 1, "deletions": 1}
        for name, patch in files
    )


SKIP = "@@ -8,2 +8,3 @@ class UploadTest:\n \n+    @pytest.mark.skip\n     def test_a(self):"


def test_a_finding_tells_all():
    """Rule, place, severity, the line itself, why, and when it is legitimate."""
    (finding,) = inspect(_diff(("tests/test_a.py", SKIP)))

    assert finding.rule == "skipped-tests"
    assert finding.severity is Severity.BLOCK
    assert (finding.path, finding.line, finding.removed) == (Untrusted("tests/test_a.py"), 9, False)
    assert finding.text == Untrusted("    @pytest.mark.skip")
    assert finding.why.startswith("A test is skipped")
    assert finding.legitimate


def test_a_removed_line_is_found_on_the_old_side():
    """What is gone has no number on the new side."""
    patch = "@@ -5,2 +5,1 @@ def test_a():\n     out = f()\n-    assert out == 1"
    (finding,) = inspect(_diff(("tests/test_a.py", patch)))

    assert (finding.rule, finding.line, finding.removed) == ("weakened-assertions", 6, True)


def test_accepted_rules_stay_and_do_not_flag():
    """`/coder allow skipped-tests` hides nothing."""
    files = _diff(("tests/test_a.py", SKIP))

    findings = inspect(files, accepted={"skipped-tests"})

    assert [f.accepted for f in findings] == [True]
    assert not is_flagged(findings)
    assert is_flagged(inspect(files, accepted={"deleted-tests"}))


def test_the_order_of_the_files_does_not_matter():
    """The same diff gives the same findings."""
    files = _diff(
        ("tests/test_b.py", SKIP),
        ("tests/test_a.py", SKIP),
        (".github/workflows/a.yml", "@@ -1 +1 @@\n-a\n+b"),
    )

    assert inspect(files) == inspect(tuple(reversed(files)))
    assert [f.path.raw for f in inspect(files)] == sorted(f.path for f in files)


def test_notices_do_not_hide_what_blocks():
    """However many notes there are, the first finding is the one that blocks."""
    notes = [(f"vendor/x/{i:03}.go", "@@ -1 +1 @@\n-a\n+b") for i in range(3 * MAX_FINDINGS)]
    files = _diff(*notes, ("go.mod", "@@ -1 +1 @@\n-a v1\n+a v2"), ("z/z_test.py", SKIP))

    findings = inspect(files)

    assert findings[0].rule == "skipped-tests"
    assert sum(f.severity is Severity.NOTICE for f in findings) == MAX_FINDINGS


@pytest.mark.parametrize(
    ("glob", "path", "fits"),
    [
        (".github/**", ".github/a/b.yml", True),
        ("deploy/", "deploy/prod.yaml", True),
        ("deploy", "deploy/prod.yaml", True),
        ("*.sql", "db/0001.sql", True),
        ("**/secrets.*", "secrets.yml", True),
        ("/infra/*.tf", "infra/main.tf", True),
        ("deploy/**", "src/deploy.py", False),
        ("", "a.py", False),
        ("*.sql", "a.sqlx", False),
    ],
)
def test_protected_paths(glob, path, fits):
    """Globs as people write them."""
    files = _diff((path, "@@ -1 +1 @@\n-a\n+b"))
    found = inspect(files, Context(protected_paths=(glob,)))

    assert any(f.rule == "protected-paths" for f in found) is fits


def test_a_renamed_file_counts_under_its_former_name():
    """Moving a protected file away is an edit of it."""
    item = {"status": "renamed", "filename": "b.yml", "previous_filename": "deploy/a.yml"}

    (finding,) = inspect(read_files([item]), Context(protected_paths=("deploy/**",)))

    assert finding.rule == "protected-paths"


@pytest.mark.parametrize(
    ("size", "flagged"),
    [(9_000, False), (12_000, True)],
)
def test_files_without_text_in_a_large_diff_were_not_inspected(size, flagged):
    """GitHub tells counts of 0 for what comes after its limit: they look like changes of mode."""
    large = {
        "filename": "docs/a.md",
        "status": "added",
        "additions": size,
        "patch": "@@ -0,0 +1 @@\n" + "+x\n" * size,
    }
    silent = {"filename": "src/z.py", "status": "modified", "additions": 0, "deletions": 0}

    findings = inspect(read_files([large, silent]))

    assert [f.rule for f in findings if f.path.raw == "src/z.py"] == ["not-inspected"]
    assert is_flagged(findings) is flagged


def test_own_tokens_are_found():
    """The bot's own tokens have no shape that others would know."""
    from bot.sanitize import Secrets

    token = "plain-coder-" + "q7Xw2Zp9Lk4Vn8"
    files = _diff(("src/a.py", f"@@ -1 +1 @@\n-a\n+key = '{token}'"))

    findings = inspect(files, Context(secrets=Secrets({"coder-token": token})))

    assert [f.rule for f in findings if f.severity is Severity.BLOCK] == ["added-secrets"]


def test_a_failing_test_that_went_with_its_subject_is_no_note():
    """To delete the code that fails is no repair."""
    files = _diff(
        ("src/a.py", "@@ -1,2 +0,0 @@\n-def to_xml():\n-    return 1"),
        ("tests/test_a.py", "@@ -1,2 +0,0 @@\n-def test_to_xml():\n-    assert to_xml()"),
    )

    assert not is_flagged(inspect(files))
    assert is_flagged(inspect(files, Context(failing_tests=("test_to_xml",))))
