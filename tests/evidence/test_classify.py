"""What tools print when they fail, by the class that it means.

`tests/data/classes/CLASS.txt` holds cases composed by hand in the shapes that the tools print: a
line `### name: command`, then what the failed step said.
"""

from pathlib import Path

import pytest

from bot.evidence import distill
from tests.evidence.logs import failed_step, job_log, stamped

DATA = Path(__file__).parents[1] / "data" / "classes"


def said():
    """Class, name, command and output of every case."""
    for path in sorted(DATA.glob("*.txt")):
        for part in path.read_text("utf-8").split("### ")[1:]:
            title, _, output = part.partition("\n")
            name, _, command = title.rpartition(": ")
            yield pytest.param(
                path.stem, command, output.strip("\n").split("\n"), id=f"{path.stem}, {name}"
            )


@pytest.mark.parametrize(("kind", "command", "output"), list(said()))
def test_class_is_what_the_lines_say(kind, command, output):
    """A failed step with that output has that class, and a reason."""
    evidence = distill([job_log(stamped(failed_step(command, output)))], budget_chars=400)
    assert kind == evidence.failure_class.value
    assert evidence.class_reason
