"""Figures that need real logs: what is kept, which class is said, what counts as the same failure.

The corpus holds `score_logs.py`, which says how an excerpt is scored, and `logs/`. Rules may have
been written with one half of it in view; the other half is only scored.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import io
import json
import random
import re
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.table import row
from bot.commands.distill import main as distill_command
from bot.evidence import distill
from bot.evidence.archive import plain_log
from bot.identity import same_failure

BUDGETS = (500, 1000, 2000, 4000)
LABELS = Path(__file__).with_name("evidence_classes.json")


def figures(corpus: Path) -> dict[str, Callable[[], None]]:
    """What can be measured on the corpus."""
    return {
        "recall": lambda: recall(corpus),
        "classes": lambda: classes(corpus),
        "fingerprints": lambda: fingerprints(corpus),
    }


def _scorer(corpus: Path) -> Any:
    spec = importlib.util.spec_from_file_location("score_logs", corpus / "score_logs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def in_training_half(identity: str) -> bool:
    """Whether rules may have been written with this log in view: the hash of its id is even."""
    return int(hashlib.sha256(identity.encode()).hexdigest()[0], 16) % 2 == 0


def _items(corpus: Path) -> list[Any]:
    scorer = _scorer(corpus)
    lines = (corpus / "logs" / "gold.jsonl").read_text("utf-8").splitlines()
    return [scorer.Item(json.loads(line), corpus / "logs") for line in lines if line.strip()]


def _distilled(text: str, budget: int) -> str:
    """What the command prints for a log."""
    with (
        tempfile.NamedTemporaryFile(suffix=".log") as file,
        contextlib.redirect_stdout(io.StringIO()) as out,
    ):
        file.write(text.encode("utf-8", "surrogateescape"))
        file.flush()
        distill_command([file.name, "--budget-tokens", str(budget)])
    return out.getvalue()


def recall(corpus: Path) -> None:
    """The scorer's `all_keys`, both halves, against its simple methods."""
    scorer = _scorer(corpus)
    methods: dict[str, Callable[[str, int], str]] = {**scorer.BASELINES, "distill": _distilled}
    for training in (True, False):
        items = [item for item in _items(corpus) if in_training_half(item.id) == training]
        half = "training half" if training else "scored half"
        table = {
            name: [
                scorer.mean(i.score(run(i.text, b), b)["all_keys"] for i in items) for b in BUDGETS
            ]
            for name, run in methods.items()
        }
        ours = table.pop("distill")
        best = [max(values[n] for values in table.values()) for n in range(len(BUDGETS))]
        row(
            f"all key strings at {' / '.join(map(str, BUDGETS))}, {half}, {len(items)} logs",
            "best simple method " + " / ".join(f"{v:.2f}" for v in best),
            " / ".join(f"{v:.3f}" for v in ours),
            "" if training else "≥ .85 / .92 / .95 / one miss",
        )


def classes(corpus: Path) -> None:
    """Macro F1 of the class, precision and recall of `infrastructure`, against the majority.

    Two readers have labelled every log on their own; where they differ, both labels stand in the
    file, the first reader's before the second's. The figure counts the logs on which they agree;
    how well the second reader would have done against the first is the baseline that matters.
    """
    labels: dict[str, str | list[str]] = json.loads(LABELS.read_text("utf-8"))
    told = {item.id: _class_of(item) for item in _items(corpus)}
    for half, training in (("training half", True), ("scored half", False), ("all", None)):
        ids = [i for i in told if training is None or in_training_half(i) == training]
        both = {i: _pair(labels[i]) for i in ids}
        agreed = [(one, told[i]) for i, (one, other) in both.items() if one == other]
        kinds = {truth for truth, _ in agreed}
        major = max(kinds, key=lambda k: sum(truth == k for truth, _ in agreed))
        first = _macro([(one, told[i]) for i, (one, _) in both.items()])
        row(
            f"class, macro F1, {half}: {len(agreed)} of {len(ids)} logs, labels agreed",
            f"majority class {_macro([(t, major) for t, _ in agreed]):.2f}; "
            f"second reader against the first, all logs {_macro(list(both.values())):.2f}",
            f"{_macro(agreed):.2f}; against the first reader, all logs {first:.2f}",
            "≥ .90",
        )
    said = [_pair(labels[i]) for i, kind in told.items() if kind == "infrastructure"]
    there = sum("infrastructure" in _pair(label) for label in labels.values())
    right = sum("infrastructure" in pair for pair in said)
    row(
        "`infrastructure`",
        "–",
        f"said {len(said)} times, right {right}, of {there} that either reader calls so",
        "precision ≥ .97, recall ≥ .6",
    )


def _class_of(item: Any) -> str:
    data = item.text.encode("utf-8", "replace")
    log = plain_log("", partial(_bytes, data), len(data))
    return distill([log], budget_chars=100).failure_class.value


def _pair(label: str | list[str]) -> tuple[str, str]:
    return (label, label) if isinstance(label, str) else (label[0], label[1])


def _bytes(data: bytes) -> io.BytesIO:
    return io.BytesIO(data)


def _macro(rows: list[tuple[str, str]]) -> float:
    scores = []
    for kind in {truth for truth, _ in rows}:
        hit = sum(truth == told == kind for truth, told in rows)
        wrong = sum((truth == kind) != (told == kind) for truth, told in rows)
        scores.append(2 * hit / (2 * hit + wrong) if hit or wrong else 0.0)
    return sum(scores) / len(scores)


def mutated(text: str, rng: random.Random) -> str:
    """The same failure in another leg, attempt, commit, runner, time zone and place."""
    shift = rng.randrange(3, 900)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", "2027-09-08T07:06:05", text)
    text = re.sub(r"(?<=:)(\d{1,4})(?=:\d{1,3}[: ])", lambda m: str(int(m[1]) + shift), text)
    text = re.sub(r"\b\d+\.\d+ ?(?=m?s\b)", lambda _: f"{rng.random() * 90:.2f}", text)
    port = str(rng.randrange(20000, 60000))
    text = re.sub(r"(?<=ocalhost:)\d{4,5}|(?<=\.0\.0\.1:)\d{4,5}", port, text)
    text = re.sub(r"\b[0-9a-f]{40}\b", "".join(rng.choices("0123456789abcdef", k=40)), text)
    text = re.sub(r"0x[0-9a-f]{6,16}", f"0x{rng.getrandbits(44):x}", text)
    return re.sub(r"/home/(?:runner/work|travis/build)/([\w.-]+)/([\w.-]+)", r"/__w/\2/\2", text)


def fingerprints(corpus: Path) -> None:
    """Pairs of a log and its mutation are the same failure, pairs of different logs are not."""

    def prints(text: str) -> tuple[str, ...]:
        data = text.encode("utf-8", "replace")
        return distill(
            [plain_log("", partial(_bytes, data), len(data))], budget_chars=100
        ).fingerprint

    def last_error(text: str) -> tuple[str, ...]:
        lines = [line for line in text.split("\n") if "error" in line.lower()]
        return (lines[-1],) if lines else ()

    items = _items(corpus)
    rng = random.Random(11)  # noqa: S311 - the same changes each time
    changed = [mutated(item.text, rng) for item in items]
    base = ""
    for take in (last_error, prints):
        before = [take(item.text) for item in items]
        after = [take(text) for text in changed]
        hits = sum(same_failure(a, b) for a, b in zip(before, after, strict=True))
        false = sum(same_failure(before[i], before[j]) for i in range(len(items)) for j in range(i))
        said = f"recall {hits / len(items):.3f}, precision {hits / max(1, hits + false):.3f}"
        if take is last_error:
            base = said
        else:
            row(
                "same failure, mutations and all cross pairs",
                base,
                said,
                "recall ≥ .95, precision ≥ .99",
            )
