"""Package names, versions and groups as people write them."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigurationError
from bot.model import Group, Package
from bot.triggers.package_names import (
    PackageNameError,
    group_of,
    read_groups,
    read_package,
    read_packages,
)

SHELL = set(" \t\n\r;|&$`\"'(){}\\#?%\0")


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [
        ("httpx", "httpx", ""),
        ("pydantic@>=2", "pydantic", ">=2"),
        ("pydantic@>=2,<3", "pydantic", ">=2,<3"),
        ("uvicorn[standard]@0.35.0", "uvicorn[standard]", "0.35.0"),
        ("zope.interface@~=7.0", "zope.interface", "~=7.0"),
        ("@types/node@20", "@types/node", "20"),
        ("@scope/name", "@scope/name", ""),
        ("react@^19.1.0", "react", "^19.1.0"),
        ("left-pad@1.x", "left-pad", "1.x"),
        ("next@15.0.0-canary.3", "next", "15.0.0-canary.3"),
        ("org.slf4j:slf4j-api@2.0.17", "org.slf4j:slf4j-api", "2.0.17"),
        ("com.google.guava:guava@33.4.8-jre", "com.google.guava:guava", "33.4.8-jre"),
        ("github.com/go-chi/chi/v5@v5.2.3", "github.com/go-chi/chi/v5", "v5.2.3"),
        ("gopkg.in/yaml.v3", "gopkg.in/yaml.v3", ""),
        (
            "golang.org/x/net@v0.0.0-20240101000000-0123456789ab",
            "golang.org/x/net",
            "v0.0.0-20240101000000-0123456789ab",
        ),
        (
            "github.com/docker/docker@v28.0.0+incompatible",
            "github.com/docker/docker",
            "v28.0.0+incompatible",
        ),
        ("serde_json@1.0.140", "serde_json", "1.0.140"),
        ("rails-html-sanitizer@~>1.6", "rails-html-sanitizer", "~>1.6"),
        ("symfony/http-kernel@^7.3", "symfony/http-kernel", "^7.3"),
        ("Newtonsoft.Json@13.0.3", "Newtonsoft.Json", "13.0.3"),
        ("actions/checkout@v4", "actions/checkout", "v4"),
        ("github/codeql-action/init@v3", "github/codeql-action/init", "v3"),
        ("pypa/gh-action-pypi-publish@release/v1", "pypa/gh-action-pypi-publish", "release/v1"),
        ("actions/cache@" + "0a" * 20, "actions/cache", "0a" * 20),
        ("ghcr.io/astral-sh/uv@0.9", "ghcr.io/astral-sh/uv", "0.9"),
        ("python@3.14-slim", "python", "3.14-slim"),
        ("alpine@sha256:" + "0a" * 32, "alpine", "sha256:" + "0a" * 32),
        ("node@latest", "node", "latest"),
    ],
)
def test_names_of_each_ecosystem(text: str, name: str, version: str) -> None:
    """What the registries' own users write is taken as it is."""
    assert read_package(text) == Package(name, version)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("httpx;id", "has only"),
        ("$(id)", "has only"),
        ("`id`", "has only"),
        ("a|b", "has only"),
        ("a b", "has only"),
        ("a\nb", "has only"),
        ("a\\b", "has only"),
        ("reаct", "has only"),
        ("re\u200bact", "has only"),
        ("--index-url=x", "has only"),
        ("--pre", "option"),
        ("-r", "option"),
        ("@-x/y", "of the form"),
        ("../../etc/passwd", "path"),
        ("a/../b", "path"),
        ("./a", "path"),
        ("/etc/passwd", "path"),
        ("~/.ssh/id", "path"),
        ("a//b", "path"),
        ("a/", "path"),
        (".hidden", "path"),
        ("a/.git", "of the form"),
        ("https://evil.test/x.tgz", "address"),
        ("git+https://evil.test/x", "address"),
        ("file:x", "address"),
        ("npm:left-pad", "address"),
        ("", "of the form"),
        ("@", "of the form"),
        ("a:", "of the form"),
        ("a[", "of the form"),
        ("a" * 215, "214 characters"),
        ("a@", "missing"),
        ("a@1;id", "no version"),
        ("a@$(id)", "no version"),
        ("a@../x", "no version"),
        ("a@-rf", "no version"),
        ("a@1 2", "no version"),
        ("a@https://evil.test/x", "no version"),
        ("a@" + "1" * 101, "100 characters"),
    ],
)
def test_tricks_are_refused_with_a_word(text: str, why: str) -> None:
    """Shell characters, options, paths, addresses and look-alike letters are no names."""
    with pytest.raises(PackageNameError, match=why) as refusal:
        read_package(text)

    assert "etc" not in str(refusal.value)


@given(st.text(alphabet=st.sampled_from("a1@/:.-_~+[]>=<,*^! ;$`\\\n|"), max_size=30))
def test_what_is_accepted_is_harmless(text: str) -> None:
    """A name is no option, has no shell character and no way up; all of the text is kept."""
    try:
        package = read_package(text)
    except PackageNameError:
        return

    assert not SHELL & set(package.name + package.version)
    assert not set("<>") & set(package.name)
    assert package.name[0] not in "-./~"
    assert package.version[:1] != "-"
    assert ".." not in package.name + package.version
    assert f"{package.name}@{package.version}".removesuffix("@") == text


@given(st.text(max_size=60))
def test_any_text_is_a_name_or_refused(text: str) -> None:
    """Nothing else is raised, and what is accepted is ASCII."""
    with contextlib.suppress(PackageNameError):
        assert read_package(text).name.isascii()


def test_packages_are_separated_by_commas_or_lines() -> None:
    """A comma before an operator belongs to the version."""
    assert read_packages("httpx, pydantic@>=2\r\n@types/node@20\nboto3@>=1, <2,\n\n attrs") == (
        Package("httpx"),
        Package("pydantic", ">=2"),
        Package("@types/node", "20"),
        Package("boto3", ">=1,<2"),
        Package("attrs"),
    )
    assert read_packages(" \n,") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("httpx, ../x", "`packages`, entry 2: a path is no package name"),
        ("httpx, HTTPX@1", "`packages`, entry 2: that package is named twice"),
        ("a b", "`packages`, entry 1: a name has only"),
        ("\n".join(f"p{n}" for n in range(101)), "more than 100 packages"),
        ("a" * 20_001, "more than 100 packages"),
    ],
)
def test_wrong_packages_are_a_configuration_error(text: str, message: str) -> None:
    """The message names the input and the entry, never the text."""
    with pytest.raises(ConfigurationError) as failure:
        read_packages(text)

    assert message in str(failure.value)


def test_groups_are_lines() -> None:
    """A name and patterns; the first group that fits holds a package, else it stands alone."""
    groups = read_groups("types = @types/*, mypy\r\n\n# ours\nweb stack=react*,*dom\n")

    assert groups == (Group("types", ("@types/*", "mypy")), Group("web stack", ("react*", "*dom")))
    names = ("@types/react-dom", "MyPy", "react-dom", "React", "httpx", "@types")
    assert [group_of(name, groups) for name in names] == [
        "types",
        "types",
        "web stack",
        "web stack",
        "httpx",
        "@types",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("types", "line 1: a line is"),
        ("types =", "line 1: a line is"),
        ("= a", "line 1: a name has"),
        ("a/b = c", "line 1: a name has"),
        ("a = b\nA = c", "line 2: that name stands twice"),
        ("a = $(id)", "line 1: a pattern is"),
        ("a = [ab]", "line 1: a pattern is"),
        ("a = " + "*a" * 5, "line 1: a pattern is"),
        ("\n".join(f"g{n} = a" for n in range(51)), "line 51: there are more than 50"),
        ("a = " + ",".join("b" * 101), "line 1: there are more than"),
    ],
)
def test_wrong_groups_are_a_configuration_error(text: str, message: str) -> None:
    """The message names the input and the line."""
    with pytest.raises(ConfigurationError) as failure:
        read_groups(text)

    assert message in str(failure.value)
