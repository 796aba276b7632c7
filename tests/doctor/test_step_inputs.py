"""What the steps of the workflows say that a run would do."""

from __future__ import annotations

import pytest

from bot.doctor.step_inputs import given_by_steps
from bot.doctor.workflow_file import read_workflow
from bot.policy import Mode
from bot.untrusted import Untrusted

CASES = {
    "written out": (["coder-template-name: ci"], {"coder_template_name": "ci"}),
    "agreed": (["coder-template-name: ci", "Coder-Template-Name: ci", "wait: none"],
               {"coder_template_name": "ci"}),
    "not agreed": (["coder-template-name: ci", "coder-template-name: other"], {}),
    "an expression": (["coder-template-name: ${{ vars.TEMPLATE }}"], {}),
    "the mode of all": (["mode: report", "mode: report"], {"mode": Mode.REPORT}),
    "the mode of one": (["mode: report", "wait: none"], {}),
    "no mode": (["mode: conquer"], {}),
    "an API": (["coder-backend: chats"], {"coder_backend": "chats"}),
    "no API": (["coder-backend: telegraph"], {}),
    "nothing": ([], {}),
}  # fmt: skip


@pytest.mark.parametrize(("steps", "found"), CASES.values(), ids=CASES)
def test_what_steps_give(steps: list[str], found: dict[str, object]) -> None:
    """What they agree on, where it is written out and a run would take it."""
    step = "  j{}:\n    steps:\n      - uses: coder-fix/coder-fix@v0\n        with:\n          {}\n"
    jobs = "".join(step.format(n, given) for n, given in enumerate(steps))
    workflow = read_workflow("x.yml", Untrusted(f"on: push\njobs:\n{jobs or '  {}'}\n"))

    assert not workflow.trouble
    assert given_by_steps([workflow]) == found
