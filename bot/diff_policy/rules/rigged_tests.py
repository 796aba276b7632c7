"""The runner, the comparison or the subject is replaced, so that any code passes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.diff_policy.analysis import Analysis
from bot.diff_policy.change import Block, ChangedFile, CodeLine
from bot.diff_policy.finding import Hit, Rule
from bot.diff_policy.places import Place, stem_of
from bot.diff_policy.pretending import pretended
from bot.diff_policy.waivers import waived

_RUNNER = re.compile(
    r"\b(?:report|rep|outcome|result|call)\.(?:outcome|wasxfail|passed|failed)\s*=(?!=)|\b(?:session\.)?exitstatus\s*=\s*(?:0|\w*OK)|\btestsfailed\s*=\s*0|\bsession\.exitstatus\s*=|\bitem\.runtest\s*=|\b_outcome\.success\s*="
    r"|process\.exitCode\s*=\s*0|\bunittest\.TestCase\.\w+\s*=(?!=)|\bTestResult\.\w+\s*=(?!=)|\bwasSuccessful\s*=|\bassert\.\w+\s*=(?!=)\s*(?:\(|function|jest|vi|async)|\bglobal(?:This)?\.(?:expect|assert|it|test)\s*=(?!=)"
    r"|\bexample\.exception\s*=\s*nil|\bRSpec::Core::\w+.*(?:define_method|prepend|class_eval)|\bset_exception\(\s*nil|at_exit\s*\{\s*exit!?\s*\(?\s*(?:0|true)|\bflag\.Set\(\"test\.|\bgtest_\w*filter\b.*=|\bObject\.is\s*=(?!=)"
    r"|\bMinitest\.\w+\s*=|\btest\.failed\s*=\s*false|\bTestCase\.run\s*=|process\.on\(\s*[\"'](?:exit|uncaughtException|unhandledRejection)[\"']|Cypress\.on\(\s*[\"'](?:fail|uncaught:exception)[\"']|threading\.excepthook\s*=|sys\.excepthook\s*=|window\.onerror\s*=|addEventListener\(\s*[\"'](?:error|unhandledrejection)[\"']|\bsys\.exit\s*=(?!=)|\bos\._exit\s*=(?!=)|ASSERT_\w+\s*\(.*\)\s*$(?<=#define)"
)
_MATCHERS = re.compile(
    r"^\s*(?:async\s+)?[\"']?(?:toBe|toEqual|toStrictEqual|toMatch\w*|toThrow\w*|toContain\w*|toHave\w+)[\"']?\s*(?:\(|:\s*(?:\(|function|async))"
)
_EXIT = re.compile(
    r"\b(?:sys\.exit|os\._exit|process\.exit|os\.Exit|System\.exit|exitProcess|Environment\.Exit|std::process::exit|process::exit|_exit|quit|exit!?)\s*\(\s*(?:0|true|EXIT_SUCCESS|ExitCode::SUCCESS)?\s*\)"
)
_EQUALITY = re.compile(
    r"\bdef\s+__(?:eq|ne|lt|le|bool|hash)__\b|\bboolean\s+equals\s*\(|\boverride\s+fun\s+equals\s*\(|\boperator\s*==\s*\(|\bbool\s+Equals\s*\(|\bdef\s+==|\bfn\s+eq\s*\(|\bstatic\s+func\s+==|\bdef\s+equals\b"
)
_ALWAYS = re.compile(
    r"^\s*(?:return\s+)?(?:True|true)\s*;?\s*\}?\s*$|\{\s*(?:return\s+)?true;?\s*\}|=\s*true\s*$"
)
_REPLACED = re.compile(
    r"(?:monkeypatch\.setattr|mock\.patch|\bpatch|mocker\.patch|jest\.mock|vi\.mock|jest\.doMock|vi\.doMock)\s*\(\s*[\"'](?P<target>[^\"']{1,200})[\"']"
    r"|\b(?:mock|spy|mockk|spyk|createMock|createStub|createPartialMock|getMockBuilder|Substitute\.For|Mock|allow_any_instance_of|expect_any_instance_of|instance_double|class_double|patch\.object|create_autospec|allow)"
    r"[(<]\s*:?\"?(?P<type>[A-Z]\w{2,80})\b"
)
_VERDICT = re.compile(
    r"\b(?:return|exit\w*|Exit)\b\s*\(?.*(?:fail|err|result|status|\brc\b|code|[Rr]un\w*\(|RUN_ALL_TESTS)"
)
_PASSES = re.compile(
    r"^\s*(?:return\s+(?:0|EXIT_SUCCESS|true)|\(void\)\s*RUN_ALL_TESTS\(\))\s*;?\s*$"
)
_PRETENDS = re.compile(
    r"\bsetattr\(\s*(?P<object>[\w.]{1,80})\s*,|\bspyOn\(\s*(?P<spied>\w{1,80})\s*,.*\.mock(?:Return|Resolve|Implement)"
    r"|\b(?:when|whenever|given|every\s*\{)\s*\(?\s*(?P<when>\w{1,80})\."
    r"|\ballow\(\s*(?P<allowed>\w{1,80})\s*\)\.to receive|\bstub\(\s*(?P<stub>\w{1,80})\b"
)
_EXPECTED = re.compile(
    r"^\s*(?:(?:const|let|var|val|auto|final|String|int)\s+)*(?P<name>(?:want|expect|exp)\w*)"
    r"\s*:?=\s*(?P<value>[^=\s].*?);?$"
)
_LITERAL = re.compile(
    r"^(?:[\"'`0-9\[{(-]|(?:Decimal|Money|vec!|new|Some|Ok|true|false|True|False|None)\b)"
)
_SHOWN = 400
_DEFINE = re.compile(r"#\s*define\s+(?:EXPECT|ASSERT|CHECK|REQUIRE|TEST|assert)\w*\b")


def find(change: Analysis) -> Iterator[Hit]:
    """In tests and what they run with; comparisons that are always true, anywhere."""
    for file in change.files:
        yield from waived(file, change)
        yield from _unguarded(file, change)
    for file in change.code():
        tests = (
            file.is_test
            or file.place in {Place.CONFIG, Place.SUPPORT}
            or file.path.startswith("cypress/")
        )
        if tests:
            yield from pretended(file, change)
        for block in file.blocks:
            if (hit := _compares_less(file, block)) is not None:
                yield hit
        for hunk in file.hunks:
            for index, line in enumerate(hunk):
                if line.mark != "+" or not line.code or change.is_moved_here(line):
                    continue
                after = [x for x in hunk[index + 1 : index + 4] if x.mark == "+"]
                if _is_rigged(file, line, after, tests=tests):
                    yield Hit(file, line)


_WATCHES = re.compile(
    r"\bfail_?[oO]n_?[cC]onsole\b|\bfailOn[A-Z]\w+|\bverify_on_exit!|\bverify_partial_doubles\s*=\s*true|\bdisable_net_connect!|\bonUnhandledRequest\s*:\s*['\"]error|\bpreventStrayRequests\(|\bgoleak\.Verify\w*\(|\braise_on_missing_\w+\s*=\s*true|\braise_errors_for_deprecations!|\bcheckLeaks\b|\bpreventLazyLoading\("
    r"|\benforce_csrf_checks\s*=\s*True|\bsocket\.disable|\bdisable_socket\(|\bwarnings\.simplefilter\(\s*['\"]error|\bfilterwarnings\(\s*['\"]error|\bBullet\.raise\s*=\s*true|\bexpect\.hasAssertions\(|\bexpect\.assertions\(|\bassertNoLeaks|\bverifyNoMoreInteractions\(|\bverifyNoUnverified\w*\(|\bconfirmVerified\(|\bcheckUnnecessaryStub|\bStrictness\.STRICT_STUBS|\bMockBehavior\.Strict|\bnock\.disableNetConnect\(|\bTestWidgetsFlutterBinding.*check|\bassert_no_\w+!?$|\bset_leak_detection|\braise_server_exceptions\s*=\s*True|\bverifyAll\(|\bVerifyAll\(|\bVerifyNoOtherCalls\(|\bXCTAssertNoLeak"
)


def _unguarded(file: ChangedFile, change: Analysis) -> Iterator[Hit]:
    """What watched over every test, such as for leaks or calls to the net, and does not any more."""
    if not (file.is_test or file.place in {Place.CONFIG, Place.SUPPORT}):
        return
    for line in file.removed:
        found = _WATCHES.search(line.text) if line.code else None
        if (
            found
            and not change.is_kept_elsewhere(line)
            and not any(_WATCHES.search(x.text) for x in file.added)
        ):
            whole = line in change.settled or file.diff.status == "removed"
            if not whole:
                yield Hit(file, line, "What watched over the tests was taken out.")


def _is_rigged(file: ChangedFile, line: CodeLine, after: list[CodeLine], *, tests: bool) -> bool:
    if _EQUALITY.search(line.code):
        body = [x for x in (line, *after) if x.code.strip() not in {"", "{"}]
        return bool(_ALWAYS.search(line.code)) or (
            len(body) > 1 and bool(_ALWAYS.match(body[1].code))
        )
    if not tests:
        return False
    if _RUNNER.search(line.text) or _DEFINE.search(line.text):
        return True
    if _EXIT.search(line.code):
        return _ends_the_run(file)
    if _MATCHERS.match(line.text):
        return any("expect.extend" in x.text for h in file.hunks for x in h)
    return (
        _tells_result(file, line)
        or _replaces_subject(file, line)
        or _takes_result(file, line)
        or _drops_verdict(file, line)
    )


def _compares_less(file: ChangedFile, block: Block) -> Hit | None:
    """The body of an equality had compared something, and does not any more."""
    if block.before is None or not _EQUALITY.search(block.before.code):
        return None
    code = [x for x in block.added if x.code.strip(" {}();")]
    compared = any(_COMPARED.search(x.code) for x in block.removed)
    if not code or not compared or any(_COMPARED.search(x.code) for x in code):
        return None
    return Hit(file, code[0], "An equality no longer compares.")


_COMPARED = re.compile(
    r"[=!]=|\bis\b(?!instance)|[eE]quals?\w*\(|compare|\.eq\(|\.eql\?|super|hash|\ball\(|memcmp|strcmp|<=>|\.every\("
)


def _drops_verdict(file: ChangedFile, line: CodeLine) -> bool:
    """`return failures != 0` became `return 0`."""
    return bool(_PASSES.match(line.code)) and any(
        _VERDICT.search(x.code) and not _PASSES.match(x.code)
        for x in file.block_of[line].beside(line)
    )


def _takes_result(file: ChangedFile, line: CodeLine) -> bool:
    """`expected = 90` became `expected = basket.total()`, which is what the test compares."""
    found = _EXPECTED.match(line.text)
    block = file.block_of[line]
    if not found or "(" not in found["value"] or _LITERAL.match(found["value"]):
        return False
    old = [
        m
        for x in block.beside(line)
        if (m := _EXPECTED.match(x.text)) and m["name"] == found["name"]
    ]
    compared = any(
        found["value"] in x.text and x is not line and x.mark != "-" and found["name"] in x.text
        for x in block.hunk[:_SHOWN]
    )
    return compared and any(_LITERAL.match(m["value"]) for m in old)


_GIVEN = re.compile(
    r"^\s*(?:(?:const|let|var|val|auto|final|my|local|mut)\s+)*(?:[A-Z][\w<>\[\]]{0,40}\s+)?\$?(?P<name>[A-Za-z_]\w{0,40})(?:\s*:\s*[\w<>\[\].]{1,40})?\s*(?::=|<-|=)(?![=~>])\s*(?P<value>\S.{0,300}?);?$"
)
_CALL = re.compile(r"^(?:await\s+|try\s+)?(?!new\b)[\w.:]{0,80}[a-z]\w*\(")


def _tells_result(file: ChangedFile, line: CodeLine) -> bool:
    """`got = parse(x)` became `got = [...]`, which is what the test expects: the code is not asked."""
    found = _GIVEN.match(line.text)
    if not found or not _LITERAL.match(found["value"]) or _EXPECTED.match(line.text):
        return False
    block = file.block_of[line]
    called = any(
        m["name"] == found["name"] and _CALL.match(m["value"])
        for x in block.beside(line)
        if (m := _GIVEN.match(x.text))
    )
    looked = re.compile(
        rf"(?:assert|expect|should|require|check)\w*[\s.(!]+(?:\w+\()?\$?{re.escape(found['name'])}\b(?!\()"
    )
    value = found["value"].rstrip(";").strip()
    return called and any(
        x.mark != "-" and looked.search(x.code) and value in x.text for x in block.hunk[:_SHOWN]
    )


def _ends_the_run(file: ChangedFile) -> bool:
    """Whether no exit of that kind stood there before."""
    return not any(_EXIT.search(x.code) for x in file.removed)


def _replaces_subject(file: ChangedFile, line: CodeLine) -> bool:
    """`checkout` is patched in the tests of `checkout`."""
    pretended = _PRETENDS.search(line.text)
    if pretended and not any(_PRETENDS.search(x.text) for x in file.removed):
        name = next(str(v) for v in pretended.groupdict().values() if v).rpartition(".")[2]
        if len(name) > 2 and name.replace("_", "").lower() == stem_of(file.path):
            return True
    found = _REPLACED.search(line.text)
    if not found or any(_REPLACED.search(x.text) for x in file.removed):
        return False
    target = re.split(
        r"[./]", (found["target"] or found["type"]).removesuffix(".js").removesuffix(".ts")
    )[-1]
    return len(target) > 2 and target.replace("_", "").lower() == stem_of(file.path)


RULE = Rule(
    id="rigged-tests",
    why="What runs or compares the tests was replaced, so that they pass in any case.",
    legitimate="The runner itself is what this project builds.",
    find=find,
)
