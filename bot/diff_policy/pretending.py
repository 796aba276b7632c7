"""Tests that no longer ask the code: what they ask is told what to answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.diff_policy.analysis import Analysis
from bot.diff_policy.assertions import is_assertion
from bot.diff_policy.change import ChangedFile, CodeLine
from bot.diff_policy.finding import Hit
from bot.diff_policy.places import stem_of

_ANSWERS = re.compile(
    r"\breturn_value\s*=\s*(?P<python>[^,)]{1,80})|\bside_effect\s*=\s*(?:\[|lambda[^:]{0,40}:)\s*(?P<effect>[^,)\]]{1,80})"
    r"|\.(?:mockReturnValue|mockResolvedValue|mockReturnValueOnce|mockResolvedValueOnce|thenReturn|thenAnswer|and_return|andReturn|willReturn|returns|Returns|ReturnsAsync|returnValue|resolves|yields|Return|toReturn|answers)\(\s*(?P<call>[^)]{1,80})"
    r"|\bmockImplementation(?:Once)?\(\s*(?:async\s*)?\([^)]{0,40}\)\s*=>\s*(?P<arrow>[^)]{1,80})|\b(?:returns|answers)\s+(?P<infix>[^}\s][^}]{0,80})|\bdoReturn\(\s*(?P<do>[^)]{1,80})"
    r"|\bmonkeypatch\.setattr\(.{1,160}?lambda\b[^:]{0,60}:\s*(?P<lambda>.{1,80}?)\)?\s*$|\bdefine_(?:singleton_)?method\(:?\w+\)\s*\{(?:\s*\|[^|]*\|)?\s*(?P<ruby>[^}]{1,80})"
    r"|\(fn\s*\[[^\]]*\]\s*(?P<clojure>[^)]{1,80})\)|\bfn\b[^>]{0,40}->\s*(?P<fn>.{1,80}?)\s*end\b|\bstub\(:\w+,\s*(?P<minitest>[^)]{1,80})|\bwith_mock\w*\b.{1,80}?->\s*(?P<elixir>[^\]}]{1,80})|^\s*(?:\w+\.){1,3}\w+\s*=\s*(?:function\s*\([^)]*\)\s*(?:\{\s*)?return\s+|\([^)]*\)\s*=>\s*|lambda\b[^:]{0,40}:\s*)(?P<set>[^;}]{1,80})"
)
_VALUE = re.compile(
    r"\"[^\"]{1,80}\"|'[^']{1,80}'|(?<![\w.])-?[0-9][0-9_.]*(?!\w)|(?<![\w:]):[a-z]\w*"
)
_TOLD = re.compile(
    r"\bpatch(?:\.object|\.multiple)?\(\s*[\"']?(?P<patch>[\w.]{2,120})[\"']?(?:\s*,\s*[\"'](?P<attr>\w{1,60})[\"'])?|\bsetattr\(\s*[\"']?(?P<setattr>[\w.]{2,120})[\"']?(?:\s*,\s*[\"'](?P<name>\w{1,60})[\"'])?"
    r"|\b(?:spyOn|stub|sinon\.stub|replace)\(\s*(?P<object>[\w.]{1,60})\s*,\s*[\"'](?P<method>\w{1,60})[\"']|\b(?:jest|vi)\.(?:do)?[mM]ock\(\s*[\"'](?P<module>[\w./@-]{1,120})[\"']"
    r"|\b(?:when|whenever|given|every|coEvery|lenient\(\)\.when)\s*[({]\s*(?P<mocked>\w{1,60})\.(?P<called>\w{1,60})|\ballow(?:_any_instance_of)?\(\s*(?P<allowed>[\w.:]{1,60})\s*\)\.to\s+receive\(:(?P<received>\w{1,60})"
    r"|\bwith-redefs\s*\[\s*(?P<redefined>[\w./*!?-]{2,80})|:meck\.expect\(\s*(?P<mecked>[\w.]{1,60}),\s*:(?P<fun>\w{1,40})|\b(?:mockery::|with_mocked_bindings|local_mocked_bindings)\(?(?:stub\()?\s*(?P<r>[\w.]{2,60})|\b(?:monkey|gomonkey)\.(?:Patch|ApplyFunc|ApplyMethod)\w*\(\s*(?P<go>[\w.]{2,80})|^\s*\*(?P<perl>[\w:]{2,80})\s*=\s*sub\b|\b(?P<mox>[A-Z]\w{1,60})\.stub\(:(?P<minitest>\w{1,60})|->method\(\s*[\"'](?P<php>\w{1,60})[\"']|^\s*(?P<target>\w{1,60}(?:\.\w{1,60}){0,2})\.(?P<assigned>\w{1,60})\s*=\s*(?:function\b|\([^)]*\)\s*=>|lambda\b|async\b)"
)
_MADE = re.compile(
    r"^\s*(?:(?:const|let|var|val|auto|final|my|local|self|this)\s*[.\s]\s*)*(?:[A-Z]\w{0,40}\s+)?\$?(?P<name>[A-Za-z_]\w{0,40})\s*:?=\s*(?:new\s+|await\s+)?(?P<made>[A-Za-z_][\w.:]{0,80})\s*[({]"
)
_GUARD = re.compile(
    r"(?:^|_|\b)(?:verif\w*|validat\w*|auth\w*|sign(?:ature|ed)?|permission\w*|permit\w*|allow\w*|can|is_?valid\w*|check\w*|csrf\w*|throttl\w*|rate_?limit\w*|require\w*|enforce\w*|guard\w*|ensure\w*|login_required|has_perm\w*|assert\w*|compare\w*|equals?|diff)(?:_|\b|(?=[A-Z]))",
    re.IGNORECASE,
)
_HOLDS = re.compile(
    r"^(?:True|true|None|nil|null|undefined|0|\[\s*\]|\{\s*\}|:ok|ok|void 0|\(\)|Ok\(\(\)\))\W*$"
)
_OUTSIDE = re.compile(
    r"^(?:time|datetime|os|sys|socket|subprocess|random|uuid|requests|httpx|urllib\w*|smtplib|boto3|botocore|redis|shutil|platform|getpass|locale|builtins|pathlib|logging|console|window|document|process|global\w*|fetch|axios|fs|Date|Math|navigator|localStorage|sessionStorage|Time|Kernel|Net|File|Clock|SecureRandom|tempfile|threading|asyncio)\b"
)
_BUILT_IN = re.compile(
    r"^\s*(?:async\s+)?[\"']?(?:toBe(?:CloseTo|Defined|Falsy|GreaterThan(?:OrEqual)?|InstanceOf|LessThan(?:OrEqual)?|NaN|Null|Truthy|Undefined|TypeOf|Visible|Disabled|Enabled|Checked|InTheDocument|Empty\w*)?|to(?:Strict)?Equal|toContain(?:Equal)?|toMatch(?:Object|Snapshot|InlineSnapshot)?|toThrow(?:Error\w*)?"
    r"|toHave(?:Length|Property|Been\w+|Returned\w*|LastReturnedWith|NthReturnedWith|Text|TextContent|Value|Attribute|Class|Count|URL|Title|Style|Focus)|toSatisfy|toResolve\w*)[\"']?\s*(?:\(|:\s*(?:\(|function|async))"
)


def pretended(file: ChangedFile, change: Analysis) -> Iterator[Hit]:
    """All of these in one file of tests, or of what tests run with."""
    yield from _overridden(file)
    fresh: frozenset[CodeLine] | None = None
    for hunk in file.hunks:
        shown = [x for x in hunk if x.mark != "-"]
        if not any(x.mark == "+" and _TOLD.search(x.text) for x in shown):
            continue
        told_before = any(_TOLD.search(x.text) for x in hunk if x.mark == "-")
        claims = [x for x in shown if is_assertion(x) and not _TOLD.search(x.text)]
        made = {m["name"]: m["made"] for x in shown if (m := _MADE.match(x.text))}
        for line in shown:
            found = _TOLD.search(line.text) if line.mark == "+" and line.code else None
            if not found or told_before or change.is_moved_here(line):
                continue
            fresh = change.new_test_lines if fresh is None else fresh
            if line in fresh and not _is_for_all(file):
                continue
            why = _why(line, file, claims, made)
            if why:
                yield Hit(file, line, why)


def _is_for_all(file: ChangedFile) -> bool:
    """Whether what stands in the file holds for every test beside or below it."""
    return bool(
        re.search(
            r"(?:^|/)(?:conftest\.py|(?:jest|vitest|test)?[._-]?setup[\w.-]*\.[cm]?[jt]sx?|(?:spec|rails|test)_helper\.\w+|support/[^/]+)$",
            file.path,
        )
    )


def _why(
    line: CodeLine,
    file: ChangedFile,
    claims: list[CodeLine],
    made: dict[str, str],
) -> str:
    found = _TOLD.search(line.text)
    if found is None:
        return ""
    parts = [x for x in found.groups() if x]
    owner, name = _split(parts)
    if _OUTSIDE.match(owner or name):
        return ""
    answer = _answer(line)
    stem = stem_of(file.path)
    if _is_for_all(file):
        guards = _GUARD.search(_snake(name)) and answer is not None and _HOLDS.match(answer)
        return "A check of the product is told to hold in every test." if guards else ""
    called = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") if len(name) > 2 else None
    asked = [x for x in claims if called and called.search(x.code)]
    if asked and answer is not None and _VALUE.search(answer):
        values = set(_VALUE.findall(answer))
        if any(values & set(_VALUE.findall(x.text)) for x in asked):
            return "What the test asks was told to answer what the test expects."
    built = made.get(owner.partition(".")[0], "")
    about = {
        x.replace("_", "").lower() for x in re.split(r"[./:]", f"{owner}.{built}") if len(x) > 2
    }
    return "What the test is about was replaced." if stem and stem in about else ""


def _split(parts: list[str]) -> tuple[str, str]:
    """Whose behaviour is replaced, and what of it."""
    if len(parts) > 1:
        return parts[0], parts[1]
    owner, _, name = parts[0].rpartition(".")
    return owner, name


def _answer(line: CodeLine) -> str | None:
    found = _ANSWERS.search(line.text)
    return next((x.strip() for x in found.groups() if x), None) if found else None


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)


def _overridden(file: ChangedFile) -> Iterator[Hit]:
    """A matcher of the framework itself, written anew."""
    for hunk in file.hunks:
        inside = False
        for line in hunk:
            if line.mark == "-":
                continue
            inside = inside or "expect.extend" in line.code or "addMatchers" in line.code
            if inside and line.mark == "+" and _BUILT_IN.match(line.text) and line.code:
                yield Hit(file, line, "A matcher of the framework was replaced.")
