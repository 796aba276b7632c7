"""Random worlds and random orders of events, and what must hold after each of them.

People push, close, delete, edit our hidden memory; runs turn red, green or are cancelled; events
arrive late, twice, or from days ago; tokens lose rights and clocks jump. The numbers in the checks
are those of the promises that they keep.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.outcomes import OutcomeKind
from bot.sandbox.github_state import PullRequest
from faults.attempt import Told
from faults.gate import Asked, heard
from faults.world import BACKENDS, BOT, RIGHTS, World

_MOST_CALLS = 150
"""Of one run that does not wait."""

_MAY_WRITE = re.compile(
    r"github POST /graphql"
    r"|github (POST|PATCH|DELETE) /repos/acme/widgets/issues/(\d+/comments|comments/\d+)"
    r"|github (POST|PATCH) /repos/acme/widgets/(pulls|issues)(/\d+)?"
    r"|github POST /repos/acme/widgets/actions/runs/\d+/rerun-failed-jobs"
    r"|github POST /repos/acme/widgets/actions/workflows/\d+/dispatches"
    r"|coder (POST|PATCH|DELETE) /api/v2/(tasks|chats|workspaces|users/me/workspaces)(/.*)?"
)
_CREATES = re.compile(r"/(tasks/me|chats|workspaces|pulls|issues|issues/\d+/comments)$")
_LOST: dict[str, dict[str, str]] = {
    "nothing": {},
    "pull_requests": {"pull_requests": "read", "issues": "read"},
    "checks": {"checks": ""},
    "statuses": {"statuses": ""},
    "actions": {"actions": ""},
}


class RandomWorlds(RuleBasedStateMachine):
    """One repository with a red pull request, and everybody who does something to it."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self._heard = heard()
        self._heard.__enter__()
        self.told: list[Told] = []
        self.asked: list[list[Asked]] = []
        self.tampered = False
        self.pushes = 0

    def teardown(self) -> None:
        """End the servers."""
        if hasattr(self, "world"):
            self.world.close()
        self._heard.__exit__(None, None, None)

    @initialize(backend=st.sampled_from(BACKENDS))
    def begins(self, backend: str) -> None:
        """A red pull request."""
        self.world = World(backend)

    # --- the product -----------------------------------------------------------------------

    def _run(self, **how: Any) -> None:
        run = self.world.begin(wait="none", **how)
        self.told.append(run.play())
        self.asked.append(list(run.passage.asked))

    @rule()
    def the_red_event_comes_again(self) -> None:
        """A duplicate, perhaps days late."""
        self._run()

    @rule(age=st.integers(0, 5))
    def an_event_comes(self, age: int) -> None:
        """Any end of a run so far, the newest first."""
        known = [
            payload
            for name, payload in self.world.github.events.sent
            if name == "workflow_run" and payload["action"] == "completed"
        ]
        self._run(event=known[max(0, len(known) - 1 - age)])

    @rule()
    def a_sweep(self) -> None:
        """`reconcile` looks after everything."""
        self._run(trigger="reconcile")

    @rule(right=st.sampled_from(sorted(_LOST)))
    def an_event_with_fewer_rights(self, right: str) -> None:
        """The token has lost a permission."""
        rights = {**RIGHTS, **_LOST[right]}
        self._run(rights={name: level for name, level in rights.items() if level})

    # --- time and CI -----------------------------------------------------------------------

    @rule(seconds=st.sampled_from([1, 12, 45, 200, 4000, 100_000]))
    def time_passes(self, seconds: float) -> None:
        """Agents work, runs end."""
        self.world.let_pass(seconds)

    @rule(color=st.sampled_from(["", "voucher", "rounding", "taxes", "cancelled"]))
    def the_next_run_will_be(self, color: str) -> None:
        """What CI says to the next commit; empty is green."""
        self.world.colors[:] = [color]

    # --- people ----------------------------------------------------------------------------

    @rule()
    def a_person_pushes(self) -> None:
        """Onto the failing branch; CI starts."""
        self._push("feature")

    @rule()
    def a_person_pushes_on_top_of_ours(self) -> None:
        """Onto our branch, where there is one."""
        for pull in self._ours():
            self._push(pull.head_ref)

    def _push(self, branch: str) -> None:
        if self.world.repository.state.git.branch(branch) is not None:
            self.pushes += 1
            files = {"notes.txt": f"{self.pushes}\n"}
            self.world.repository.commit(branch, files, "More", author="alice")

    @rule(state=st.sampled_from(["open", "closed", "merged"]), ours=st.booleans())
    def a_pull_request_changes_state(self, state: str, ours: bool) -> None:  # noqa: FBT001
        """Closed, merged, or opened again, by hand."""
        every = self.world.repository.state.pulls.values()
        for pull in self._ours() if ours else [p for p in every if p.head_ref == "feature"]:
            pull.issue.state = "open" if state == "open" else "closed"
            stamp = self.world.github.clock.stamp()
            pull.issue.closed_at = None if state == "open" else stamp
            pull.merged_at = stamp if state == "merged" else None

    @rule(
        hand=st.sampled_from(
            ["{", '"v":1', '"attempts":[],"v":1', '"final":"fixed","v":1', '"generation":-3,"v":1']
        )
    )
    def somebody_edits_our_memory(self, hand: str) -> None:
        """The hidden JSON of our comment, by somebody who may edit comments."""
        for comment in self._comments():
            self.tampered = True
            comment.body = comment.body.replace('"v":1', hand)

    @rule()
    def a_stranger_forges_a_marker(self) -> None:
        """Our hidden text, in a comment that is not ours."""
        for comment in self._comments()[:1]:
            body = comment.body.replace('"v":1', '"v":1,"final":"fixed"')
            self.world.repository.comment(1, body, author="mallory")

    @precondition(lambda self: self._sessions())
    @rule(what=st.sampled_from(["deleted", "paused", "lost"]))
    def a_session_is(self, what: str) -> None:
        """Deleted, stopped or broken behind our back."""
        with self.world.coder.lock:
            for session in self._sessions():
                if what == "deleted":
                    self._delete(session)
                elif what == "lost":
                    session.died()
                elif session.workspace and not session.workspace.build.active:
                    builds = self.world.coder.builds
                    builds.add(session.workspace, "stop", "initiator", self.world.user)

    def _delete(self, session: Any) -> None:
        if self.world.backend == "tasks":
            self.world.coder.tasks.remove(session)
        else:
            session.archived = True

    # --- what must hold --------------------------------------------------------------------

    @invariant()
    def one_session_for_each_key(self) -> None:
        """1: whatever happened, no key has two."""
        names = Counter(
            s.name if self.world.backend == "tasks" else s.labels.get("coder-fix/name")
            for s in self._sessions()
        )
        assert all(count == 1 for count in names.values()), names

    @invariant()
    def one_comment_one_pull_request(self) -> None:
        """2: one comment of ours on a pull request, one pull request for a branch of ours."""
        comments = Counter(c.number for c in self._comments())
        pulls = Counter(p.head_ref for p in self._ours())
        assert all(count == 1 for count in (*comments.values(), *pulls.values()))

    @invariant()
    def nothing_is_created_blindly(self) -> None:
        """3: between two creations of the same thing there is always a look."""
        for calls in self.asked:
            posts = [c.url if c.method == "POST" and _CREATES.search(c.url) else "" for c in calls]
            pairs = itertools.pairwise(posts)
            assert not any(one and one == other for one, other in pairs), posts

    @invariant()
    def attempts_are_bounded(self) -> None:
        """15, 16: nobody is told more than the prompt and one follow-up, a cut-off turn apart."""
        found = (re.search(r"push it to the branch `(.+?)`", prompt) for prompt in self._prompts())
        told = Counter(branch[1] for branch in found if branch)
        assert self.tampered or all(count <= 3 for count in told.values()), told

    @invariant()
    def prompts_name_a_red_commit(self) -> None:
        """17: the commit in a prompt is one whose run was red."""
        red = {run.head_sha for run in self._runs() if run.attempt.conclusion != "success"}
        for prompt in self._prompts():
            found = re.search(r"The red commit is ([0-9a-f]{40})", prompt)
            assert found
            assert found[1] in red

    @invariant()
    def what_is_reported_is_ours(self) -> None:
        """20: a pull request that is told is on a branch of ours."""
        pulls = self.world.repository.state.pulls if hasattr(self, "world") else {}
        for told in self.told:
            number = told.outputs.get("pull-request-number")
            assert not number or pulls[int(number)].head_ref.startswith("coder-fix/")

    @invariant()
    def only_what_is_ours_is_written(self) -> None:
        """21: no merge, no approval, no foreign comment; a rerun or dispatch once each."""
        once = Counter[str]()
        for calls in self.asked:
            for call in calls:
                words = f"{call.server} {call.method} {call.url.partition('?')[0]}"
                assert call.method == "GET" or _MAY_WRITE.fullmatch(words), words
                once[words] += words.endswith(("/rerun-failed-jobs",))
        assert all(count <= 1 for count in once.values())

    @invariant()
    def every_run_says_one_outcome(self) -> None:
        """22: one outcome of the closed list, one summary, nothing escaped."""
        for told in self.told[-1:]:
            said = (told.outcomes_written, told.summaries, told.escaped)
            assert said == (1, 1, ""), (said, told.outputs)
            assert told.outputs["outcome"] in set(OutcomeKind)
            assert told.outputs["error-kind"] != "internal"

    @invariant()
    def runs_are_bounded(self) -> None:
        """23, 25: a run that does not wait makes so many calls at most."""
        assert all(len(calls) <= _MOST_CALLS for calls in self.asked)

    @invariant()
    def fixed_is_green(self) -> None:
        """Nothing is called fixed unless the newest run of that commit succeeded."""
        for told in self.told:
            if told.outputs.get("outcome") == "fixed":
                sha = told.outputs["verified-sha"]
                runs = [run for run in self._runs() if run.head_sha == sha]
                assert runs
                assert runs[-1].attempt.conclusion == "success"

    # --- what is there ---------------------------------------------------------------------

    def _runs(self) -> list[Any]:
        return list(self.world.repository.runs) if hasattr(self, "world") else []

    def _prompts(self) -> list[str]:
        return self.world.prompts if hasattr(self, "world") else []

    def _ours(self) -> list[PullRequest]:
        pulls = self.world.repository.state.pulls.values() if hasattr(self, "world") else ()
        return [p for p in pulls if p.head_ref.startswith("coder-fix/")]

    def _comments(self) -> list[Any]:
        issues = self.world.repository.state.issues.values() if hasattr(self, "world") else ()
        return [c for issue in issues for c in issue.comments if c.user.login == BOT]

    def _sessions(self) -> list[Any]:
        if not hasattr(self, "world"):
            return []
        if self.world.backend == "tasks":
            return list(self.world.coder.tasks)
        return [chat for chat in self.world.coder.chats if not chat.archived]
