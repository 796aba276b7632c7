"""What `coder-fix replay` prints. Anybody can write a bundle: all that it holds is outside text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from bot import __version__
from bot.bundle.bundle import Answer, Bundle, Decided, Raised, Told
from bot.bundle.replay import VOUCHED, Again, Mark, RuledAgain, again, ruled_again
from bot.decide.commands import Admission, Following, Ruling
from bot.decide.steps import Finish, Read
from bot.model import Outcome, Request
from bot.sanitize import clean, prompt_block, to_prompt
from bot.untrusted import Untrusted

_WORD = re.compile(r"(?<!^)(?=[A-Z])")
_LONGEST = 400
_LONGEST_LINE = 100_000
_MEANING = {
    Mark.SAME: "the same",
    Mark.REWORDED: "the same in other words",
    Mark.HIDDEN: "not to be told, for what was redacted had a part in them",
    Mark.DIFFERS: "different",
}


def account(bundle: Bundle) -> Iterator[str]:
    """The run, decision by decision; each line is safe to print."""
    when = bundle.written.isoformat(sep=" ", timespec="seconds")
    other = "" if bundle.version == __version__ else f", replayed by {__version__}"
    yield f"coder-fix {_inline(bundle.version)}{other}, {when}"
    yield f"Event: {_inline(bundle.event) or 'none'}"
    for part in bundle.parts:
        yield f"  {_inline(part.path)} = {to_prompt(part.value)}"
    rulings = [ruled_again(one) for one in bundle.rulings]
    marks = Counter(one.mark for one in rulings)
    for one in rulings:
        yield from _ruled(one)
    for number, record in enumerate(bundle.records):
        yield ""
        yield f"Request: {_request(record.request)}"
        yield f"Policy: mode {record.policy.mode.value}, wait {record.policy.wait.value}"
        made = list(again(record))
        marks.update(one.mark for one in made)
        yield from _decisions(made, [told for told in bundle.told if told.record == number])
        if record.left_out:
            yield f"     {record.left_out:,} from the middle were left out, for size"
    yield ""
    yield f"Outcome: {_outcome(bundle.outcome)}"
    for item in bundle.items:
        yield f"  {_inline(item.item) or 'item'}: {_outcome(item)}"
    yield _sum(marks)


def prompts(bundle: Bundle) -> Iterator[str]:
    """Each prompt whole, below a line that says to whom it went."""
    if not bundle.told:
        yield "No prompt was made in this run."
    for told in bundle.told:
        yield f"=== {_addressee(told)}"
        lines = clean(told.text.raw).split("\n")
        yield from prompt_block([Untrusted(line) for line in lines], limit=_LONGEST_LINE)


def _ruled(one: RuledAgain) -> Iterator[str]:
    """A comment, or one of its commands."""
    ruling = one.ruled.ruling
    if isinstance(ruling, Admission):
        by, right = _inline(ruling.ref.author), _inline(ruling.now.permission)
        yield ""
        yield f"Comment {ruling.ref.id} by {by}, whose right here is {right}"
    yield f"     {one.mark} {_at(one.ruled.at)}  {_ruling(ruling)}"
    if one.mark is Mark.DIFFERS:
        yield f"       now: {_ruling(one.now)}"


def _ruling(ruling: Ruling) -> str:
    if isinstance(ruling, Following):
        return f"/coder {ruling.command.verb.value}: {ruling.response.value}"
    return f"not followed: {_outcome(ruling.refused)}" if ruling.refused else "followed"


def _decisions(made: list[Again], told: list[Told]) -> Iterator[str]:
    """A look that came to the same as the one before it is only counted."""
    before: list[str] = []
    folded, last = 0, 0.0
    for look in _looks(made):
        prompted = [one for one in told if look[0][0] <= one.after <= look[-1][0]]
        plain = [f"{one.mark} {_words(one)}" for _, one in look]
        if plain == before and not prompted and all(one.mark in VOUCHED for _, one in look):
            folded, last = folded + 1, look[-1][1].decided.at
            continue
        yield from _folded(folded, last)
        folded, before = 0, plain
        for number, one in look:
            yield from _decision(number, one)
            yield from (_told(each) for each in prompted if each.after == number)
    yield from _folded(folded, last)


def _looks(made: list[Again]) -> Iterator[list[tuple[int, Again]]]:
    """What was read, and what came of it, together."""
    look: list[tuple[int, Again]] = []
    for numbered in enumerate(made, start=1):
        look.append(numbered)
        answer = numbered[1].decided.answer
        if isinstance(answer, Raised) or not isinstance(answer.step, Read):
            yield look
            look = []
    if look:
        yield look


def _folded(times: int, until: float) -> Iterator[str]:
    if times:
        more = f"{times:,} more time{'s'[: times > 1]}"
        yield f"     {Mark.SAME.value} {_at(until)}  the same, {more}"


def _decision(number: int, one: Again) -> Iterator[str]:
    decided = one.decided
    yield f"{number:>4} {one.mark.value} {_at(decided.at)}  {_words(one)}"
    if one.mark is Mark.HIDDEN:
        yield f"       as redacted: {_answer(one.now)}"
    elif one.mark not in VOUCHED:
        yield f"       now: {_answer(one.now)}{_expected(decided)}"


def _words(one: Again) -> str:
    glance = "at a glance: " if one.decided.glance else ""
    return f"{glance}{_answer(one.decided.answer)}"


def _expected(decided: Decided) -> str:
    return f"; as redacted it was: {_answer(decided.hidden)}" if decided.hidden else ""


def _answer(answer: Answer) -> str:
    if isinstance(answer, Raised):
        return f"{_inline(answer.error)}: {to_prompt(answer.message, limit=_LONGEST)}"
    step = answer.step
    if isinstance(step, Read):
        return f"read {', '.join(facet.value for facet in step.facets)}"
    row = f"row `{_inline(answer.row)}`"
    if isinstance(step, Finish):
        return f"{row}: end as {_outcome(step.outcome)}"
    word = _WORD.sub(" ", type(step).__name__).lower()
    return f"{row}: {word}. {_inline(step.reason)}"


def _outcome(outcome: Outcome) -> str:
    word = outcome.skip_reason or outcome.error_kind or outcome.cause
    both = f"{outcome.kind.value}{f' / {word.value}' if word else ''}"
    detail = f": {to_prompt(outcome.detail, limit=_LONGEST)}" if outcome.detail else ""
    return f"{both}. {_inline(outcome.reason)}{detail}" if outcome.reason else both


def _request(request: Request) -> str:
    parts = [request.trigger.value, _inline(request.repository.full_name)]
    if request.item is not None:
        parts.append(_inline(request.item.name))
    if request.run is not None:
        parts.append(f"run {request.run.id}, attempt {request.run.attempt}")
    if request.comment is not None:
        parts.append(f"comment {request.comment.id} by {_inline(request.comment.author)}")
    return ", ".join(parts)


def _told(told: Told) -> str:
    return f"       {_at(told.at)}  {_addressee(told)}"


def _addressee(told: Told) -> str:
    size = len(told.text.raw)
    where = f"prompt for {_inline(told.session)}" if told.session else "prompt"
    return f"{where}, {'sent' if told.sent else 'not sent'}, {size:,} characters"


def _at(seconds: float) -> str:
    return f"{seconds:8.1f} s"


def _sum(marks: Counter[Mark]) -> str:
    if not marks:
        return "Nothing was decided in this run."
    counted = ", ".join(f"{marks[mark]} {_MEANING[mark]}" for mark in Mark if marks[mark])
    return f"{marks.total()} decision{'s'[: marks.total() > 1]}: {counted}."


def _inline(text: str) -> str:
    """On one line; nothing for nothing."""
    return to_prompt(Untrusted(text), limit=_LONGEST) if text else ""
