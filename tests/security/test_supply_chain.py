"""What the product is made of: each part by its hash, each job that makes it with few rights."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from tests.documentation.pages import Page

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
EXAMPLES = sorted((ROOT / ".github" / "examples").glob("*.yml"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
RELEASE = ROOT / ".github" / "workflows" / "release.yml"
_PINNED = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+){0,2}")
_OURSELVES = "coder-fix/coder-fix@v0 # zizmor: ignore[unpinned-uses] pin the release's commit here"
"""Who copies an example pins it: the commit of a release is not known to the release itself."""
_IN_A_PAGE = "coder-fix/coder-fix@v0"


def _loose(path: Path, text: str) -> list[str]:
    """The actions of a file that are not taken by commit, with the version said beside it."""
    used = re.findall(r"\buses:\s*(.+?)\s*$", text, re.MULTILINE)
    allowed = {".md": {_IN_A_PAGE}, ".yml": set[str]()}[path.suffix]
    allowed |= {_OURSELVES} if path.parent.name == "examples" else set()
    return [use for use in used if use not in allowed and not _PINNED.fullmatch(use)]


@pytest.mark.parametrize("path", [*WORKFLOWS, *EXAMPLES], ids=lambda path: path.name)
def test_actions_are_taken_by_commit(path: Path):
    """A tag that moves changes nothing here."""
    text = path.read_text(encoding="utf-8")

    assert "uses:" in text
    assert _loose(path, text) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_pages_show_no_other_way(path: Path):
    """What people copy from a page is pinned as well; of ourselves only the tag can be known."""
    page = Page(PurePosixPath(path.name), path.read_text(encoding="utf-8"))
    assert _loose(path, "\n".join(block.text for block in page.blocks)) == []


@pytest.mark.parametrize(
    "use",
    [
        "actions/checkout@v7",
        "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1",
        "actions/checkout@3d3c42e # v7.0.1",
        "actions/checkout@main # v7.0.1",
        "docker://python:3.13",
        "coder-fix/coder-fix@v0",
        _OURSELVES,
    ],
)
def test_a_loose_action_is_found(use):
    """A tag, a branch, a short commit, a commit without its version, ourselves in a workflow."""
    assert _loose(RELEASE, f"    steps:\n      - uses: {use}\n") == [use]
    page = ROOT / "docs" / "bug-reports.md"
    assert _loose(page, f"- uses: {use}\n") == ([] if use == _IN_A_PAGE else [use])


@pytest.mark.parametrize("path", [*WORKFLOWS, *EXAMPLES], ids=lambda path: path.name)
def test_jobs_have_their_own_rights_only(path: Path):
    """Nothing for the workflow; each job names what it needs, each with its reason."""
    text = path.read_text(encoding="utf-8")
    told = yaml.safe_load(text)

    assert told["permissions"] == {}
    for job in told["jobs"].values():
        assert job["permissions"]
        assert "write-all" not in job["permissions"]
        for name, level in job["permissions"].items():
            assert re.search(rf"^ +{name}: {level} # \w", text, re.MULTILINE), name
    assert text.count("actions/checkout@") == text.count("persist-credentials: false")


def test_base_images_are_taken_by_digest():
    """Every image that is not a stage of the file itself; no frontend; one digest for one tag."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    images = re.findall(r"^FROM (\S+)(?: AS (\w+))?", text, re.MULTILINE)
    stages = {stage for _, stage in images if stage}

    assert len(images) == 3
    assert all(re.fullmatch(r"[\w./:-]+@sha256:[0-9a-f]{64}", image) for image, _ in images)
    assert len({image for image, _ in images}) == len({i.split("@")[0] for i, _ in images})
    assert set(re.findall(r"from=(\w+)", text)) <= stages
    assert not re.search(r"^#\s*syntax\s*=", text, re.MULTILINE)


def _steps(job: str) -> Iterator[dict[str, Any]]:
    yield from yaml.safe_load(RELEASE.read_text(encoding="utf-8"))["jobs"][job]["steps"]


def test_a_release_is_checked_attested_and_pinned_in_that_order():
    """Provenance and one bill of materials for each platform, of the digest that is pinned."""
    jobs = yaml.safe_load(RELEASE.read_text(encoding="utf-8"))["jobs"]
    digest = "${{ needs.image.outputs.digest }}"
    signed = [step["with"] for step in _steps("attest") if "actions/attest" in step.get("uses", "")]
    build = next(step["with"] for step in _steps("image") if step.get("id") == "build")
    pin = next(step for step in _steps("release") if "run" in step)

    assert (jobs["check"]["needs"], jobs["attest"]["needs"]) == ("image", ["image", "check"])
    assert "attest" in jobs["release"]["needs"]
    assert (build["provenance"], build["sbom"]) == ("mode=max", True)
    assert {step["subject-digest"] for step in signed} == {digest}
    told = [step.get("sbom-path", "provenance") for step in signed]
    platforms = [platform.partition("/")[2] for platform in build["platforms"].split(",")]
    assert told == ["provenance", *(f"{platform}.spdx.json" for platform in platforms)]
    assert pin["env"]["IMAGE"].endswith(f"@{digest}")
    signs = [name for name, job in jobs.items() if "id-token" in job["permissions"]]
    writes = [n for n, job in jobs.items() if job["permissions"].get("contents") == "write"]
    assert (signs, writes) == (["attest"], ["release"])


def test_every_lock_file_is_audited():
    """CI asks for known vulnerabilities, also when nobody pushes; the auditor is locked itself."""
    ci = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.search(r"for lock in ([\w ]+);", makefile)
    locks = sorted(path.stem for path in (ROOT / "requirements").glob("*.txt"))

    assert found
    assert sorted(found[1].split()) == locks
    assert "make audit" in [step.get("run") for step in ci["jobs"]["audit"]["steps"]]
    assert ci[True]["schedule"]  # YAML 1.1 reads `on` as true


def test_new_versions_rest_a_week():
    """Packages, base images and actions, those of the examples too."""
    told = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))
    updates = {update["package-ecosystem"]: update for update in told["updates"]}

    assert set(updates) == {"pip", "docker", "github-actions"}
    assert all(update["cooldown"]["default-days"] >= 7 for update in updates.values())
    assert updates["pip"]["directory"] == "/requirements"
    assert updates["github-actions"]["directories"] == ["/", "/.github/examples"]


_DOCKER = """\
#!/bin/sh
[ "$1" = info ] && exit 0
for word in "$@"; do echo "$word"; done > "$TOLD"
exit 7
"""


def test_the_image_does_its_job_locked_up(tmp_path: Path):
    """The check gives the container no writable root, no capability, and no token in its argv."""
    docker = tmp_path / "docker"
    docker.write_text(_DOCKER)
    docker.chmod(0o755)
    told = tmp_path / "told"
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "scripts/check_image.py", "--image", "an-image@sha256:1"],
        cwd=ROOT, capture_output=True, text=True, check=False,
        env={"PATH": path, "TOLD": str(told)},
    )  # fmt: skip
    argv = told.read_text(encoding="utf-8").split("\n")

    assert (done.returncode, argv[0]) == (1, "run")
    assert "check-image: exit code 7, outcome (none)" in done.stdout
    assert {"--read-only", "--tmpfs", "no-new-privileges", "an-image@sha256:1"} <= set(argv)
    assert argv[argv.index("--cap-drop") + 1] == "ALL"
    assert "INPUT_GITHUB-TOKEN" in argv
    assert not [word for word in argv if word.startswith(("ghp_", "--privileged", "--cap-add"))]
