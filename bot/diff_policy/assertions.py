"""Assertions of all test frameworks, and how much each of them claims."""

from __future__ import annotations

import re
from enum import IntEnum

from bot.diff_policy.change import CodeLine


class Strength(IntEnum):
    """How much of the value an assertion pins down."""

    NOTHING = 0
    EXISTENCE = 1
    PART = 2
    WHOLE = 3


_ASSERTION = re.compile(
    r"\b[Aa]ssert\w*\s*[!(.\s]|\bassert\w*$|\brefute\w*[\s(]|\bexpect(?!ation)\w*\s*[({.!]|\bexpect\s*\{|^\s*prop\b.*\$"
    r"|\b(?:t|b|tb|s|suite)\.(?:Error|Errorf|Fatal|Fatalf|Fail|FailNow)\(|\brequire\.\w+\(|\bmust\w*\.\w+\("
    r"|\b(?:EXPECT|ASSERT|CHECK|REQUIRE|BOOST_(?:CHECK|REQUIRE|TEST))\w*\s*\("
    r"|\bXCT(?:Assert\w*|Unwrap|Fail)\s*\(|#(?:expect|require)\s*\(|\bverify\w*\s*[({]|\.Verify\w*\("
    r"|\bcheck(?:Equal|That|Eq|Error|Throws)\w*\(|\bshould\(|\.should\b|\.Should\(|\bshould(?:Be|Not|Have|Contain|Throw)\w*\b"
    r"|\bshould\s+(?:be|not|have|contain|equal|===)\b|\bmust_\w+|\bpytest\.raises\b|\bassert_\w+"
    r"|->(?:assert|expect)\w*\(|\b(?:is|isnt|like|ok|is_deeply|cmp_ok)\s*\(|\bt\.(?:is|not|true|false|truthy|falsy|deepEqual|notDeepEqual|equal|notEqual|throws\w*|notThrows\w*|regex|like|snapshot|same|ok)\("
    r"|\bintercept\[|\bthrown\s*\(|\bfail\s*\(|\(is\s|\bshould(?:Be|Return|Satisfy|Throw|Contain)\b|\bmust(?:_|Be|Equal)\w*|@test(?:_throws)?\s|\b(?:should|must|shall)\s+\w|\bEnsure\.\w+\("
    r"|\bAlcotest\.|\bExpect\.\w+|\[%expect|@\?=|@=\?|\bShould\s+(?:-\w+|(?:Be|Not|Contain|Match|Have)\b)|\bcheck-(?:equal|true|false|exn|eq|not)\w*\?|\bdoAssert\w*|^\s*check\s+\S|\btry\s+(?:std\.)?(?:testing\.)?expect\w*\("
    r"|\b(?:results|set|bag|throws|lives|has|hasnt|col|table|performs|matches|unlike|alike|rules|policies|function|index|schema)_\w+\s*\(|\bwaitFor(?:ElementToBeRemoved)?\(\s*(?:async\s*)?\(|^\s*condition\s*=|\((?:are|thrown\?)\s|\bandExpect\w*\("
    r"|\b(?:c|qt|is)\.(?:Assert|Check|Equal|True|NoErr)\(|\bSo\(|^\s*(?:diff|cmp)\s+\S+\s|\|\s*(?:diff|cmp|grep\s+-\w*q\w*)\s|\bStepVerifier\b|^\s*(?:Then|And the)\s+\S"
)
_IMPORTS = re.compile(r"^\s*(?:import|from|use|using|export)\s+[\w{\"'@*(<]")
_BRACKETS = re.compile(r"^\s*\[\[?\s.*\s\]\]?\s*$")  # bats
_HELPER = re.compile(
    r"\b(?:(?:assert|check|verify|expect|require|validate|must|compare)(?:_|[A-Z])|(?:Assert|Check|Verify|Expect|Require|Validate|Must|Compare)[A-Z])\w*\s*\("
)
_KNOWN_PREFIX = re.compile(
    r"\b(?:self|cls|this|\$this|Assert|Assertions|assert|require|jest|pytest|np\.testing)(?:\.|->|::)"
)

_TRUE = r"(?:true|True|TRUE|1|1\s*==\s*1|true\s*==\s*true)"
_NOTHING = re.compile(
    rf"\bassert\s*\((?:[^()=<>]|\((?:[^()]|\([^()]*\))*\))+,(?:[^()=<>]|\([^()]*\))*\)\s*$|\b(?P<same>[\w.()]{{3,60}}+)\s*(?:or|\|\|)\s*(?:not\s+|!)(?P=same)|(?P<ok>[\w.]+)(?:\([^()]*\))?\.is_ok\(\)\s*\|\|.*\.is_err\(\)|matches!\([^,]+,\s*_\s*\)|\bre\.\w+\(r?\"\.\*\"|\bassert\s*\(?\s*{_TRUE}\s*\)?\s*;?$|\bassert(?:True|_true|That)?!?\s*\(\s*{_TRUE}\s*[,)]|\bexpect\(\s*{_TRUE}\s*\)"
    rf"|\b(?:ok|isTrue|True|is_true|IsTrue|EXPECT_TRUE|ASSERT_TRUE|XCTAssert|XCTAssertTrue|REQUIRE|CHECK)\(\s*{_TRUE}\s*\)"
    rf"|(?:\bor\s+{_TRUE}\b|\|\|\s*{_TRUE}\b)|\bassert\s+_\s*=|\batLeast\(\s*0\s*\)|\bexpectNotToPerform"
    r"|(?:\blen\([^()]*\)|\.length|\.size\(\)|\.len\(\)|\.count|\.Count|as_u16\(\)|\$?(?:status|status_code|exit_code|returncode|count|size|total|length)\"?)\s*(?:>=|-ge)\s*0(?![\w.])\s*(?![\w.x])"
    r"|toBeGreaterThanOrEqual\(\s*0\s*\)|#expect\(\s*true\s*\)|\bassert!\(\s*true"
    r"|should\(true\)|true\.should|Assert\.(?:That\(true|Pass\()|\bassert_equal\s+true,\s*true|_G[ET]\(.*,\s*0u?\s*\)|addToAssertionCount|\bassert\s+true\b|Times\.AtMost\(|\banyOf\((?=.*\bisEmpty\b)(?=.*\bisNotEmpty\b)|\blength\([^()]*(?:\([^()]*\)[^()]*)*\)\s*>=\s*0\b|\|\|\s*[tT]rue\b|\bconst\s+True\b|\\_\s*->\s*True\b|\b_\s*=>\s*true\b|\b(?:check|expect|doAssert|shouldBe)\s+true\s*$|\bassert \(.*,\s*[frb]?(?:\"\"|'')\)\s*$|>=\s*0u?\s*\)?;?$"
)
_EXISTENCE = re.compile(
    r"assert_(?:called|awaited)\(\s*\)|\bfindsWidgets\b|assertIsNotNone|assertNotNone|\bassertNotNull|NotNull\(|isNotNull\(|\.NotNil\(|NotBeNull\(|toBeDefined\(|toBeTruthy\("
    r"|not\.toBeNull\(|not\.toBeUndefined\(|be_truthy|be_present|not_to be_nil|is not None|!=\s*(?:nil|null|nullptr|None|undefined)\b"
    r"|!==?\s*(?:null|undefined)\b|isinstance\(|assertIsInstance|toBeInstanceOf\(|isInstanceOf\(|be_a\(|IsType|IsInstanceOf|InstanceOf\("
    r"|toHaveBeenCalled\(\)|not\.toThrow|doesNotThrow|DoesNotThrow|NoError\(|not_to raise_error|assert_nothing_raised|NO_?THROW"
    r"|expect\.anything\(|expect\.any\(|shouldNotBe\s+null|should not be null|is_ok\(\)|is_some\(\)|assert_not_nil|refute_nil|assertNotEmpty|isNotEmpty\("
    r"|\.NotEmpty\(|assert_instance_of|assert_kind_of|hasattr\(|callable\(|is_object|not\.toBe\((?:undefined|null)\)|not\.toEqual\((?:undefined|null)\)|objectContaining\(\{\s*\}\)|toMatchObject\(\{\s*\}\)|arrayContaining\(\[\s*\]\)|toBeInTheDocument\(|\b(?:assert|require)\.Error\(|\(is\s+\((?:some\?|not-nil\?|map\?|seq|vector\?|string\?)|shouldSatisfy`?\s+(?:not\s*\.\s*null|isJust|isRight)|\banything\b|isNotNull\b|isPresent\(|isNotBlank\(|expect_(?:silent|no_error|true|s3_class|type)\(|assertNotNull|\bnot_to be_empty|be_empty\b|#expect\([^=<>]*!= nil|XCTAssertNotNil|XCTAssertNoThrow|not\.toBeFalsy|\bto be_a\b"
    r"|to\.exist\b|to\.be\.ok\b|assert\.ok\(\w+\)|assert\.exists\(|isDefined\(|shouldNot\s+be\(null\)|\bis_deeply\(\[\], \[\]"
    r"|,\s*(?:isNotNull|isNotEmpty|isA<[^>]*>(?:\(\))?|anything|isNotNaN)\s*[,)]|BeOfType|to\.be\.an?\(|typeof|assertTrue\(\s*\$?[\w.]+\s*\)|assert\s+[\w.]+\s*;?$|assert!\(\s*\w+\s*\)|\bassert\s*\(?\s*is_\w+\(|assert_predicate"
)
_ANY_EXCEPTION = re.compile(
    r"(?:raises|assertRaises|assert_raises?|assertThrows|Throws|ThrowsAny|ThrowsAsync|expectException|raise_error|intercept|assertFailsWith|"
    r"assertThatThrownBy|toThrow)\w*\s*[(\[<\s]\s*\(?(?!.*match=)(?:\\?(?:Exception|BaseException|Throwable|StandardError|RuntimeException|Error|std::exception))(?:::class|\.class)?\s*[\]>),]"
)
_BARE_EXCEPTION = re.compile(
    r"_ANY_THROW\(|\b(?:REQUIRE|CHECK)_THROWS\(|\bXCTAssertThrowsError\([^,]*\)\s*$|\blives_ok\(|\bshould\s+-Throw\s*$|\.toThrow(?:Error)?\(\s*\)|raise_error\s*$|\.throw\(\s*\)"
)
_PART = re.compile(
    r"assert_(?:called|awaited)_once\(\s*\)|findsAtLeast|assertIn\b|assertIn\(|Contains?\(|toContain|toMatch\(|toMatchObject\(|objectContaining|arrayContaining|stringContaining|stringMatching"
    r"|startswith|starts_with|StartsWith|startsWith|endswith|endsWith|hasSubstring|HasPrefix|HasSuffix|assertRegex|assert_match|\.Matches\("
    r"|Greater|Less\w*\(|greater_than|less_than|\bbe [<>]|isGreaterThan|isLessThan|isBetween|\bto be_(?:between|within)|>=|<=|\s[<>]\s"
    r"|!=|NotEqual|assert_ne!|not_eq|toNotEqual|not\.toBe\(|not\.toEqual\(|isNotEqualTo|_NE\(|NotSame|assertNotIn|refute\b|assert_not\b"
    r"|\bin\s*[(\[{]|\bto include\b|contains\(|assertArrayHasKey|assert_includes|HasKey|hasKey|toHaveProperty\(\s*\"\"\s*\)|=~"
    r"|\bmatch\?\(|\bre\.(?:match|search|fullmatch)\(|\.test\(|assertContains|assertStringContains|\.any\(|\bany\(|Subset\(|issubset|\.regex\(|t\.like\(|<=\s*\{|\bassert\s.+\s(?:not\s+)?in\s+\S|shouldContain\b|EXPECT_GT|EXPECT_LT|assert_receive\b _|should include|should contain|containsAnyOf|BeOneOf|be_in\("
)
_WHOLE = re.compile(
    r"expect_(?:equal|identical|setequal)\(|_THROWS?_(?:AS|WITH)\w*\(|\b(?:EXPECT|ASSERT)_THROW\(|\b(?:results|set|bag|throws|row)_(?:eq|ok|like)\w*\(|(?<![!<>=])===?(?!=)|assertEquals?|assert_\w*equal|assert_eq|AssertEqual|areEqual|AreEqual|\.Equal\w*\(|\.equal\w*\(|deepEqual|DeepEqual|[sS]trictEqual|assert_(?:called|has_calls|not_called|any_call|awaited)\w*|ErrorIs\(|ErrorAs\(|ErrorContains\(|ErrorMatches\(|\bassert\s.+\sis\s+(?!not\b)\S|\(is\s+\(=|`shouldBe`|shouldReturn|\bt\.is\(|EXPECT_DEATH|ASSERT_DEATH|\bassertEquals\b|must_==|\bmust_equal|assert\.same|\.is_equal|\bequals\(|\bassert\s+[{%\[:].*[^=!<>]=[^=~>]|toBeDisabled\(|toBeEnabled\(|toBeChecked\(|unwrap_err\(\)|\bto eql?\b"
    r"|toBe\(|toEqual\(|toStrictEqual\(|isEqualTo|isSameAs|assertSame|AreSame|_EQ\(|STREQ|shouldBe\b|should be\b|should equal|mustBe|toHaveLength\("
    r"|toHaveBeenCalledTimes|toHaveBeenCalledWith|toHaveBeenNthCalledWith|toHaveBeenLastCalledWith|toHaveTextContent|toHaveValue|assertCount|assertStatus|HaveCount"
    r"|contain_exactly|match_array|containsExactly|ElementsMatch|assertCountEqual|assertListEqual|assertDictEqual|BeEquivalentTo|\.Be\(|approx\(|AlmostEqual|allclose"
    r"|InDelta|in_delta|\babs\(\)\s*<|\babs\([^()]*(?:\([^()]*\)[^()]*)*\)\s*<|NEAR\(|CloseTo|DOUBLE_EQ|FLOAT_EQ|be_within|isCloseTo|toMatchSnapshot|toMatchInlineSnapshot|isNull\(|assertNull|assertNil|Nil\(|toBeNull\("
    r"|is None|be_nil|cmp\.Diff|raises\(|assertRaises|assert_raise|assertThrows|Throws|raise_error|toThrow|expectException|assertFailsWith|thrownBy|Panics|assertFalse"
    r"|\bis\s*\(|is_deeply|XCTAssertEqual|XCTAssertNil|XCTAssertThrows|times\(|toBeVisible|toHaveText|assert_receive|assert_in_delta|assertJson|assertRedirect|\|\s*have_content|have_http_status|findsOneWidget|findsN(?:Widgets|othing)|findsExactly|have_attributes"
)
_DERIVED = re.compile(
    r"\.(?:shape|length|size|count|keys|dtypes|columns|ndim|Count|Length|len)\b|\blen\(|\bcount\(|\btype\(|\.getClass\("
)
_ITSELF = re.compile(
    r"\bassert\w*!?\s*\(\s*([^,]{1,80}?)\s*,\s*\1\s*[,)]|\bassert\s+(.{1,80}?)\s*==\s*\2\s*$|\bexpect\((.{1,80}?)\)\.\w{2,20}\(\3\)"
    r"|\b(?:want|expected|exp)\w*\s*:?=\s*(?:got|actual|result|out(?:put)?|response|res)\b"
)
_EXACT_CALLS = re.compile(r"\bverify\([^()]*(?:\([^()]*\))?[^()]*\)\s*\.|\.Verify\(")
_ANY_ARGUMENT = re.compile(
    r"\bany\w*\(\)|\bIt\.IsAny|\bmock\.ANY\b|\bANY\b|gomock\.Any|mock\.Anything"
)


def is_itself(line: CodeLine) -> bool:
    """Whether something is compared with itself."""
    return bool(_ITSELF.search(line.text[:400])) and bool(line.code)


def is_derived(line: CodeLine) -> bool:
    """Whether only a property of the value is looked at, such as its length."""
    return bool(_DERIVED.search(line.code))


def is_assertion(line: CodeLine) -> bool:
    """Whether the line claims something about the code under test."""
    code = line.code
    if not code or _IMPORTS.match(code):
        return False
    return bool(_ASSERTION.search(code) or _BRACKETS.match(line.text))


def is_helper_call(line: CodeLine) -> bool:
    """Whether it calls an assertion of the project's own, which may hold many."""
    return (
        bool(_HELPER.search(line.code))
        and not _KNOWN_PREFIX.search(line.code)
        and (strength_of(line) is None)
    )


def strength_of(line: CodeLine) -> Strength | None:
    """How much it claims; None where the words are not known."""
    code = line.code
    if _SHOWN.search(code):
        return Strength.WHOLE
    for pattern, strength in _STRENGTHS:
        if pattern.search(code):
            return strength
    if _EXACT_CALLS.search(code):
        return Strength.PART if _ANY_ARGUMENT.search(code) else Strength.WHOLE
    if _WHOLE.search(code) and not _NEGATED.search(code):
        return Strength.WHOLE
    return Strength.PART if _PART.search(code) else None


_SHOWN = re.compile(
    r"\b(?:get|find)(?:All)?By(?:Text|DisplayValue)\(\s*(?:\"\"|''|``)[^/]*\.(?:toBeInTheDocument|toBeVisible)\("
)
"""A text that must be shown: the query itself names it, and fails without it."""
_NEGATED = re.compile(r"\bnot\.toBe\(|\bnot\.toEqual\(|assert\.notEqual")
_STRENGTHS = (
    (_NOTHING, Strength.NOTHING),
    (_ANY_EXCEPTION, Strength.PART),
    (_BARE_EXCEPTION, Strength.PART),
    (_EXISTENCE, Strength.EXISTENCE),
)
