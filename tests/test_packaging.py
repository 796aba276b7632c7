"""action.yml, the settings, README, docs, Dockerfile and the lock files tell the same story."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml
from pydantic import SecretStr

from bot import __version__
from bot.app import VERBS
from bot.inputs import input_name, variables
from bot.outcomes import ErrorKind, ExitCode, OutcomeKind, SkipReason
from bot.policy_file.keys import SETTABLE
from bot.report.catalog import MEANINGS, OUTPUTS
from bot.report.outputs import OUTPUT_NAMES
from bot.scaffold import examples
from bot.settings import Settings
from scripts.generate import inputs, values_text

ROOT = Path(__file__).resolve().parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "inputs-and-outputs.md").read_text(encoding="utf-8")


def _flags() -> set[str]:
    shown = subprocess.run(
        [sys.executable, "-m", "bot", "run", "--help"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return set(re.findall(r"^  --(?:\[no-\])?([a-z-]+)", shown.stdout, re.MULTILINE))


def test_inputs_are_the_settings():
    """Every input is a setting and every setting an input, in the same order."""
    assert list(ACTION["inputs"]) == [input_name(name) for name in Settings.model_fields]


def test_flags_are_the_settings():
    """Every setting that is no secret is a flag; beyond them only `--repository`."""
    secret = {n for n, info in Settings.model_fields.items() if info.annotation is SecretStr}
    open_to_all = set(ACTION["inputs"]) - {input_name(name) for name in secret}
    assert _flags() - {"repository", "help"} == open_to_all
    assert secret == {"coder_token", "github_token", "github_app_private_key"}


def test_variables_are_the_inputs():
    """An input is read from what the runner sets: hyphens kept, upper case."""
    for name in Settings.model_fields:
        assert variables(name)[0] == f"INPUT_{input_name(name).upper()}"


def test_examples_are_what_init_writes():
    """Every example comes from the texts of `coder-fix init`; none stands beside them."""
    found = {path.name for path in (ROOT / ".github" / "examples").iterdir()}

    assert found == set(examples())


def test_generated_files_are_fresh():
    """action.yml, examples, the schema and the tables are what scripts/generate.py writes."""
    done = subprocess.run(
        [sys.executable, "scripts/generate.py", "--check"],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip

    assert (done.stdout, done.returncode) == ("", 0)


def test_a_default_never_hides_a_policy_file():
    """A runner passes a default as if it were given: what a file may set has none in action.yml."""
    assert {ACTION["inputs"][input_name(name)]["default"] for name in SETTABLE} == {""}


def test_defaults_are_the_settings_own():
    """A default in action.yml, read as an input, is the setting's default."""
    given = {
        f"INPUT_{name.upper()}": str(spec["default"])
        for name, spec in ACTION["inputs"].items()
        if "${{" not in str(spec["default"])
    }
    done = subprocess.run(
        [sys.executable, "-c", "from bot.settings import load; print(repr(load()))"],
        capture_output=True, text=True, check=True, cwd=ROOT, env={"PATH": "/usr/bin:/bin"} | given,
    )  # fmt: skip
    bare = subprocess.run(
        [sys.executable, "-c", "from bot.settings import load; print(repr(load()))"],
        capture_output=True, text=True, check=True, cwd=ROOT, env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip

    assert done.stdout == bare.stdout


def test_outputs_are_the_catalog():
    """Every output is described and nothing else."""
    assert list(ACTION["outputs"]) == list(OUTPUT_NAMES) == list(OUTPUTS)


def test_words_are_documented():
    """Each word of the closed lists stands in the reference."""
    assert set(MEANINGS) == set(OutcomeKind)
    for word in (*OutcomeKind, *SkipReason, *ErrorKind):
        assert f"`{word.value}`" in REFERENCE


def test_descriptions_name_every_value():
    """An input with a closed list of values speaks of each of them: the schema shows no other."""
    closed = {name: re.findall(r"`[\w-]+`", values_text(info)) for name, info in inputs()}
    named = {name: ACTION["inputs"][name]["description"] for name in closed}

    assert [
        (name, value)
        for name, values in closed.items()
        for value in values
        if value not in {"`true`", "`false`"} and value not in named[name]
    ] == []


def test_exit_codes_are_documented():
    """Each exit code stands in the reference."""
    for code in ExitCode:
        assert re.search(rf"^\| {code.value} \|", REFERENCE, re.MULTILINE), code


def test_verbs_exist_and_are_documented():
    """Each verb has its module and its line in README."""
    for verb in VERBS:
        assert (ROOT / "bot" / "commands" / f"{verb}.py").exists()
        assert f"`coder-fix {verb}" in README


def test_description_has_no_expression():
    """The runner evaluates `${{ }}` in descriptions, so there is none."""
    texts = [spec["description"] for spec in (ACTION["inputs"] | ACTION["outputs"]).values()]

    assert [text for text in texts if "${{" in text] == []


def test_dockerfile_is_for_the_runner():
    """Exec form, isolated from the workspace, and no USER line."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    assert 'ENTRYPOINT ["/app/bin/python", "-I", "-m", "bot"]' in text
    assert not re.search(r"^USER", text, re.MULTILINE)
    assert "--require-hashes" in text


def test_lock_files_pin_with_hashes_and_name_no_index():
    """Every package has one version and a hash, and installs from any mirror."""
    for name in ("runtime", "dev", "audit"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        pinned = re.findall(r"^[a-z0-9-]+==", text, re.MULTILINE)

        assert len(pinned) > 10
        assert "://" not in text
        assert text.count("--hash=sha256:") >= len(pinned)


def test_runtime_is_a_part_of_dev():
    """What is tested is what ships: the same versions in both lock files."""

    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        return set(re.findall(r"^([a-z0-9-]+==[^\s;]+)", text, re.MULTILINE))

    assert pins("runtime") <= pins("dev")


def test_changelog_knows_the_version():
    """A version is released or unreleased, but told."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert f"[{__version__}]" in text or "[Unreleased]" in text


def test_no_module_is_long():
    """No module above 300 lines."""
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "bot").rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }

    assert long == {}
