"""Each question about a template: the facts that break it, and the same facts remedied."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.doctor.check import Status, Unseen
from bot.doctor.template_fitness import (
    FITNESS,
    Parameter,
    Preset,
    Provider,
    TemplateFacts,
    fitness,
)
from bot.model import BackendName
from bot.untrusted import Untrusted

U = Untrusted
FIT = TemplateFacts(
    "ci-repair",
    backend=BackendName.TASKS,
    task_capable=True,
    parameters=(Parameter(U("region"), required=False, default=U("eu")),),
    presets=(Preset(U("Default"), default=True),),
    stops_after=7200.0,
    coder=(2, 36, 0),
)
REQUIRED = (Parameter(U("region"), required=True),)
MODE = (Parameter(U("Claude permission-mode"), required=False, default=U("plan")),)

UNFIT = {
    "template-task-capable": (replace(FIT, task_capable=False), replace(FIT, task_capable=True)),
    "template-parameters": (
        replace(FIT, parameters=REQUIRED),
        replace(
            FIT,
            parameters=REQUIRED,
            presets=(Preset(U("Default"), default=True, values=((U("region"), U("eu")),)),),
        ),
    ),
    "template-preset": (replace(FIT, preset="fast"), replace(FIT, preset="default")),
    "template-default-preset": (replace(FIT, presets=(Preset(U("a")), Preset(U("b")))), FIT),
    "template-permission-mode": (
        replace(FIT, parameters=MODE),
        replace(
            FIT,
            parameters=MODE,
            presets=(Preset(U("x"), default=True, values=((MODE[0].name, U("acceptEdits")),)),),
        ),
    ),
    "template-external-auth": (
        replace(FIT, providers=(Provider(U("GitHub")),)),
        replace(FIT, providers=(Provider(U("GitHub"), optional=True),)),
    ),
    "template-prompt": (
        replace(FIT, parameters=(Parameter(U("AI Prompt"), required=True),)),
        replace(FIT, parameters=(Parameter(U("AI Prompt"), required=True),), coder=(2, 29, 1)),
    ),
    "template-stops": (replace(FIT, stops_after=0.0), FIT),
    "template-deprecated": (replace(FIT, deprecated=U("use v2")), FIT),
}


def test_every_question_has_its_case() -> None:
    """No check is without facts that break it."""
    assert [check.id for check in FITNESS] == list(UNFIT)


@pytest.mark.parametrize("name", UNFIT)
def test_unfit_is_named_and_the_remedy_clears_it(name: str) -> None:
    """The broken facts give that finding with a remedy and a link, the remedied ones do not."""
    broken, remedied = UNFIT[name]
    found = {f.id: f for f in fitness(broken)}[name]
    assert found.status in {Status.WARNING, Status.BROKEN}
    assert found.says
    assert found.remedy
    assert found.link.startswith("https://")
    assert {f.status for f in fitness(remedied) if f.id == name} <= {Status.OK}


def test_a_fit_template_has_nothing_to_complain_of() -> None:
    """Whatever applies is fine."""
    assert {f.status for f in fitness(FIT)} == {Status.OK}


def test_what_cannot_be_seen_is_said_and_not_guessed() -> None:
    """Facts that are `Unseen` give findings `unseen` with who can look, never a verdict."""
    hidden = Unseen("Coder answers 404.", who="a template administrator")
    facts = TemplateFacts(
        "x",
        task_capable=hidden,
        parameters=hidden,
        presets=hidden,
        providers=hidden,
        stops_after=hidden,
        preset="y",
    )
    found = fitness(facts)
    assert {f.status for f in found} == {Status.UNSEEN}
    assert {f.who for f in found} == {"a template administrator"}


def test_a_source_that_says_plan_is_unfit() -> None:
    """What the source gives its agent counts as a parameter's value does."""
    facts = replace(FIT, permission_mode=U(" Plan "))
    assert {f.id: f.status for f in fitness(facts)}["template-permission-mode"] is Status.BROKEN


def test_chats_ask_for_less() -> None:
    """A chat takes any template and has its prompt elsewhere."""
    facts = replace(FIT, backend=BackendName.CHATS, task_capable=False)
    assert not {"template-task-capable", "template-prompt"} & {f.id for f in fitness(facts)}


def test_outside_names_are_shown_inert() -> None:
    """A parameter's name is outside text: control sequences and commands do not get through."""
    nasty = Parameter(U("\x1b[31m##[error]x\n::set-output name=a::b"), required=True)
    says = {f.id: f for f in fitness(replace(FIT, parameters=(nasty,)))}["template-parameters"].says
    assert "\x1b" not in says
    assert "\n" not in says
    assert "##[" not in says
