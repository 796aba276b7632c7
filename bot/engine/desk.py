"""`/coder` commands of one comment: rights first, then each in turn, then one answer for all.

Like a sweep, this only finds out what is asked for; the engine does the work. A stranger's comment
causes one read of it and one of the stranger's right, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from bot.decide import commands
from bot.decide.commands import Response, Standing
from bot.decide.snapshot import ItemState
from bot.engine.command_requests import CommandRequests, Refusal
from bot.engine.loop import Engine
from bot.engine.messenger import Messenger
from bot.engine.records import noted
from bot.errors import BotError, UpstreamError
from bot.identity import answer_marker, assigned_item, parse_branch
from bot.model import (
    Assignment,
    Command,
    CommentRef,
    Hint,
    Item,
    Outcome,
    Reaction,
    Request,
    TargetKind,
    Verb,
)
from bot.outcomes import OutcomeKind, SkipReason
from bot.policy import Commenting, Mode, Policy
from bot.ports import Ports
from bot.report import answer
from bot.report.facts import ReportFacts
from bot.triggers.coder_commands import parse
from bot.untrusted import Untrusted

_GOOD: Final = frozenset({OutcomeKind.FIXED, OutcomeKind.ANSWERED, OutcomeKind.STOPPED})
_LATER: Final = frozenset({OutcomeKind.PENDING})
_ACTS: Final = frozenset({Response.STOP, Response.TELL, Response.ALLOW, Response.START_AFRESH})
"""What changes something by itself; an engine that starts knows `dry-run` on its own."""


@dataclass(slots=True)
class Desk:
    """`engine` makes one for a request that starts something; who can `speak` knows an item."""

    request: Request
    policy: Policy
    ports: Ports
    engine: Callable[[Request], Engine]
    speak: Callable[[Item], Messenger]
    requests: CommandRequests
    _home: Messenger = field(init=False)
    _messenger: Messenger = field(init=False)
    _said: list[str] = field(default_factory=list)
    _done: list[ReportFacts] = field(default_factory=list)
    _permission: str = ""

    def run(self) -> ReportFacts:
        """What the comment came to: its weightiest command's end."""
        ref, github = self._ref, self.ports.github
        now = github.said(ref)
        self._permission = github.permission(ref.author) if now is not None else "none"
        standing = Standing(
            now.author if now else "", now.edited if now else False, self._permission
        )
        admission = commands.Admission.of(ref, standing, self.policy)
        self.ports.recorder.ruled(admission)
        if admission.refused is not None or now is None:
            return ReportFacts(outcome=admission.refused or Outcome(OutcomeKind.SKIPPED))
        found = parse(now.body.raw)
        self._react(Reaction.SEEN)
        self._home = self._messenger = self.speak(self._item())
        try:
            for command in found.commands:
                self._follow(command)
        except BotError:
            self._react(Reaction.FAILED)
            raise
        if found.misread or found.left_out:
            self._react(Reaction.CONFUSED)
            self._said.append(answer.misread_text(found, self._home.secrets))
            unknown = SkipReason.UNKNOWN_COMMAND
            sentence = "A `/coder` line was not understood."
            self._note(Outcome(OutcomeKind.SKIPPED, sentence, skip_reason=unknown))
        self._answer()
        return self._weightiest()

    def _item(self) -> Item:
        """The pull request's own item; on a repair of ours, that of the failing one."""
        ref, repository = self._ref, self.request.repository
        if not ref.on_pull_request:
            return Item(repository.id, TargetKind.ISSUE, str(ref.number))
        pull = self.ports.github.pull_request(ref.number)
        if pull is not None and pull.head_repository == repository.full_name:
            own = parse_branch(pull.head_ref, self.policy.branch_prefix)
            if own is not None and (own.kind is not TargetKind.PULL_REQUEST or own.ref.isdigit()):
                return Item(repository.id, own.kind, own.ref, digest=own.item)
        return Item(repository.id, TargetKind.PULL_REQUEST, str(ref.number))

    # --- one command -------------------------------------------------------------------------

    def _follow(self, command: Command) -> None:
        self._messenger = self._about(command)
        state, session = self._messenger.look()
        started = any(done.session and done.session.created for done in self._done)
        following = commands.Following.of(command, state, session, started=started)
        self.ports.recorder.ruled(following)
        response = following.response
        looks_only = self.policy.dry_run or self.policy.mode is Mode.REPORT
        if looks_only and response in _ACTS:
            would = f"Without this mode `/coder {command.verb.value}` would be followed."
            self._note(Outcome(OutcomeKind.REPORTED, would))
        elif state is not None and self._was_followed(command, state) and not started:
            self._carry_on(state)
        else:
            self._act(response, command)

    def _about(self, command: Command) -> Messenger:
        """An upgrade is an item of its own, wherever somebody asks for it."""
        if command.package is None:
            return self._home
        asked = Assignment(packages=(command.package,))
        return self.speak(assigned_item(self.request.repository.id, asked))

    def _was_followed(self, command: Command, state: ItemState) -> bool:
        begins = command.verb in {Verb.FIX, Verb.RETRY, Verb.UPGRADE}
        return begins and state.comment == noted(self._ref)

    def _carry_on(self, state: ItemState) -> None:
        """The event came once more, or its run was lost: what it began is not begun again."""
        if state.final is None:
            self._carry_on_with(state.generation)
            return
        again = SkipReason.ALREADY_HANDLED
        why = f"This comment was followed before; it ended as `{state.final.value}`."
        self._note(Outcome(OutcomeKind.SKIPPED, why, skip_reason=again))

    def _act(self, response: Response, command: Command) -> None:
        match response:
            case Response.HELP:
                self._say(answer.help_text())
            case Response.STATUS:
                self._say(answer.status_text(self._messenger.report()))
            case Response.STOP:
                self._stop()
            case Response.TELL:
                self._tell(command)
            case Response.ALLOW:
                self._allow(command)
            case Response.START | Response.START_AFRESH:
                self._start(command, afresh=response is Response.START_AFRESH)
            case Response.ONE_IS_ENOUGH:
                self._say("One comment starts at most one session.")

    def _stop(self) -> None:
        state, session = self._messenger.look()
        live = commands.is_live(state, session)
        self._messenger.stop(f"{self._ref.author} wrote `/coder stop`.", held=True)
        holds = "Nothing starts here until somebody writes `/coder fix`."
        if self.policy.comment is Commenting.NONE:
            holds = "With `comment: none` that cannot be remembered: the next failure starts anew."
        if live:
            self._note(Outcome(OutcomeKind.STOPPED, "The session was stopped."))
        else:
            self._say(f"Nothing was running. {holds}")

    def _tell(self, command: Command) -> None:
        told = self._messenger.tell(self._hint(command))
        if not told:
            self._say("The session could not take the message in time; write it again later.")
            return
        self._react(Reaction.STARTED)
        is_message = command.verb is Verb.TELL  # all others ask for a repair, which goes on
        kind = OutcomeKind.ANSWERED if is_message else OutcomeKind.PENDING
        self._note(Outcome(kind, "The agent was told."))

    def _allow(self, command: Command) -> None:
        """Written down with the comment that says so; then the change is judged anew."""
        self._messenger.allow(command.rule, self._ref)
        self._carry_on_with(self._messenger.generation)

    def _carry_on_with(self, generation: int) -> None:
        item = self._messenger.item
        self._judge(replace(self.request, item=item, generation=generation))

    def _start(self, command: Command, *, afresh: bool) -> None:
        before, _ = self._messenger.look()
        made = self.requests.of(command, self._messenger.item, self._hint(command))
        if isinstance(made, Refusal):
            kind = OutcomeKind.SKIPPED if made.skip_reason else OutcomeKind.ANSWERED
            self._said.append(made.why)
            self._note(Outcome(kind, made.why, skip_reason=made.skip_reason))
            return
        if afresh:
            self._messenger.stop("A person asked for a new start.", held=False)
        self._judge(made)
        if command.verb is Verb.RETRY and before is not None:
            self._tell_what_differs(before)

    def _tell_what_differs(self, before: ItemState) -> None:
        done = self._done[-1]
        sha = done.run.head_sha if done.run else ""
        fingerprint = done.evidence.fingerprint if done.evidence else ()
        told = commands.what_differs(before, sha, fingerprint)
        if told and done.session is not None:
            self._said.append(told)

    def _judge(self, request: Request) -> None:
        """The engine's turn."""
        engine = self.engine(request)
        done = engine.report(engine.run())
        self._done.append(done)
        if done.outcome.kind is OutcomeKind.SKIPPED:
            self._said.append(answer.status_text(done))

    # --- what is said ------------------------------------------------------------------------

    @property
    def _ref(self) -> CommentRef:
        assert self.request.comment is not None  # noqa: S101 - the trigger made it
        return self.request.comment

    def _hint(self, command: Command) -> Hint:
        ref, text = self._ref, command.text.raw
        if ref.review and ref.path:
            text = f"About {ref.path}:{ref.line}\n{text}"
        return Hint(ref.author, self._permission, Untrusted(text))

    def _say(self, text: str) -> None:
        self._said.append(text)
        self._note(Outcome(OutcomeKind.ANSWERED))

    def _note(self, outcome: Outcome) -> None:
        self._done.append(replace(self._messenger.report(), outcome=outcome))

    def _answer(self) -> None:
        if not self._said or self.policy.dry_run:
            return
        mark = answer_marker(self._home.item)
        body = answer.comment(self._said, f"<!-- {mark} -->", self._home.secrets)
        with suppress(UpstreamError):  # a locked thread takes none; the summary has it as well
            self.ports.github.answer(self._ref.number, mark, body)

    def _react(self, reaction: Reaction) -> None:
        """A courtesy: without the right to it the work goes on."""
        if not self.policy.dry_run:
            with suppress(UpstreamError):
                self.ports.github.react(self._ref, reaction)

    def _weightiest(self) -> ReportFacts:
        """What started or stopped something before what only answered."""
        order = sorted(self._done, key=lambda d: d.outcome.kind is OutcomeKind.ANSWERED)
        first = order[0] if order else ReportFacts(outcome=Outcome(OutcomeKind.ANSWERED))
        kind = first.outcome.kind
        if kind in _GOOD:
            self._react(Reaction.DONE)
        elif kind not in _LATER and kind is not OutcomeKind.SKIPPED:
            self._react(Reaction.FAILED)
        return first
