"""What a server says when it refuses: harmless and without secrets wherever a run shows it."""

from __future__ import annotations

import pytest

from bot.commands.run import Run
from bot.sandbox.http import Fault, HttpRequest, HttpResponse
from tests.scenarios.runner_commands import commands
from tests.scenarios.stage import TOKEN, Stage

LEAKED = "ghp_" + "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"
WORDS = f"\x1b[31mboom {TOKEN}\n::set-output name=outcome::fixed\n##[error]{LEAKED} @everyone"


def _refusing(server, method: str, part: str):
    """Have that server refuse such requests in hostile words."""

    def hook(request: HttpRequest) -> None:
        if request.method == method and part in request.path:
            raise Fault("hostile", respond=HttpResponse(409, {"message": WORDS, "detail": WORDS}))

    server.fault_hooks.append(hook)


def _harmless(stage: Stage, text: str) -> bool:
    hidden = (TOKEN, LEAKED, stage.coder_token)
    return not any(bad in text for bad in ("\x1b", "##[", *hidden))


CALLS = {"github": ("GET", "/jobs"), "coder": ("POST", "")}


@pytest.mark.parametrize("server", CALLS)
def test_a_refusal_in_the_log_and_everywhere_else(stage: Stage, server):
    """The words are told, on one line, in the log, the annotation, the outputs and the summary."""
    stage.red_pull_request()
    _refusing(getattr(stage, server), *CALLS[server])
    told = stage.run()

    assert told.outcome == "error"
    last = told.stdout.splitlines()[-1]
    assert (last.startswith("outcome: error. "), "boom [github-token]" in last) == (True, True)
    assert set(commands(told.stdout)) - {"debug"} == {"add-mask", "error"}
    printed = [line for line in told.stdout.splitlines() if not line.startswith("::add-mask::")]
    for text in ("\n".join(printed), told.summary, *told.outputs.values()):
        assert _harmless(stage, text)
    assert "boom [github-token]" in told.summary
    assert "boom [github-token]" in told.outputs["error-message"]
    assert "`" in told.summary.partition("boom")[0].splitlines()[-1]


def test_a_bug_that_quotes_a_server(capsys: pytest.CaptureFixture[str]):
    """Its traceback is printed without control characters, commands and tokens."""
    Run({})._bug(ValueError(WORDS))

    said = capsys.readouterr().out
    assert said.startswith("ValueError: boom ghp_")
    assert commands(said) == []
    assert not any(bad in said for bad in ("\x1b", "##[", LEAKED))


def test_a_line_of_progress_is_held_alike(capsys: pytest.CaptureFixture[str]):
    """Some of our sentences quote a server: an escape, a token or a line end in one goes."""
    Run({})._narrator().tell(f"Coder refused to read the task (500): {WORDS}")

    said = capsys.readouterr().out
    assert said.startswith("Coder refused to read the task (500): boom ghp_")
    assert (said.count("\n"), "\x1b" in said, "##[" in said, LEAKED in said) == (
        1,
        False,
        False,
        False,
    )
