"""Pull requests of Dependabot and Renovate: whose they are and what they upgrade."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import PullRequest
from bot.triggers.updater_texts import MAX_UPGRADES
from bot.triggers.updaters import NOTES_LIMIT, Updater, UpdaterPullRequest, recognize
from bot.untrusted import Untrusted

SINGLE = """\
Bump zod from 4.3.6 to 4.10.0

Bumps [zod](https://github.com/colinhacks/zod) from 4.3.6 to 4.10.0.
- [Release notes](https://github.com/colinhacks/zod/releases)
- [Commits](https://github.com/colinhacks/zod/compare/v4.3.6...v4.10.0)

---
updated-dependencies:
- dependency-name: zod
  dependency-version: 4.10.0
  dependency-type: direct:production
  update-type: version-update:semver-minor
...

Signed-off-by: dependabot[bot] <support@github.com>
"""
GROUPED = """\
Bump the dev-dependencies group across 1 directory with 3 updates

Bumps the dev-dependencies group with 3 updates in the /web directory: [@types/node](https://a.test)

Updates `@types/node` from 24.1.0 to 26.4.0
- [Release notes](https://github.com/DefinitelyTyped/DefinitelyTyped/releases)

Updates `esbuild` from 0.27.0 to 0.28.2
- [Release notes](https://github.com/evanw/esbuild/releases)

Updates `brace-expansion` from 2.0.1 to 2.0.2

---
updated-dependencies:
- dependency-name: "@types/node"
  dependency-version: 26.4.0
  dependency-type: direct:development
  update-type: version-update:semver-major
  dependency-group: dev-dependencies
- dependency-name: esbuild
  dependency-version: '0.28.2'
  dependency-type: direct:development
  update-type: version-update:semver-patch
  dependency-group: dev-dependencies
- dependency-name: brace-expansion
  dependency-version: 2.0.2
  dependency-type: indirect
  dependency-group: dev-dependencies
...

Signed-off-by: dependabot[bot] <support@github.com>
"""
RENOVATE = """\
This PR contains the following updates:

| Package | Type | Update | Change | Age |
|---|---|---|---|---|
| [vite](https://vite.dev) ([source](https://redirect.github.com/vitejs/vite/tree/HEAD/p/vite)) \
| devDependencies | minor | [`8.0.1` → `8.1.0`](https://renovatebot.com/diffs/npm/vite/8.0/8.1) \
| ![age](https://developer.mend.io/api/mc/badges/age/npm/vite/8.1.0?slim=true) |
| [@types/node](https://redirect.github.com/x/y) | devDependencies | major | `^24` -> `^26` | |
| [org.jetbrains.kotlin.jvm](https://kotlinlang.org) | plugin | patch | `2.3.0` -> `2.3.1` | |
| node | container | digest | `0a1b2c3` -> `4d5e6f7` | |

---

### Release Notes

<details>
<summary>vitejs/vite (vite)</summary>

| Package | Change |
|---|---|
| [evil](https://evil.test) | `1` -> `2` |

</details>

---

### Configuration

📅 **Schedule**: Branch creation - At any time
"""


def _pull(
    title: str = "", body: str = "", author: str = "dependabot[bot]", branch: str = ""
) -> PullRequest:
    return PullRequest(
        7, "", Untrusted(title), Untrusted(body), "open", False, False, author, branch,
        "a" * 40, "octo/shop", "main", "b" * 40,
    )  # fmt: skip


def _told(found: UpdaterPullRequest | None) -> list[tuple[str, str, str, str]]:
    assert found
    return [(u.package, u.old.raw, u.new.raw, u.kind) for u in found.upgrades]


def test_single_dependabot() -> None:
    """Trailer and first sentence together tell name, versions and kind."""
    found = recognize(
        _pull("Bump zod from 4.3.6 to 4.10.0 in /web", branch="dependabot/npm_and_yarn/web/zod-4"),
        Untrusted(SINGLE),
    )

    assert found
    assert (found.number, found.updater, found.family) == (7, Updater.DEPENDABOT, "node")
    assert _told(found) == [("zod", "4.3.6", "4.10.0", "minor")]


def test_grouped_dependabot() -> None:
    """Each member with its versions; the group; what is only in the lock file."""
    found = recognize(_pull(), Untrusted(GROUPED.replace("\n", "\r\n")))

    assert _told(found) == _told(recognize(_pull(), Untrusted(GROUPED)))
    assert _told(found) == [
        ("@types/node", "24.1.0", "26.4.0", "major"),
        ("esbuild", "0.27.0", "0.28.2", "patch"),
        ("brace-expansion", "2.0.1", "2.0.2", ""),
    ]
    assert found
    assert found.group == "dev-dependencies"


def test_property_that_moves_two_packages() -> None:
    """The title names a property; the trailer the packages."""
    message = """\
Bump maven.surefire.version from 3.5.5 to 3.5.6

Bumps `maven.surefire.version` from 3.5.5 to 3.5.6.

Updates `org.apache.maven.plugins:maven-surefire-plugin` from 3.5.5 to 3.5.6

Updates `org.apache.maven.plugins:maven-failsafe-plugin` from 3.5.5 to 3.5.6

---
updated-dependencies:
- dependency-name: org.apache.maven.plugins:maven-surefire-plugin
  dependency-version: 3.5.6
- dependency-name: org.apache.maven.plugins:maven-failsafe-plugin
  dependency-version: 3.5.6
...
"""
    assert _told(recognize(_pull(), Untrusted(message))) == [
        ("org.apache.maven.plugins:maven-surefire-plugin", "3.5.5", "3.5.6", ""),
        ("org.apache.maven.plugins:maven-failsafe-plugin", "3.5.5", "3.5.6", ""),
    ]


@pytest.mark.parametrize(
    ("trailer", "names"),
    [
        ("updated-dependencies:\n- dependency-name: zod\n", ["zod"]),
        ("updated-dependencies:\n- dependency-name: zod", ["zod"]),
        ("updated-dependencies:\n  -   dependency-name :  'zod'  \n...", ["zod"]),
        ("updated-dependencies:\n- dependency-name: [a\n- dependency-name: zod\n...", ["zod"]),
        ("updated-dependencies:\n- dependency-name: &x zod\n- dependency-name: *x\n...", []),
        ("updated-dependencies:\n- dependency-name: $(id)\n- dependency-name: ../x\n...", []),
        ("updated-dependencies:\n- dependency-name: a\n...\n- dependency-name: b\n", ["a"]),
        ("updated-dependencies:\n- dependency-version: 1\n  junk\n- dependency-name: a\n", ["a"]),
        ("updated-dependencies:\n- dependency-name:\n- dependency-name: a\n", ["a"]),
        ("updated-dependencies: [a, b]\n- dependency-name: a\n", []),
        ("updated-dependencies:\n", []),
    ],
)
def test_malformed_trailers(trailer: str, names: list[str]) -> None:
    """What is readable is read; a broken line costs one value; names that are none are dropped."""
    found = recognize(_pull("deps"), Untrusted(f"deps\n\n---\n{trailer}"))

    assert [name for name, *_ in _told(found)] == names


@pytest.mark.parametrize(
    ("title", "told", "group"),
    [
        ("Bump httpx from 0.27.0 to 0.28.1", [("httpx", "0.27.0", "0.28.1", "")], ""),
        (
            "build(deps-dev): [security] bump @types/node from 20 to 22 in /web",
            [("@types/node", "20", "22", "")],
            "",
        ),
        (
            "⬆️ Bump actions/checkout from 4 to 5 in the actions group",
            [("actions/checkout", "4", "5", "")],
            "actions",
        ),
        (
            "Bump rand from 0.8.5 to 0.9.0 in /rust in the all group across 1 directory",
            [("rand", "0.8.5", "0.9.0", "")],
            "all",
        ),
        (
            "Update pydantic requirement from <3,>=1.10 to >=2,<3",
            [("pydantic", "<3,>=1.10", ">=2,<3", "")],
            "",
        ),
        (
            "chore: update react requirement from ^18 || ^17 to ^19 in /web",
            [("react", "^18 || ^17", "^19", "")],
            "",
        ),
        ("Bump semver, ip and tar", [("semver", "", "", ""), ("ip", "", "", ""),
                                     ("tar", "", "", "")], ""),
        ("Bump nokogiri", [("nokogiri", "", "", "")], ""),
        ("Bump the web stack group with 5 updates", [], "web stack"),
        ("Bump the all group across 2 directories with 14 updates", [], "all"),
        ('Bump the "infra" group with 4 updates across multiple ecosystems', [], "infra"),
        ("Bump the $(id) group with 2 updates", [], ""),
        ("Add a thing", [], ""),
    ],
)  # fmt: skip
def test_dependabot_by_title_alone(
    title: str, told: list[tuple[str, str, str, str]], group: str
) -> None:
    """Where no trailer can be read, the title tells what it can."""
    found = recognize(_pull(title))

    assert found
    assert (_told(found), found.group) == (told, group)


def test_dependabot_table_in_the_body() -> None:
    """Large groups begin with a table; the release notes below are not read."""
    body = (
        "Bumps the all group with 5 updates:\n\n| Package | From | To |\n| --- | --- | --- |\n"
        "| [rand](https://github.com/rust-random/rand) | `0.8.5` | `0.9.0` |\n"
        "| [github.com/a/b/v2](https://github.com/a/b) | `2.0.0` | `2.1.0` |\n\n"
        "<details>\n<summary>Release notes</summary>\n\nUpdates `evil` from 1 to 2\n\n"
        "| Package | From | To |\n| --- | --- | --- |\n| evil | `1` | `2` |\n</details>\n\n"
        "[![Dependabot compatibility score](https://a.test)]\n\nDependabot will resolve conflicts"
    )
    found = recognize(_pull("Bump the all group with 2 updates", body))

    assert _told(found) == [
        ("rand", "0.8.5", "0.9.0", ""),
        ("github.com/a/b/v2", "2.0.0", "2.1.0", ""),
    ]
    assert found
    assert found.notes.raw.startswith("<details>")
    assert found.notes.raw.endswith("</details>")


def test_renovate_table() -> None:
    """Columns are found by their names; the release notes below are kept, not read."""
    found = recognize(
        _pull("Update all non-major dependencies", RENOVATE, "renovate[bot]", "renovate/all")
    )

    assert found
    assert (found.updater, found.group, found.family) == (Updater.RENOVATE, "", "")
    assert _told(found) == [
        ("vite", "8.0.1", "8.1.0", "minor"),
        ("@types/node", "^24", "^26", "major"),
        ("org.jetbrains.kotlin.jvm", "2.3.0", "2.3.1", "patch"),
        ("node", "0a1b2c3", "4d5e6f7", "digest"),
    ]
    assert found.notes.raw.startswith("### Release Notes")
    assert "Schedule" not in found.notes.raw


def test_renovate_without_type_columns() -> None:
    """The short table, as other tools copy it."""
    body = (
        "This PR contains the following updates:\n\n| Package | Change |\n|---|---|\n"
        "| [semgrep](https://redirect.github.com/semgrep/semgrep) | `1.53.0` -> `1.54.0` |\n"
    )

    assert _told(recognize(_pull("x", body, "renovate[bot]"))) == [
        ("semgrep", "1.53.0", "1.54.0", "")
    ]


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Update dependency renovate to v13.79.3", [("renovate", "", "v13.79.3", "")]),
        ("fix(deps): update module github.com/apache/arrow-go/v18 to v18.5.2",
         [("github.com/apache/arrow-go/v18", "", "v18.5.2", "")]),
        ("Update Rust crate url to v2.5.7", [("url", "", "v2.5.7", "")]),
        ("Update astral-sh/setup-uv action to v6", [("astral-sh/setup-uv", "", "v6", "")]),
        ("chore(deps): update react monorepo to v19 (major)", []),
        ("chore(deps): update node Docker tag to v22", [("node", "", "v22", "")]),
        ("chore(deps): update dependency ksp 2.3.2 to v2.3.3", []),
        ("Update all non-major dependencies", []),
        ("Pin dependencies", []),
    ],
)  # fmt: skip
def test_renovate_by_title_alone(title: str, told: list[tuple[str, str, str, str]]) -> None:
    """The usual titles; an unusual one tells nothing rather than something wrong."""
    assert _told(recognize(_pull(title, "", "renovate[bot]"))) == told


def test_lock_file_maintenance() -> None:
    """Renovate's refresh of lock files names no package."""
    body = "This PR contains the following updates:\n\n| Update | Change |\n|---|---|\n"
    row = "| lockFileMaintenance | All locks refreshed |\n"
    found = recognize(_pull("chore(deps): lock file maintenance", body + row, "renovate[bot]"))

    assert found
    assert found.upgrades == ()


def test_author_decides() -> None:
    """A branch or a text alone makes nobody an updater; `updaters` adds logins."""
    branch = "dependabot/pip/httpx-1"

    assert recognize(_pull("Bump httpx from 0 to 1", "", "mallory", branch)) is None
    assert recognize(_pull("x", RENOVATE, "mallory", "renovate/x"), Untrusted(SINGLE)) is None
    assert recognize(_pull("x", "", ""), updaters=("", " ")) is None

    def updater(**given: Any) -> Updater:
        found = recognize(
            _pull(author="Our-Bot", branch=given.get("branch", "x")),
            Untrusted(given.get("message", "")),
            ["our-bot "],
        )
        assert found
        return found.updater

    assert updater(branch="renovate/x") is Updater.RENOVATE
    assert updater(branch=branch) is Updater.DEPENDABOT
    assert updater(message=SINGLE) is Updater.DEPENDABOT
    assert updater() is Updater.OTHER


@pytest.mark.parametrize(
    ("branch", "family"),
    [
        ("dependabot/npm_and_yarn/web/zod-4.5.2", "node"),
        ("dependabot-npm_and_yarn-web-zod-4.5.2", "node"),
        ("dependabot_npm_and_yarn_zod-4.5.2", "node"),
        ("dependabot|github_actions|actions/checkout-5", "actions"),
        ("dependabot/docker_compose/x", "docker"),
        ("dependabot/uv/httpx-1", "python"),
        ("dependabot/unheard_of/x", ""),
        ("dependabot/", ""),
        ("dependabot", ""),
    ],
)
def test_family_by_branch(branch: str, family: str) -> None:
    """The separator may be any of Dependabot's."""
    found = recognize(_pull(branch=branch))

    assert found
    assert found.family == family


def test_huge_and_many() -> None:
    """Thousands of members and megabytes of text are cut."""
    entries = "".join(f"- dependency-name: p{n}\n" for n in range(3000))
    found = recognize(
        _pull("Bump " + "a " * 100_000, "| Package |\n" + "| a" * 500_000 + "<details>" * 50_000),
        Untrusted(f"x\n\n---\nupdated-dependencies:\n{entries}" + "Updates `" * 100_000),
    )

    assert found
    assert len(found.upgrades) == MAX_UPGRADES
    assert len(found.notes.raw) <= NOTES_LIMIT


@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "Bump ",
                    "Update ",
                    "dependency ",
                    "a",
                    "@",
                    " from ",
                    " to ",
                    "1.0",
                    "the ",
                    "g ",
                ),
                *("group", " with ", " in /x", " and ", ", ", "|", " Package ", " Change ", "\n|"),
                *("---", "\n", "`1` -> `2`", "[a](b)", "updated-dependencies:\n", "...\n", "\\"),
                *(
                    "- dependency-name: ",
                    "  dependency-version: ",
                    "'",
                    '"',
                    "Updates `",
                    "`",
                    "\r",
                ),
            ]
        ),
        max_size=30,
    ).map("".join)
    | st.text(max_size=80)
)
def test_any_text(text: str) -> None:
    """Never raises; every package told has a valid name, in each of the three places."""
    for author in ("dependabot[bot]", "renovate[bot]"):
        for pull, message in (
            (_pull(text, author=author), ""),
            (_pull("x", text, author=author), ""),
            (_pull("x", author=author), text),
        ):
            found = recognize(pull, Untrusted(message))
            assert found
            assert all(one.package.isascii() and " " not in one.package for one in found.upgrades)
