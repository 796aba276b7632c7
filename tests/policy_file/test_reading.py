"""A policy file's text → values, or a complaint that names file, line and key."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml
from pydantic import SecretStr

from bot.errors import ConfigurationError
from bot.inputs import input_name
from bot.outcomes import ErrorKind
from bot.policy import Mode, Waiting
from bot.policy_file import Rules, rules, sources
from bot.policy_file.keys import SETTABLE, WITHHELD
from bot.policy_file.model import keys
from bot.policy_file.reading import read
from bot.policy_file.schema import schema
from bot.settings import Settings, load
from bot.untrusted import Untrusted

FILE = "acme/widgets: .github/coder-fix.yml"
GOOD = {
    "mode: fix": {"mode": Mode.FIX},
    "wait: none # c": {"wait": Waiting.NONE},
    "draft: false": {"draft": False},
    "enabled: false": {"enabled": False},
    "max-attempts: 3": {"max_attempts": 3},
    "idle-seconds: 1.5": {"idle_seconds": 1.5},
    "idle-seconds: 2": {"idle_seconds": 2.0},
    "protected-paths: ['.github/**', \"db/**\"]": {"protected_paths": (".github/**", "db/**")},
    "verify-checks: a, b": {"verify_checks": ("a", "b")},
    "updaters:\n- renovate\n- other": {"updaters": ("renovate", "other")},
    "protected-paths: []": {"protected_paths": ()},
    "prompt: |\n  Repair {evidence}\n  now\n": {"prompt": "Repair {evidence}\nnow"},
    # YAML 1.2: these are words, and numbers of ten.
    "opt-out-label: off": {"opt_out_label": "off"},
    "opt-out-label: 2026-11-21": {"opt_out_label": "2026-11-21"},
    "max-attempts: 010": {"max_attempts": 10},
    "": {},
    "# nothing yet\n": {},
    "---\nmode: fix\n": {"mode": Mode.FIX},
}
BAD = {
    "mod: fix": "line 1: `mod` is not a key; did you mean `mode`?",
    "# c\nmax_attempts: 2": "line 2: `max_attempts` is not a key; did you mean `max-attempts`?",
    "weather: fine": "line 1: `weather` is not a key.",
    "Coder-Url: https://x.example": "`Coder-Url` is not a key; did you mean `coder-url`?",
    "coder-token: hunter2": "line 1: `coder-token` cannot be set here: a secret never stands",
    "coder-url: https://evil.example": "`coder-url` cannot be set here: it decides where",
    "mode: fix\n\tdraft: true": "line 2: a tab stands where YAML allows only blanks",
    "mode:\n\tfix": "line 2: a tab stands where",
    "base: &here main": "line 1: anchors (`&`) and aliases (`*`) are not allowed",
    "x: 1\nbase: *here": "line 2: anchors (`&`) and aliases (`*`) are not allowed",
    "base: !!python/object/apply:os.system ['true']": "line 1: tags (`!`) are not allowed",
    "mode: fix\nbase: x\nmode: report": "line 3: `mode` stands on line 1 already",
    "mode: fix\n---\nmode: report": "line 2: it holds a second document",
    "- mode: fix": "line 1: it must hold keys with values",
    "fix": "line 1: it must hold keys with values",
    "mode: yolo": "line 1: `mode`: must be 'report', 'propose' or 'fix'.",
    "max-attempts: '2'": "line 1: `max-attempts`: must be a whole number, without quotes.",
    "max-attempts: 99": "line 1: `max-attempts`: must be less than or equal to 10.",
    "max-attempts: 99999999999999999999999": "line 1: this number is too long",
    "max-attempts: 2.5": "line 1: `max-attempts`: must be a whole number.",
    "branch-prefix: ''": "line 1: `branch-prefix`: must not be empty.",
    "draft: yes": "line 1: `draft`: must be true or false, without quotes.",
    "enabled: 'false'": "line 1: `enabled`: must be true or false, without quotes.",
    "allow-users: [1]": "line 1: `allow-users`: must be text.",
    "allow-users: {a: b}": "line 1: `allow-users`: must be a list.",
    "fail-on: [sadness]": "line 1: `fail-on`: there is no outcome sadness; known: none, fixed",
    "branch-prefix: a b": "line 1: `branch-prefix`: cannot begin a branch name",
    "mode:": "line 1: `mode` has no value.",
    "mode: null": "line 1: `mode` has no value.",
    "mode: fix: x": "line 1: a `:` stands where none can",
    "mode: [fix": "line 1: this is not YAML",
    "? [a]\n: b": "line 1: a key must be a word",
    "mode: fix\nbase: \x00": "line 2: a character that YAML does not allow",
    "a\u202eb: 1": "line 1: this is not a key.",
    'prompt: "\\ud800"': "line 1: half of a character",
    "[" * 5000: "line 1: it is nested too deeply",
}


@pytest.mark.parametrize(("text", "values"), GOOD.items())
def test_what_is_read(text, values):
    """The values, by field name, in the types of the inputs; no key that is not there."""
    assert read(FILE, Untrusted(text)) == values


@pytest.mark.parametrize(("text", "words"), BAD.items())
def test_what_is_refused(text, words):
    """A `configuration` error with file, line and key, and no value but words of ours."""
    with pytest.raises(ConfigurationError) as told:
        read(FILE, Untrusted(text))

    assert told.value.kind is ErrorKind.CONFIGURATION
    assert told.value.message.startswith(FILE + ", line ")
    assert words in told.value.message
    for value in ("hunter2", "evil.example", "\u202e", "\x00"):
        assert value not in told.value.message
    assert "README" in told.value.remedy


def test_everything_wrong_is_told_at_once():
    """In the order of the file, five at most, and how many more."""
    text = "mode: x\nfoo: 1\ndraft: 1\nbar: 1\nbase: 7\nbaz: 1\nwait: 1\n"
    with pytest.raises(ConfigurationError) as told:
        read(FILE, Untrusted(text))

    assert [f"line {n}:" in told.value.message for n in range(1, 8)] == [True] * 5 + [False] * 2
    assert told.value.message.endswith("; and 2 more.")


def test_every_input_is_settable_or_withheld():
    """A new input must be thought about; a secret is never settable."""
    assert set(SETTABLE) | set(WITHHELD) == set(Settings.model_fields)
    assert not set(SETTABLE) & set(WITHHELD)
    for name, info in Settings.model_fields.items():
        assert info.annotation is not SecretStr or name in WITHHELD


_AS_WORDS = {"opt-out-label: off", "opt-out-label: 2026-11-21", "draft: yes"}
"""Which PyYAML reads by YAML 1.1, and editors by 1.2."""

_BEYOND = {
    "max-attempts: 010",
    "base: &here main",
    "mode: fix\nbase: x\nmode: report",
    "fail-on: [sadness]",
    "branch-prefix: a b",
    'prompt: "\\ud800"',
}
"""What a schema cannot say."""


def _as_an_editor(text):
    try:
        if text in _AS_WORDS:
            return [yaml.load(text, Loader=yaml.BaseLoader)]  # noqa: S506 - words only
        return [yaml.safe_load(text)]
    except (yaml.YAMLError, RecursionError):
        return []  # an editor tells that without a schema


_SEEN = {
    text: data for text in (*GOOD, *BAD) if text not in _BEYOND for data in _as_an_editor(text)
}


@pytest.mark.parametrize(("text", "data"), _SEEN.items())
def test_the_schema_says_the_same(text, data):
    """What an editor marks by the schema is refused, what it lets pass is read."""
    validator = jsonschema.Draft7Validator(json.loads(schema()))

    assert validator.is_valid(data) == (text in GOOD), list(validator.iter_errors(data))


def test_the_schema_is_one():
    """It is a valid schema, describes each key, and knows no other."""
    made = json.loads(schema())
    jsonschema.Draft7Validator.check_schema(made)

    assert tuple(made["properties"]) == keys() == ("enabled", *map(input_name, SETTABLE))
    assert all(one["description"] for one in made["properties"].values())
    assert made["additionalProperties"] is False


def test_precedence():
    """Defaults < the owner's file < the repository's < an input, key by key."""
    found = rules(
        {
            "acme/.github": Untrusted("mode: fix\nmax-attempts: 3\nidle-seconds: 5\ndraft: false"),
            "acme/widgets": Untrusted("max-attempts: 4\nidle-seconds: 6"),
        }
    )
    merged = found.under(load({"idle_seconds": "7", "coder_url": "https://coder.example.com"}))

    assert (merged.mode, merged.max_attempts, merged.idle_seconds) == (Mode.FIX, 4, 7.0)
    assert (merged.draft, merged.outage_threshold) == (False, 10)
    assert merged.coder_url == "https://coder.example.com"


def test_an_input_that_is_the_default_is_given(monkeypatch):
    """`mode: propose` in a workflow holds against `mode: fix` in a file; an empty one does not."""
    found = rules({"acme/widgets": Untrusted("mode: fix\ncleanup: delete")})
    monkeypatch.setenv("INPUT_MODE", "propose")
    monkeypatch.setenv("INPUT_CLEANUP", "")
    merged = found.under(load())

    assert (merged.mode.value, merged.cleanup.value) == ("propose", "delete")


def test_a_prompt_file_goes_before_a_prompt():
    """An input that says the same in another way goes before the file as well."""
    found = rules({"acme/widgets": Untrusted("prompt: 'Mine {evidence}'")})

    assert found.under(load({"prompt_file": "p.md"})).prompt == ""
    assert found.under(load()).prompt == "Mine {evidence}"


@pytest.mark.parametrize(
    ("owner", "own", "by"),
    [
        ("enabled: false", "", "acme/.github: .github/coder-fix.yml"),
        ("enabled: false", "enabled: true", ""),
        ("", "enabled: false", FILE),
        ("enabled: true", "mode: fix", ""),
    ],
)
def test_switching_off(owner, own, by):
    """A repository may be the exception in both directions."""
    assert (
        rules({"acme/.github": Untrusted(owner), "acme/widgets": Untrusted(own)}).disabled_by == by
    )


def test_nothing_of_any_file_is_taken_when_one_is_wrong():
    """The owner's good file is not half of a policy."""
    with pytest.raises(ConfigurationError, match="acme/widgets"):
        rules({"acme/.github": Untrusted("mode: fix"), "acme/widgets": Untrusted("mode: yolo")})


def test_without_files_nothing_changes():
    """The settings are those that were given."""
    settings = load({"mode": "fix"})

    assert rules({}) == Rules({})
    assert rules({}).under(settings) == settings


def test_whose_files_count():
    """The owner's before the repository's; the owner's own repository has one file only."""
    assert sources("acme/widgets") == ("acme/.github", "acme/widgets")
    assert sources("Acme/.github") == ("Acme/.github",)
