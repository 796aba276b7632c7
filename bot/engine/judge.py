"""`decide` for one request, on the record."""

from __future__ import annotations

from bot.decide import Decision, decide
from bot.decide.snapshot import Snapshot
from bot.model import Request
from bot.policy import Policy
from bot.ports import Recorder


class Judge:
    """Asks `decide`, and tells whoever records what came of it, errors too."""

    def __init__(self, request: Request, policy: Policy, recorder: Recorder) -> None:
        self._request = request
        self._policy = policy
        self._record = recorder.begin(request, policy)

    def decide(self, facts: Snapshot, *, glance: bool = False) -> Decision:
        """The next step, as `bot.decide.decide`."""
        try:
            decision = decide(self._request, facts, self._policy)
        except Exception as failure:
            self._record.decided(facts, failure, glance=glance)
            raise
        self._record.decided(facts, decision, glance=glance)
        return decision
