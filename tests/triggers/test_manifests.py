"""Which package managers a list of paths shows, where, and what their lock command is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.triggers.ecosystems import ECOSYSTEMS
from bot.triggers.manifests import MAX_FILES, MAX_PLACES, present


def _found(*paths: str) -> list[tuple[str, str, list[str], list[str]]]:
    return [
        (
            place.ecosystem.name,
            place.directory.raw,
            [path.raw for path in place.manifests],
            [path.raw for path in place.locks],
        )
        for place in present(paths)
    ]


@pytest.mark.parametrize(
    ("paths", "name", "command"),
    [
        (("pyproject.toml", "uv.lock"), "uv", "uv lock --upgrade-package httpx"),
        (("pyproject.toml", "poetry.lock"), "poetry", "poetry update --lock httpx"),
        (("Pipfile", "Pipfile.lock"), "pipenv", "pipenv upgrade --lock-only httpx"),
        (("pyproject.toml",), "pip", ""),
        (("requirements.txt",), "pip", ""),
        (("requirements/dev.txt",), "pip", ""),
        (("package.json", "package-lock.json"), "npm", "npm install --package-lock-only"),
        (("package.json", "pnpm-lock.yaml"), "pnpm", "pnpm install --lockfile-only"),
        (("package.json", "yarn.lock"), "yarn", "yarn install"),
        (("package.json", "bun.lock"), "bun", "bun install --lockfile-only"),
        (("package.json",), "npm", ""),
        (("go.mod", "go.sum"), "go", "go mod tidy"),
        (("go.mod",), "go", "go mod tidy"),
        (("Cargo.toml", "Cargo.lock"), "cargo", "cargo update --package httpx"),
        (("Cargo.toml",), "cargo", ""),
        (("pom.xml",), "maven", ""),
        (
            ("build.gradle.kts", "gradle.lockfile"),
            "gradle",
            "./gradlew dependencies --write-locks",
        ),
        (("build.gradle",), "gradle", ""),
        (("Gemfile", "Gemfile.lock"), "bundler", "bundle lock --update httpx"),
        (
            ("composer.json", "composer.lock"),
            "composer",
            "composer update httpx --with-dependencies --no-install",
        ),
        (("App.csproj", "packages.lock.json"), "nuget", "dotnet restore --force-evaluate"),
        (("Directory.Packages.props",), "nuget", ""),
        (("Dockerfile",), "docker", ""),
        (("compose.yaml",), "docker", ""),
        ((".github/workflows/ci.yml",), "actions", ""),
        (("action.yml",), "actions", ""),
    ],
)
def test_each_ecosystem_by_its_files(paths: tuple[str, ...], name: str, command: str) -> None:
    """One package manager for each, and its lock command only where it has something to renew."""
    (place,) = present(paths)

    assert (place.ecosystem.name, place.lock_command("httpx")) == (name, command)


def test_every_ecosystem_is_reachable() -> None:
    """Each row of the table is found by its first manifest and its first lock file."""
    for ecosystem in ECOSYSTEMS:
        paths = [g.replace("*", "x") for g in (*ecosystem.manifests[-1:], *ecosystem.locks[:1])]

        assert ecosystem.name in [place.ecosystem.name for place in present(paths)]


def test_workspace_has_one_lock_file() -> None:
    """A manifest belongs to the nearest lock file above it; one without stands alone."""
    assert _found(
        "web/pnpm-lock.yaml",
        "web/package.json",
        "web/apps/shop/package.json",
        "web/legacy/package.json",
        "web/legacy/yarn.lock",
        "tools/package.json",
    ) == [
        ("pnpm", "web", ["web/apps/shop/package.json", "web/package.json"], ["web/pnpm-lock.yaml"]),
        ("yarn", "web/legacy", ["web/legacy/package.json"], ["web/legacy/yarn.lock"]),
        ("npm", "tools", ["tools/package.json"], []),
    ]


def test_two_managers_side_by_side() -> None:
    """`requirements.txt` beside `uv.lock` is pip's; two locks in one place are both told."""
    assert _found("pyproject.toml", "uv.lock", "poetry.lock", "requirements.txt") == [
        ("uv", ".", ["pyproject.toml"], ["uv.lock"]),
        ("poetry", ".", ["pyproject.toml"], ["poetry.lock"]),
        ("pip", ".", ["requirements.txt"], []),
    ]


def test_lock_file_alone_is_enough() -> None:
    """A pull request that changes nothing but a lock file still tells its package manager."""
    assert _found("api/uv.lock") == [("uv", "api", [], ["api/uv.lock"])]


def test_workflows_are_one_place() -> None:
    """Actions are upgraded in all workflows at once."""
    files = [".github/workflows/a.yml", ".github/workflows/b.yaml"]

    assert _found(*files, ".github/dependabot.yml") == [("actions", ".", files, [])]


def test_what_others_wrote_is_left_out() -> None:
    """Downloaded packages and test data are nobody's manifests."""
    assert (
        _found(
            "node_modules/a/package.json",
            "vendor/github.com/x/y/go.mod",
            "internal/testdata/go.mod",
            ".venv/lib/site-packages/x/setup.py",
            "/package.json",
            "//go.mod",
            "a" * 400 + "/go.mod",
            "",
        )
        == []
    )


def test_lock_command_is_quoted() -> None:
    """An extra is no part of the name; anything unusual is one word for a shell."""
    (place,) = present(["pyproject.toml", "uv.lock"])

    assert place.lock_command("httpx[http2]") == "uv lock --upgrade-package httpx"
    assert place.lock_command("a b;c") == "uv lock --upgrade-package 'a b;c'"
    assert place.lock_command() == "uv lock --upgrade-package <package>"


def test_many_are_limited() -> None:
    """A monorepo of thousands is told in part."""
    assert len(present(f"p{n}/package.json" for n in range(3000))) == MAX_PLACES
    (place,) = present(["yarn.lock", *(f"p{n}/package.json" for n in range(3000))])
    assert len(place.manifests) == MAX_FILES


@given(
    st.lists(
        st.lists(
            st.sampled_from(
                [
                    *("a", "..", "", ".github", "workflows", "package.json", "yarn.lock", "go.mod"),
                    *("x.yml", "Dockerfile\n", "requirements", "dev.txt", "\u202e", "uv.lock"),
                ]
            ),
            max_size=5,
        ).map("/".join),
        max_size=12,
    )
)
def test_any_paths(paths: list[str]) -> None:
    """Never raises, and tells only paths that were given, each once per package manager."""
    for place in present(paths):
        told = [path.raw for path in (*place.manifests, *place.locks)]
        assert set(told) <= set(paths)
        assert len(told) == len(set(told))
