"""What the port `AgentBackend` promises, on Tasks and Chats, each prefix, and the sandbox."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import SessionBusyError
from bot.model import Cleanup, SessionKey, SessionState
from tests.backend_contract.targets import KEY, NOBODY, Target


def test_nothing_is_found_before_the_start(target: Target) -> None:
    """A key without a session is None, and looking makes nothing."""
    assert target.backend.find(KEY) is None
    assert [] == target.requests("POST")


def test_the_first_start_creates_and_the_second_adopts(target: Target) -> None:
    """`created` is true once; the id stays."""
    first = target.backend.start(KEY, prompt="Repair it.", title="CI repair")
    second = target.another_process().start(KEY, prompt="Repair it.", title="CI repair")
    assert (True, False, first.id) == (first.created, second.created, second.id)
    assert target.sessions() == 1


def test_a_session_says_who_and_where_it_is(target: Target) -> None:
    """Name, owner, backend and the address for people."""
    session = target.backend.start(KEY, prompt="Repair it.", title="CI repair")
    page = f"tasks/ci-repair-bot/{session.id}" if target.is_tasks else f"agents?chat={session.id}"
    assert (KEY.name, "ci-repair-bot", target.name, f"{target.coder.url}/{page}") == (
        session.name,
        session.owner,
        session.backend,
        session.url,
    )
    assert ("ci-repair-bot", target.name) == (target.backend.owner, target.backend.name)


def test_another_process_finds_the_session(target: Target) -> None:
    """The key alone leads to it."""
    session = target.start()
    found = target.another_process().find(KEY)
    assert found is not None
    assert (session.id, KEY.name, False) == (found.id, found.name, found.created)


def test_a_working_agent_is_working(target: Target) -> None:
    """No report and no error while the turn goes on."""
    session = target.start()
    assert (SessionState.WORKING, None, None) == (
        session.state,
        session.report,
        session.error_kind,
    )


def test_a_finished_turn_is_idle_with_the_agents_word(target: Target) -> None:
    """The last text is the message, and a report where Coder tells the end from the work."""
    session = target.finished("Opened the pull request.")
    assert (SessionState.IDLE, "Opened the pull request.") == (session.state, session.message.raw)
    assert target.reports_count == (session.report is not None and session.report.complete)


def test_another_process_reads_the_same_end(target: Target) -> None:
    """The report is in Coder, not in our memory."""
    session = target.finished()
    found = target.another_process().find(KEY)
    assert found is not None
    assert (session.state, session.report, session.since) == (
        found.state,
        found.report,
        found.since,
    )


def test_a_follow_up_begins_a_new_turn(target: Target) -> None:
    """The report of the turn before is not taken for that of the new one."""
    session = target.finished("First.")
    sent = target.backend.send(session, "  Please go on.\n")
    at_once = target.backend.observe(sent)
    target.coder.advance(1)
    later = target.backend.observe(at_once)
    assert [SessionState.WORKING] * 3 == [sent.state, at_once.state, later.state]
    assert [None] * 3 == [sent.report, at_once.report, later.report]
    target.agent_says(later, "Second.")
    assert target.backend.observe(later).message.raw == "Second."


def test_a_follow_up_is_sent_once_and_trimmed(target: Target) -> None:
    """One POST; the text arrives without the white space around it."""
    session = target.finished()
    before = len(target.requests("POST"))
    target.backend.send(session, "  Please go on.\n")
    assert len(target.requests("POST")) == before + 1
    assert "Please go on." in [line.raw for line in target.backend.logs(session)]


def test_a_busy_task_takes_no_message(target: Target) -> None:
    """A task says so; a chat queues it and shows it as work."""
    session = target.start()
    if target.is_tasks:
        with pytest.raises(SessionBusyError):
            target.backend.send(session, "Please go on.")
    else:
        assert target.backend.send(session, "Please go on.").state is SessionState.WORKING


def test_pausing_twice_stops_once(target: Target) -> None:
    """The second pause asks for no further build."""
    session = target.finished()
    target.backend.pause(session)
    target.coder.advance(1)
    builds = len(target.requests("POST"))
    target.backend.pause(session)
    again = [r for r in target.requests("POST")[builds:] if not r.endswith("/interrupt")]
    assert [] == again
    assert target.backend.observe(session).paused == target.is_tasks


def test_a_paused_session_goes_on_after_a_message(target: Target) -> None:
    """A paused task is resumed and says "later"; a chat takes the message at once."""
    session = target.finished()
    target.backend.pause(session)
    target.coder.advance(1)
    paused = target.backend.observe(session)
    if target.is_tasks:
        with pytest.raises(SessionBusyError):
            target.backend.send(paused, "Please go on.")
        target.coder.advance(2)
        paused = target.backend.observe(paused)
    assert target.backend.send(paused, "Please go on.").state is SessionState.WORKING


def test_resume_starts_again_and_leaves_what_runs(target: Target) -> None:
    """Not paused afterwards; a running one is left as it is."""
    session = target.finished()
    target.backend.pause(session)
    target.coder.advance(1)
    target.backend.resume(target.backend.observe(session))
    target.coder.advance(1)
    assert not target.backend.observe(session).paused
    assert not target.backend.resume(session).paused


def test_deleting_is_final_and_repeatable(target: Target) -> None:
    """A task is gone; a chat cannot be deleted and is put away instead."""
    session = target.finished()
    target.backend.delete(session)
    target.backend.delete(session)
    now = target.backend.observe(session)
    assert target.sessions() == 0
    assert (now.state is SessionState.GONE) == target.is_tasks
    assert now.paused != target.is_tasks


def test_deleting_while_the_agent_works(target: Target) -> None:
    """Whatever runs is ended first."""
    session = target.backend.start(KEY, prompt="Repair it.", title="CI repair")
    target.backend.delete(session)
    assert target.sessions() == 0


@pytest.mark.parametrize("cleanup", list(Cleanup))
def test_the_clean_up_may_be_repeated(target: Target, cleanup: Cleanup) -> None:
    """`end` never raises for a session that is already where it should be."""
    session = target.finished()
    before = len(target.requests())
    target.backend.end(session, cleanup)
    target.coder.advance(1)
    target.backend.end(session, cleanup)
    assert (cleanup is Cleanup.KEEP) == (before == len(target.requests()))


def test_the_log_ends_with_the_last_words(target: Target) -> None:
    """The newest line is the last, and no more lines come than were asked for."""
    session = target.finished("The end.")
    target.backend.send(session, "one\ntwo\nthree")
    assert ["two", "three"] == [line.raw for line in target.backend.logs(session, 2)]


def test_the_log_of_nothing_is_empty(target: Target) -> None:
    """Logs are best effort and never raise."""
    session = target.finished()
    absent = replace(session, id=NOBODY, workspace_id="")
    assert target.backend.logs(absent) == ()


def test_only_our_sessions_are_listed_oldest_first(target: Target) -> None:
    """The prefix decides; sessions of other names are somebody else's."""
    names = ["cf-0123abcd-b-1", "cf-0123abcd-a-1", "cf-ffffffff-a-1"]
    for name in names:
        target.backend.start(SessionKey(name), prompt="Repair it.", title="CI repair")
        target.coder.advance(1)
    assert names[:2] == [session.name for session in target.backend.list("cf-0123abcd-")]
