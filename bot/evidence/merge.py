"""The same thing said once: over the legs of a matrix, over the jobs of a run, over many tests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bot.evidence.fingerprint import fingerprint_of, normalized
from bot.evidence.weigh import Weighed
from bot.model.evidence import Diagnostic

CROWD = 20
"""More diagnostics than this are told by message: one whole example and a count."""
_TELLING = 3.0
_SAID = 0.8
_TOP = 12
_ALIKE = 0.75
REPEATED = 0.03
"""What is left of the worth of a line that an earlier job's excerpt has shown."""
_WORKSPACE = re.compile(
    r"(?:file://)?(?:/home/runner/work/[^/]+/[^/]+/|/__w/[^/]+/[^/]+/|/github/workspace/"
    r"|/Users/runner/work/[^/]+/[^/]+/|[A-Za-z]:[\\/]a[\\/][^\\/]+[\\/][^\\/]+[\\/]"
    r"|/home/travis/build/[^/]+/[^/]+/|/home/[^/]+/actions-runner/_work/[^/]+/[^/]+/|\./"
    # Any self-hosted runner: the repository's name stands twice below its work folder.
    r"|(?:/[^/\s:]+){1,9}/_?work/(?P<name>[^/\s]+)/(?P=name)/)"
)


def relative(diagnostic: Diagnostic) -> Diagnostic:
    """With its path and frame relative to the repository, where the runner's layout tells it."""
    path, frame = _WORKSPACE.sub("", diagnostic.path), _WORKSPACE.sub("", diagnostic.frame)
    if path == diagnostic.path and frame == diagnostic.frame:
        return diagnostic
    return replace(diagnostic, path=path, frame=frame)


def merged(found: Iterable[tuple[str, Diagnostic]]) -> tuple[Diagnostic, ...]:
    """Diagnostics of `(leg, diagnostic)`, equal ones once with the legs; a crowd by message."""
    known: dict[str, Diagnostic] = {}
    for leg, diagnostic in found:
        key = fingerprint_of(diagnostic)
        earlier = known.get(key)
        if earlier is None:
            known[key] = replace(diagnostic, legs=(leg,)) if leg else diagnostic
        elif leg and leg not in earlier.legs:
            known[key] = replace(earlier, legs=(*earlier.legs, leg))
    if len(known) <= CROWD:
        return tuple(known.values())
    by_message: dict[tuple[str, str, str], Diagnostic] = {}
    for diagnostic in known.values():
        kind = (diagnostic.tool, diagnostic.rule, normalized(diagnostic.message.raw))
        earlier = by_message.get(kind)
        if earlier is None:
            by_message[kind] = diagnostic
        else:
            legs = tuple(dict.fromkeys((*earlier.legs, *diagnostic.legs)))
            by_message[kind] = replace(earlier, count=earlier.count + 1, legs=legs)
    return tuple(by_message.values())


def legs_of(jobs: Sequence[Weighed]) -> Mapping[int, int]:
    """For each job (by position) that says what an earlier one said: the position of that one.

    Lines of the others that an earlier job has shown lose their worth, in place.
    """
    result: dict[int, int] = {}
    if len(jobs) < 2:
        return result
    said: list[tuple[int, frozenset[str]]] = []
    prints = [_prints(job) for job in jobs]
    shown: set[str] = set()
    for position, job in enumerate(jobs):
        top = sorted(job.worth, key=lambda i: (-job.worth[i], i))[:_TOP]
        keys = {i: normalized(job.cut.lines[i].text) for i in top if job.worth[i] >= _TELLING}
        own = frozenset(keys.values())
        mine = prints[position]
        twin = next(
            (
                p
                for p, other in said
                if (mine and mine <= prints[p]) or (not mine and own and _alike(own, other))
            ),
            None,
        )
        if twin is not None:
            result[position] = twin
            continue
        said.append((position, own | frozenset(_all_keys(job))))
        if shown:
            for index, worth in job.worth.items():
                if worth >= _SAID and normalized(job.cut.lines[index].text) in shown:
                    job.worth[index] *= REPEATED
        shown |= {key for key in _all_keys(job) if len(key) > 8}
    return result


def _prints(job: Weighed) -> frozenset[str]:
    """The hashes of what formats found in failed steps."""
    red = (f for f in job.findings if job.place_factor(f.first) == 1.0)
    return frozenset(fingerprint_of(relative(f.diagnostic)) for f in red)


def _all_keys(job: Weighed) -> list[str]:
    telling = (i for i, worth in job.worth.items() if worth >= _SAID)
    return [normalized(job.cut.lines[i].text) for i in telling]


def _alike(own: frozenset[str], other: frozenset[str]) -> bool:
    return len(own & other) >= _ALIKE * len(own)
