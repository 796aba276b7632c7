"""What CI does, line by line: what makes it do less, what gives it more rights, and what is neither."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.diff_policy.change import Block, Change, ChangedFile, CodeLine
from bot.diff_policy.commands import runners
from bot.diff_policy.finding import Hit
from bot.diff_policy.places import Place

_SHUT = re.compile(
    r"^\s*(?:-\s+)?(?:if|condition|when|enabled|expression)\s*[:{=]\s*[\"']?(?:\$\{\{\s*)?(?:false|never|manual|'false'|1\s*==\s*0|github\.event_name\s*==\s*'(?:schedule|workflow_dispatch|release))|\breturn\s+false\b|\bwhen:\s*(?:never|manual|delayed)\b|^\s*skip\s*:\s*(?!false)\S"
    r"|^\s*(?:-\s+)?(?:paths-ignore|branches-ignore|tags-ignore|paths|only|except|rules|filters|changes|changesets|exclude|branches|stages)\s*:"
)
_CONDITION = re.compile(r"^\s*(?:-\s+)?(?:if|condition|when|only|except|rules|filters)\s*[:{]")
_ALWAYS = re.compile(
    r"\b(?:always|failure|cancelled|succeeded(?:OrFailed)?|success)\(\)|on_failure|always\b"
)
_TRIGGER = re.compile(
    r"^\s*(?:-\s+)?(?:push|pull_request|merge_group|schedule|merge_requests|pr|trigger)\s*:|^on:\s*\[?.*\b(?:push|pull_request)\b"
)
_RIGHTS = re.compile(
    r"\bpull_request_target\b|\bwrite-all\b|^\s*(?:contents|packages|actions|id-token|deployments|security-events|statuses|checks|pull-requests|issues|pages|attestations|workflows)\s*:\s*write\b|\bsecrets\.(?!GITHUB_TOKEN\b)|\bsecrets:\s*inherit|\bpersist-credentials\s*:\s*true|\bself-hosted\b|\bworkflow_run\s*:|--privileged\b|\ballow-unsafe"
    r"|\b(?:curl|wget)\b.*\|\s*(?:sudo\s+)?(?:ba|z)?sh\b|\$\{\{\s*github\.(?:event\.(?:issue|pull_request|comment|review)\.(?:title|body)|head_ref)"
)
_LIST = re.compile(r"^\s*(?:-\s+)?[\"']?(?P<key>[\w-]{1,40})[\"']?\s*:\s*\[(?P<items>[^\]]*)\]")
_ROW = re.compile(
    r"^\s*-\s+[\"']?[\w.-]{1,40}[\"']?\s*$|^\s*-\s+(?:os|python|node|version|\w+-version|image|ruby|php|java|go|rust|toolchain|target)\s*:"
)
_USES = re.compile(r"^\s*(?:-\s+)?uses:\s*[\"']?(?P<name>[\w.-]+/[\w./-]+)@(?P<ref>[\w.-]+)")
_SHA = re.compile(r"^[0-9a-f]{40}$")
_TAG = re.compile(r"^v?[0-9]+(?:\.[0-9]+){0,2}$")
_BLIND = re.compile(
    r"\bshell\s*:\s*[\"']?\w+\s+(?:\+e\s+)?\{0\}|\bbash\s+\+e\b|--exit-zero\b|--no-fail\b|^\s*exit\s+0\s*$|--report-only|--fail-never|--soft-fail|--warn-only|--no-exit-code|--exit-code[ =]0|-set_exit_status=false|failed-only\s*:"
)
_MINIMUM = re.compile(
    r"requires-python|python_requires|\"node\"\s*:|\"engines\"|rust-version|\bMSRV\b|required_ruby_version|\"php\"\s*:|^\s*go\s+[0-9]|sourceCompatibility|java\.version|maven\.compiler|TargetFramework|elixir:\s*\"|swift-tools-version|languageVersion|jvmTarget|required_version|tested-with|minimum-stability|julia\s*=",
)
_NEUTRAL = re.compile(
    r"^\s*(?:-\s+)?(?:name|description|path|key|restore-keys|cache|cache-dependency-path|hashFiles|node-version|python-version|java-version|go-version|ruby-version|dotnet-version|distribution|toolchain|architecture|fetch-depth|submodules|lfs|image|ports|POSTGRES_\w+|MYSQL_\w+|options|retention-days|if-no-files-found|merge-multiple|overwrite|files|runs-on|TZ|LANG|LC_ALL)\s*:(?!\s*self-hosted)"
    r"|^\s*--health-[\w-]+(?:[ =].*)?$|^\s*options\s*:.*--health-|^\s*(?:-\s+)?[\"']?[0-9][\w.]*[\"']?\s*$|^\s*with:\s*$|^\s*-?\s*requirements[\w.-]*$"
)


def does_less(file: ChangedFile, change: Change) -> Iterator[Hit]:
    """Lines by which CI checks less, sees less of a failure, or may do more to the repository."""
    for block in file.blocks:
        for line in block.added:
            if line.code and not change.is_moved_here(line) and (why := _why(line, block)):
                yield Hit(file, line, why)
        yield from _shorter(file, block, change)
    yield from _gone(file, change)


def _why(line: CodeLine, block: Block) -> str:
    if _RIGHTS.search(line.text) and not any(_RIGHTS.search(x.text) for x in block.removed):
        return "CI gets more rights than before, or runs what others wrote."
    if _BLIND.search(line.text) and not any(_BLIND.search(x.text) for x in block.removed):
        return "A failure of this step is ignored."
    was = [x for x in block.removed if _CONDITION.match(x.text) or _SHUT.search(x.text)]
    if _SHUT.search(line.text) and not was and _belongs_to_old(line, block):
        return "CI runs this in fewer cases than before."
    found = _USES.match(line.text)
    old = [m for x in block.removed if (m := _USES.match(x.text))]
    if found and old and all(m["name"] != found["name"] for m in old):
        return "Another action runs in the place of the one before."
    if found and any(_SHA.match(m["ref"]) for m in old) and not _SHA.match(found["ref"]):
        return "An action is no longer pinned."
    return ""


def _belongs_to_old(line: CodeLine, block: Block) -> bool:
    """Whether the job or step that it is about was there before: not all of it came with the line."""
    depth = len(line.text) - len(line.text.lstrip())
    head = next(
        (x for x in reversed(block.above(line)) if len(x.text) - len(x.text.lstrip()) < depth), None
    )
    return head is None or head.mark == " " or bool(block.removed)


def _shorter(file: ChangedFile, block: Block, change: Change) -> Iterator[Hit]:
    """A matrix, or a list of what must have passed, with less in it."""
    if _follows_manifest(change):
        return
    new = {m["key"]: m["items"] for x in block.added if (m := _LIST.match(x.text))}
    for line in block.removed:
        found = _LIST.match(line.text)
        if found and found["key"] in new and _TELLING_LIST.search(found["key"]):
            before, after = (
                len([y for y in x.split(",") if y.strip()])
                for x in (found["items"], new[found["key"]])
            )
            if after < before:
                yield Hit(file, line, "CI runs fewer combinations, or waits for fewer jobs.")
        elif not block.added and _ROW.match(line.text) and not change.is_kept_elsewhere(line):
            yield Hit(file, line, "CI runs fewer combinations, or waits for fewer jobs.")


_TELLING_LIST = re.compile(
    r"^(?:needs|requires|dependsOn|depends_on|os|platform|python|node|version|versions|ruby|php|java|jdk|go|rust|toolchain|target|targets|arch|browser|browsers|project|projects|suite|suites|shard|[\w-]*version|image|db|database|features?|branches|types|env)$"
)


def _follows_manifest(change: Change) -> bool:
    """Whether a manifest's declared minimum changed in the same diff."""
    return any(
        _MINIMUM.search(x.text) for f in change.files if f.place is not Place.CI for x in f.added
    )


_RUNS_TARGET = re.compile(
    r"\b(?:make|just|task|npm run|yarn(?: run)?|pnpm(?: run)?|rake|nox -s|tox -e|invoke|mise run|earthly \+|bazel|gradlew?|mvnw?|cargo|go|dotnet|mix|composer(?: run)?|php artisan|bundle exec|uv run|poetry run|hatch run)\s+[\w:.-]*(?:test|lint|check|verify|e2e|integration|spec|typecheck|audit|coverage|fmt|clippy|vet|analy[sz]e)[\w:.-]*"
)


def _gone(file: ChangedFile, change: Change) -> Iterator[Hit]:
    """Commands that ran tests or checks, and events upon which they were run."""
    files = [f for f in change.files if f.runs_things]
    came = sum(_checks(x) for f in files for x in f.added)
    went = [x for x in file.removed if _checks(x) and not change.is_kept_elsewhere(x)]
    if sum(map(_checks, went)) > came:
        yield Hit(file, went[0], "A command that runs tests or checks was taken out.")
    events = [x for x in file.removed if _TRIGGER.match(x.text) and not change.is_kept_elsewhere(x)]
    if events and not any(_TRIGGER.match(x.text) for x in file.added):
        yield Hit(file, events[0], "CI does not run upon this event any more.")


def _checks(line: CodeLine) -> int:
    """How many tests and checks a line runs; the name of a step or a job runs none."""
    if not line.code or _NAMES.match(line.text):
        return 0
    return max(runners(line.text), len(_RUNS_TARGET.findall(line.text)))


_NAMES = re.compile(
    r"^\s*(?:-\s+)?(?:name|id|key|path|image|description|label)\s*:|^\s*(?:-\s+)?(?:run:\s*)?(?:echo|pip|npm (?:ci|i)\b|apt)|\binstall\b"
)


def is_neutral(file: ChangedFile) -> bool:
    """Whether nothing of what is run changed: versions by their tags, services, caches, installed tools.

    Also where only more combinations are run than before.
    """
    lines = [x for x in (*file.added, *file.removed) if x.code.strip()]
    went = {m["name"] for x in file.removed if (m := _USES.match(x.text))}
    came = {m["name"] for x in file.added if (m := _USES.match(x.text))}
    tagged = all(_TAG.match(m["ref"]) for x in lines if (m := _USES.match(x.text)))
    known = all(name in went or name.startswith("actions/") for name in came)
    return (
        bool(lines)
        and went <= came
        and known
        and tagged
        and all(map(_is_plain, lines, [file] * len(lines)))
    )


def _is_plain(line: CodeLine, file: ChangedFile) -> bool:
    if _RIGHTS.search(line.text) or _SHUT.search(line.text):
        return False
    found = _LIST.match(line.text)
    if found and _TELLING_LIST.search(found["key"]):
        return _is_longer(found, file)
    return bool(_USES.match(line.text) or _NEUTRAL.match(line.text) or _INSTALLS.match(line.text))


_INSTALLS = re.compile(
    r"^\s*(?:-\s+)?(?:run:\s*)?(?:sudo\s+)?(?:apt-get|apt|brew|apk|dnf|choco)\s+(?:-\w+\s+)*(?:update|install|add)[\w\s.=+-]*(?:&&\s*sudo\s+apt-get\s+install[\w\s.=+-]*)?$|^\s*services\s*:\s*$|^\s*(?:concurrency|cancel-in-progress|group|defaults|strategy|matrix|fail-fast)\s*:"
)


def _is_longer(found: re.Match[str], file: ChangedFile) -> bool:
    """Whether all that the list had held before is in it still."""
    lists = [
        [
            {y.strip(" \"'") for y in m["items"].split(",")}
            for x in side
            if (m := _LIST.match(x.text)) and m["key"] == found["key"]
        ]
        for side in (file.removed, file.added)
    ]
    return len(lists[0]) == len(lists[1]) == 1 and lists[0][0] <= lists[1][0]
