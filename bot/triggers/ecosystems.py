"""The package managers that we know: by which files, and what renews their lock files. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """One package manager.

    `family` are those that share manifests, told apart by their lock files. Patterns are globs of a
    file's name, or of its whole path where they hold a `/`. `lock` renews the lock files after a
    manifest was changed; `{package}` is the package's name. It is empty where there are none.
    """

    name: str
    family: str
    manifests: tuple[str, ...]
    locks: tuple[str, ...] = ()
    lock: str = ""
    default: bool = True
    always: bool = False
    """The command is of use without a lock file as well."""

    advice: str = ""


_PYTHON: Final = ("pyproject.toml", "setup.py", "setup.cfg")
_NODE: Final = ("package.json",)

ECOSYSTEMS: Final[tuple[Ecosystem, ...]] = (
    Ecosystem(
        "uv", "python", _PYTHON, ("uv.lock",), "uv lock --upgrade-package {package}", default=False
    ),
    Ecosystem(
        "poetry",
        "python",
        _PYTHON,
        ("poetry.lock",),
        "poetry update --lock {package}",
        default=False,
    ),
    Ecosystem(
        "pipenv",
        "python",
        ("Pipfile",),
        ("Pipfile.lock",),
        "pipenv upgrade --lock-only {package}",
        default=False,
        advice="For a development package, add `--dev` to the command.",
    ),
    Ecosystem(
        "pip",
        "python",
        (
            *(*_PYTHON, "*requirements*.txt", "*requirements*.in", "constraints*.txt"),
            *("requirements/*.txt", "requirements/*.in"),
            *("*/requirements/*.txt", "*/requirements/*.in"),
        ),
        advice="Where a `.txt` was compiled from a `.in`, its first lines hold the command.",
    ),
    Ecosystem(
        "pnpm",
        "node",
        (*_NODE, "pnpm-workspace.yaml"),
        ("pnpm-lock.yaml",),
        "pnpm install --lockfile-only",
        default=False,
    ),
    Ecosystem("yarn", "node", _NODE, ("yarn.lock",), "yarn install", default=False),
    Ecosystem(
        "bun",
        "node",
        _NODE,
        ("bun.lock", "bun.lockb"),
        "bun install --lockfile-only",
        default=False,
    ),
    Ecosystem(
        "npm",
        "node",
        _NODE,
        ("package-lock.json", "npm-shrinkwrap.json"),
        "npm install --package-lock-only",
    ),
    Ecosystem(
        "go",
        "go",
        ("go.mod",),
        ("go.sum",),
        "go mod tidy",
        always=True,
        advice="A new major version has a new path: its imports change too.",
    ),
    Ecosystem(
        "cargo", "cargo", ("Cargo.toml",), ("Cargo.lock",), "cargo update --package {package}"
    ),
    Ecosystem(
        "maven",
        "maven",
        ("pom.xml",),
        advice="A version may be a property, or come from a parent or a BOM.",
    ),
    Ecosystem(
        "gradle",
        "gradle",
        ("build.gradle*", "settings.gradle*", "libs.versions.toml"),
        ("gradle.lockfile", "buildscript-gradle.lockfile"),
        "./gradlew dependencies --write-locks",
        advice="Where there is a `gradle/verification-metadata.xml`, its checksums change too.",
    ),
    Ecosystem(
        "bundler",
        "bundler",
        ("Gemfile", "gems.rb", "*.gemspec"),
        ("Gemfile.lock", "gems.locked"),
        "bundle lock --update {package}",
    ),
    Ecosystem(
        "composer",
        "composer",
        ("composer.json",),
        ("composer.lock",),
        "composer update {package} --with-dependencies --no-install",
    ),
    Ecosystem(
        "nuget",
        "nuget",
        ("*.[cf]sproj", "*.vbproj", "Directory.*.props", "packages.config", "dotnet-tools.json"),
        ("packages.lock.json",),
        "dotnet restore --force-evaluate",
    ),
    Ecosystem(
        "docker",
        "docker",
        ("Dockerfile*", "*.Dockerfile", "Containerfile", "compose.*y*ml", "docker-compose.*y*ml"),
        advice="Where an image is pinned by digest, tag and digest change together.",
    ),
    Ecosystem(
        "actions",
        "actions",
        (".github/workflows/*.yml", ".github/workflows/*.yaml", "action.yml", "action.yaml"),
        advice="Where a `uses:` is pinned by commit, keep it so, with the version as a comment.",
    ),
)
