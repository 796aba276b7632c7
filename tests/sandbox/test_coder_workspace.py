"""A workspace of the sandbox Coder is a real process in a directory of its own."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.sandbox.coder import SandboxCoder
from tests.coder_fixtures import CoderFactory
from tests.sandbox.coder_calls import Bot, bot_on

SHOW = 'printf "%s|" "$(cat)" "$CODER_TASK_PROMPT" "$(pwd)" "$HOME" "$GIT_AUTHOR_NAME" "$SECRET"'


def worked(coder: SandboxCoder) -> None:
    """Let the workspace come up, the real command end, and its screen come to rest."""
    coder.advance(1)
    coder.wait_for_agents()
    coder.advance(1)


def said(bot: Bot) -> list[str]:
    """The lines of the conversation, without the padding of a terminal."""
    logs = bot.call("GET", "/tasks/me/cf-1/logs").json()["logs"]
    return [line.rstrip() for entry in logs for line in entry["content"].split("\n")]


def test_command_gets_prompt_and_nothing_of_ours(
    coder_sandbox: CoderFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Standard input and CODER_TASK_PROMPT hold the prompt; our own variables stay outside."""
    monkeypatch.setenv("SECRET", "ours")
    coder = coder_sandbox(agent_command=SHOW, environment={"GIT_AUTHOR_NAME": "bot"})
    bot = bot_on(coder)
    bot.create(prompt="Repair it.")
    worked(coder)

    home = next(coder.root.glob("workspaces/*"))
    line = f"Repair it.|Repair it.|{home / 'work'}|{home / 'home'}|bot||"
    assert line == "".join(said(bot))


def test_exit_code_zero_is_complete_then_idle(coder_sandbox: CoderFactory) -> None:
    """The last line is the summary, the link in it the link, and idle keeps both."""
    url = "https://github.com/acme/widgets/pull/7"
    coder = coder_sandbox(agent_command=["sh", "-c", f"echo working; echo Opened {url} now"])
    bot = bot_on(coder)
    bot.create()
    worked(coder)

    summary = f"Opened {url} now"
    assert bot.state() == ("active", "idle", summary)
    assert bot.history() == [
        ("idle", summary, url),
        ("complete", summary, url),
        ("working", "", ""),
    ]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("echo I need a secret; exit 3", "I need a secret"),
        ("exit 3", "The agent's command ended with exit code 3"),
        (["no-such-agent"], "no-such-agent: No such file or directory"),
    ],
)
def test_other_exit_codes_are_failures(
    command: str | list[str], message: str, coder_sandbox: CoderFactory
) -> None:
    """The history keeps the raw word `failure`."""
    bot = bot_on(coder_sandbox(agent_command=command))
    bot.create()
    worked(bot.coder)

    assert bot.history()[1] == ("failure", message, "")


def test_summary_is_cut_at_160_bytes(coder_sandbox: CoderFactory) -> None:
    """Coder's tool takes no more; a character is not cut in two."""
    bot = bot_on(coder_sandbox(agent_command=["echo", "ü" * 79 + "x" + "ü" * 9]))
    bot.create()
    worked(bot.coder)

    assert bot.state()[2] == "ü" * 79 + "x"


def test_message_runs_the_command_again_in_the_same_directory(coder_sandbox: CoderFactory) -> None:
    """What the first turn left is there in the second; the conversation has both."""
    bot = bot_on(coder_sandbox(agent_command="cat >> notes; echo; cat notes"))
    bot.create(prompt="one ")
    worked(bot.coder)

    sent = bot.call("POST", "/tasks/me/cf-1/send", {"input": " two "})
    worked(bot.coder)

    assert sent.status == 204
    assert [line for line in said(bot) if line] == ["one", "two", "one two"]


def test_pause_ends_the_process_and_keeps_the_directory(coder_sandbox: CoderFactory) -> None:
    """The whole process group is gone, what it wrote is not, and resuming does not start it."""
    bot = bot_on(coder_sandbox(agent_command="sleep 60 & echo $! $$ | tee pids; wait"))
    bot.create()
    bot.coder.advance(1)
    pids = _written(bot.coder, "pids")

    bot.call("POST", "/tasks/me/cf-1/pause")
    bot.coder.advance(1)

    assert bot.state()[0] == "paused"
    assert [_dies(int(pid)) for pid in pids.split()] == [True, True]
    assert bot.call("POST", "/tasks/me/cf-1/resume").status == 202
    bot.coder.advance(1)
    assert bot.state() == ("active", "idle", "")
    assert _written(bot.coder, "pids") == pids


def test_delete_removes_the_directory(coder_sandbox: CoderFactory) -> None:
    """Nothing of a deleted workspace is left."""
    bot = bot_on(coder_sandbox(agent_command="sleep 60"))
    bot.create()
    bot.coder.advance(1)

    deleted = bot.call("DELETE", "/tasks/me/cf-1")
    bot.coder.advance(1)

    assert (deleted.status, deleted.response.body) == (202, None)
    assert list(bot.coder.root.glob("workspaces/*")) == []


@pytest.mark.parametrize("keep", [False, True])
def test_close_ends_every_process(tmp_path: Path, keep: bool) -> None:
    """No process outlives the sandbox; its directories do only when they are wanted."""
    coder = SandboxCoder(tmp_path, agent_command="echo $$ > pid; exec sleep 60")
    coder.start()
    bot = bot_on(coder)
    bot.create()
    coder.advance(1)
    pid = int(_written(coder, "pid"))

    coder.close(keep=keep)

    assert _dies(pid)
    assert len(list(tmp_path.glob("workspaces/*/work/pid"))) == keep


def test_child_left_behind_does_not_hold_the_turn(coder_sandbox: CoderFactory) -> None:
    """A background process that keeps the output open ends with the command."""
    bot = bot_on(coder_sandbox(agent_command="sleep 60 & echo $! > pid; echo Done"))
    bot.create()
    worked(bot.coder)

    assert bot.state()[2] == "Done"
    assert _dies(int(_written(bot.coder, "pid")))


def test_prompt_beyond_one_environment_variable_still_arrives(coder_sandbox: CoderFactory) -> None:
    """A chat takes 200 kB; standard input has no limit."""
    coder = coder_sandbox(agent_command="wc -c", chats="experimental")
    bot = bot_on(coder, "/api/experimental")
    chat = bot.chat("x" * 200_000).json()["id"]
    worked(coder)

    messages = bot.call("GET", f"/chats/{chat}/messages").json()["messages"]
    assert messages[0]["content"][0]["text"].strip() == "200000"


def test_everything_goes_on_by_itself_with_the_real_clock(coder_sandbox: CoderFactory) -> None:
    """Without a clock of the test's own, a task ends without anybody asking."""
    bot = bot_on(coder_sandbox(agent_command="echo Done", now=None))
    bot.coder.rate_limit.limit = None
    bot.create()
    deadline = time.monotonic() + 20

    while bot.state()[1] != "idle" and time.monotonic() < deadline:
        pass

    assert bot.state() == ("active", "idle", "Done")


def _written(coder: SandboxCoder, name: str) -> str:
    """What the agent wrote to a file in its workspace, once it is there."""
    for _ in range(100_000):
        for path in coder.root.glob(f"workspaces/*/work/{name}"):
            if text := path.read_text():
                return text
    raise TimeoutError(name)


def _dies(pid: int) -> bool:
    """Whether the process is gone, or soon is: a kill needs a moment to arrive."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return True
        except FileNotFoundError:
            return True
    return False
