"""All rules, in the order in which people should read their findings.

A rule is a file of its own with a `RULE`, a row in `bot/diff_policy/README.md` and at least one
diff in `tests/data/diffs/` that it flags; `tests/diff_policy/test_registry.py` checks that.
"""

from bot.diff_policy.finding import Rule
from bot.diff_policy.rules import (
    added_retries,
    added_secrets,
    binary_files,
    changed_expectations,
    code_owners,
    deleted_tests,
    diff_size,
    emptied_tests,
    hard_coded_results,
    lock_files,
    lowered_thresholds,
    narrowed_tests,
    not_inspected,
    protected_paths,
    rewritten_snapshots,
    rigged_tests,
    skipped_tests,
    suppressed_findings,
    swallowed_failures,
    test_aware_code,
    vendored_files,
    weakened_assertions,
    widened_timeouts,
    widened_tolerances,
    workflow_files,
)

RULES: tuple[Rule, ...] = (
    skipped_tests.RULE,
    deleted_tests.RULE,
    emptied_tests.RULE,
    narrowed_tests.RULE,
    weakened_assertions.RULE,
    changed_expectations.RULE,
    rigged_tests.RULE,
    widened_timeouts.RULE,
    widened_tolerances.RULE,
    added_retries.RULE,
    swallowed_failures.RULE,
    suppressed_findings.RULE,
    lowered_thresholds.RULE,
    rewritten_snapshots.RULE,
    test_aware_code.RULE,
    hard_coded_results.RULE,
    workflow_files.RULE,
    code_owners.RULE,
    protected_paths.RULE,
    lock_files.RULE,
    vendored_files.RULE,
    binary_files.RULE,
    added_secrets.RULE,
    diff_size.RULE,
    not_inspected.RULE,
)
