"""The words that failures are told in, whatever the tool, and how much each says.

The scan looks for them besides the anchors of the formats, in any letter case. The scale is that
of a format's own parts: a cause is worth 10.
"""

FAILURE_WORDS: dict[str, float] = {
    # broken off
    "core dumped": 6.5, "segmentation fault": 6.5, "out of memory": 6.5, "stack overflow": 6.0,
    "bus error": 6.5, "killed": 6.0, "aborted": 5.5, "abort": 4.0, "crash": 5.0, "fatal": 6.0,
    "panic": 5.5, "traceback": 5.0, "exception": 5.0, "uncaught": 5.5, "unhandled": 5.5,
    # absent
    "command not found": 7.0, "no such file": 6.5, "no such": 6.0, "not found": 6.0,
    "cannot find": 6.5, "can't find": 6.5, "could not find": 6.5, "couldn't find": 6.5,
    "unable to find": 6.5, "does not exist": 6.5, "doesn't exist": 6.5, "not exist": 6.0,
    "no module": 6.5, "not declared": 6.0, "not defined": 6.0, "not provided": 5.5,
    "not installed": 5.5, "not available": 5.0, "not recognized": 6.0, "no matching": 6.0,
    "no version": 5.5, "missing": 5.0, "is empty": 4.5, "unable to locate": 6.5,
    # refused
    "permission denied": 6.5, "denied": 6.0, "refused": 6.0, "forbidden": 5.5, "rejected": 5.5,
    "unauthorized": 6.0, "not authorized": 6.0, "not allowed": 6.0, "not permitted": 6.0,
    "authentication": 3.5, "credential": 3.5, "not accessible": 6.0, "blocked": 4.5,
    # network, limits, time
    "could not resolve host": 6.5, "unreachable": 5.5, "econn": 6.0, "etimedout": 6.0,
    "enotfound": 6.0, "timed out": 6.5, "timeout": 4.5, "deadline exceeded": 6.5,
    "rate limit": 6.0, "too many requests": 6.0, "toomanyrequests": 6.5, "no space left": 7.0,
    "exceed": 5.0, "too large": 4.5, "too many": 4.5, "too deep": 5.5, "quota": 4.5,
    "did not exit": 5.5, "connection reset": 6.0,
    # did not work
    "could not": 5.5, "couldn't": 5.5, "cannot": 5.5, "can't": 5.5, "can not": 5.5, "unable": 5.5,
    "did not": 4.5, "didn't": 4.5, "does not": 4.5, "doesn't": 4.5, "not supported": 5.0,
    "not valid": 5.0, "not match": 5.0, "is not": 3.5, "are not": 3.5, "was not": 3.5,
    "not have": 3.5, "not compatible": 5.0, "non-zero": 4.5, "never": 2.0,
    # wrong
    "error": 4.5, "fail": 4.5, "errno": 4.5, "invalid": 5.0, "unexpected": 5.0, "unknown": 4.5,
    "unrecognized": 5.0, "undefined": 5.5, "undeclared": 5.5, "unresolved": 5.5, "conflict": 4.5,
    "unsupported": 5.0, "mismatch": 5.0, "incompatible": 5.0, "corrupt": 5.0, "illegal": 5.0,
    "malformed": 5.0, "outdated": 4.5, "out of date": 5.0, "not up to date": 5.0, "broken": 4.5,
    "violat": 5.0, "unsatisf": 5.0, "incorrect": 5.0, "wrong": 4.5, "duplicate": 4.0,
    "ambiguous": 4.5, "assert": 4.0, "differ": 4.0, "bad ": 4.0, "vulnerab": 4.0, "expired": 5.0,
    "deprecated": 1.5, "unused": 3.5, "dirty": 4.0, "banned": 5.0, "disabled": 3.0,
    "too old": 4.5, "unformatted": 5.0, "reformat": 4.5, "threshold": 4.5, "stale": 4.0,
    # told to the reader
    "expected": 4.0, "received": 2.5, "actual": 2.5, "required": 3.0, "must ": 4.0, "please": 3.5,
    "make sure": 3.0, "should ": 2.5, "you need": 3.5, "have to": 3.0, "forgot": 4.0,
    "exit code": 4.5, "exit status": 4.5, "exited": 4.0, "returned": 2.0, "stopped": 2.5,
    "caused by": 6.0, "reason:": 4.0, "hint:": 2.5, "help:": 2.0, "warning": 1.5, "cancel": 3.5,
    "❌": 6.5, "✗": 6.0, "✘": 6.0, "✖": 6.0, "×": 4.0, "🔴": 5.0, "⛔": 6.0, "🚨": 6.0, "⨯": 6.0,
}  # fmt: skip

RUNNER_ANCHORS = (
    "##[error]",
    "##[group]Run ",
    "##[warning]",
    "Process completed with exit code",
    "The operation was canceled",
    "has timed out after",
    "exceeded the maximum execution time",
    "The runner has received a shutdown signal",
    "lost communication with the server",
    "Unable to resolve action",
    "Failed to download ",
    "Post job cleanup.",
    "exited with ",
    "Traceback (most recent call last)",
)
