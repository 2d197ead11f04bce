"""Does search find the sections that answer, fall silent where none does, follow a thread, and heed the stage?

hit@k, MRR and nDCG@10 over sections, per article and section, each way of searching alone and fused; grounded-refusal F1;
pairs that differ only in stage; follow-ups. Needs no language model and no guardrails.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from coach import draft, query
from coach.retrieve import FLOOR, Retrieved, Retriever
from coach.steps import N_FOUND
from coach.thread import Facts, Query
from corpus.passage import Found, Label
from evals import counted, figures, intervals, ranking
from evals.figures import Drawn, Figure, Result, Task
from evals.inside import InProcess
from evals.samples import DATA, FollowUp, Question, Split, StagePair, Unanswerable, read
from evals.service import Service
from evals.subject import Subject
from evals.ways import all_ways

DEPTH = 25  # passages that are ranked; folded into sections, about 15
SERVED = 50  # as many as the service gives: manipulative ones among them are not ranked
N_ADVICE = 4  # lines of an answer: two questions of other stages should not get the same four
MAX_SAME_ADVICE = 2  # of N_ADVICE that may be the same and the advice still counts as different
KS = (1, 3, 5)


class Retrieval:
    """The suite; `asked` are one's own questions instead of the project's."""

    name = "retrieval"

    def __init__(self, split: Split = "untouched", asked: Sequence[Question] | None = None, ways: bool = True):
        self._split, self._asked, self._has_ways = split, asked, ways
        self._ways: dict[str, Retriever] = {}

    @cached_property
    def _folder(self) -> Any:
        return DATA / "retrieval" / self._split

    def tasks(self) -> list[Task]:
        """Return questions, then those without an answer, pairs of stages, follow-ups."""
        if self._asked is not None:
            return [Task(self.name, "question", q.id, q, q.sections[0]) for q in self._asked]
        parts: tuple[tuple[str, Any], ...] = (
            ("question", Question),
            ("unanswerable", Unanswerable),
            ("stages", StagePair),
            ("followup", FollowUp),
        )
        files = ("questions", "unanswerable", "stages", "followups")
        tasks = []
        for (part, form), file in zip(parts, files, strict=True):
            for sample in (s for s in read(self._folder / f"{file}.jsonl", form) if s.id not in counted.doubles()):
                home = sample.sections[0].split("#")[0] if part == "question" else part
                tasks.append(Task(self.name, part, sample.id, sample, home))
        return tasks

    async def judge(self, task: Task, subject: Subject) -> Result:
        """Judge one task, in process by the retriever, over HTTP by `GET /v1/search` and whole turns."""
        if isinstance(subject, Service):
            return await _over_http(task, subject)
        assert isinstance(subject, InProcess)
        judges = {"question": self._question, "unanswerable": _unanswerable, "stages": _stages, "followup": _follow_up}
        return judges[task.part](task, subject)

    def _question(self, task: Task, subject: InProcess) -> Result:
        sample: Question = task.sample
        if not self._ways:
            self._ways = (
                all_ways(subject.retriever, subject.embedder) if self._has_ways else {"fused": subject.retriever}
            )
        asked = query.make(sample.question, (), Facts())
        scores: dict[str, Any] = {"ways": {}, "gold": list(sample.sections), "home": sample.sections[0]}
        found: tuple[Found, ...] = ()
        for way, retriever in self._ways.items():
            retrieved = retriever.find(asked, DEPTH)
            found = retrieved.found
            ranked = ranking.sections_of(f.passage.section_id for f in found)
            scores["ways"][way] = _ranked(ranked, sample.sections)
            scores["nearest"], scores["refused"] = round(retrieved.nearest, 4), not retrieved.is_answerable
            scores["silent"] = is_silent(retrieved, asked, subject.retriever)
        rank = scores["ways"]["fused"]["rank"]
        return _result(
            task,
            passed=ranking.is_hit(rank, 5),
            expected=", ".join(sample.sections),
            got=f"rank {rank or 'none'}: " + ", ".join(ranking.sections_of(f.passage.section_id for f in found)[:5]),
            messages=(sample.question,),
            scores=scores,
            record={"found": _rows(found)},
        )

    def draw(self, results: Sequence[Result]) -> Drawn:
        """Draw hits by way, article and section, refusals, stages and follow-ups."""
        asked = [r for r in results if r.part == "question"]
        drawn: list[Figure] = []
        ways = list(asked[0].scores["ways"]) if asked else []
        for way in sorted(ways, key=lambda w: w != "fused"):
            drawn += _by_way(asked, way)
        for article in sorted({r.scores["home"].split("#")[0] for r in asked}):
            own = [r.passed for r in asked if r.scores["home"].startswith(article)]
            drawn.append(figures.share(f"retrieval.hit@5.{article}", f"hit@5 of questions of {article}", own))
        silent = [r for r in results if r.part == "unanswerable"]
        if silent:
            drawn += _refused(asked, silent)
        if pairs := [r for r in results if r.part == "stages"]:
            same = [r.scores["n_same"] for r in pairs]
            drawn.append(
                figures.share(
                    "retrieval.stages_differ", "pairs of other stages with other advice", [r.passed for r in pairs]
                )
            )
            drawn.append(
                figures.share(
                    "retrieval.stages_first",
                    "such pairs in which both get advice and begin with another line",
                    [r.scores["first_differs"] for r in pairs],
                )
            )
            drawn.append(
                figures.of(
                    "retrieval.stages_same",
                    f"same lines of {N_ADVICE} in such a pair",
                    intervals.mean(same),
                    better="lower",
                )
            )
        if threads := [r for r in results if r.part == "followup"]:
            drawn.append(
                figures.share(
                    "retrieval.followup_hit@5", "follow-ups found within the thread", [r.passed for r in threads]
                )
            )
        return Drawn(tuple(drawn), {"heat": _heat(asked), "ways": _ways_table(drawn)})


def _ranked(sections: list[str], gold: Sequence[str]) -> dict[str, float]:
    return {"rank": ranking.first_rank(sections, gold), "ndcg": round(ranking.ndcg(sections, gold), 4)}


def _by_way(asked: Sequence[Result], way: str) -> list[Figure]:
    rows = [r.scores["ways"][way] for r in asked]
    end = "" if way == "fused" else f".{way}"
    hits = [
        figures.share(
            f"retrieval.hit@{k}{end}",
            f"a right section among the first {k}, {way}",
            [ranking.is_hit(r["rank"], k) for r in rows],
        )
        for k in KS
    ]
    mrr = figures.of(
        f"retrieval.mrr{end}",
        f"mean reciprocal rank, {way}",
        intervals.mean([ranking.reciprocal(r["rank"]) for r in rows]),
    )
    ndcg = figures.of(f"retrieval.ndcg@10{end}", f"nDCG@10, {way}", intervals.mean([r["ndcg"] for r in rows]))
    return [*hits, mrr, ndcg]


def is_silent(retrieved: Retrieved, asked: Query, retriever: Retriever) -> bool:
    """Return whether a turn of its own would have nothing to say: nothing is near enough, or no line fits."""
    found = retrieved.found[:N_FOUND]
    return not retrieved.is_answerable or not draft.choose(
        found, retriever.index.corpus, retriever.likeness, asked.stage, vector=retrieved.vector
    )


def _refused(asked: Sequence[Result], unanswerable: Sequence[Result]) -> list[Figure]:
    """Draw abstaining twice: by how near the nearest passage is, and by what a turn then does."""
    return [
        *_abstaining(asked, unanswerable, "refused", "abstained", "refusal_f1", "nothing is near enough"),
        *_abstaining(asked, unanswerable, "silent", "silent", "silent_f1", "a turn has nothing to say"),
    ]


def _abstaining(
    asked: Sequence[Result], unanswerable: Sequence[Result], score: str, name: str, f1_name: str, says: str
) -> list[Figure]:
    answerable = [True] * len(asked) + [False] * len(unanswerable)
    refused = [bool(r.scores[score]) for r in (*asked, *unanswerable)]
    i = intervals.Interval(
        ranking.refusals(answerable, refused).f1, *_bootstrap_f1(answerable, refused), len(answerable)
    )
    return [
        figures.share(f"retrieval.{name}", f"questions without an answer: {says}", refused[len(asked) :]),
        figures.share(f"retrieval.{name}_wrongly", f"answerable questions: {says}", refused[: len(asked)], "lower"),
        figures.of(f"retrieval.{f1_name}", f"grounded-refusal F1 (Trust-Score): {says}", i, "share"),
    ]


def _bootstrap_f1(answerable: list[bool], refused: list[bool]) -> tuple[float, float]:
    def f1(picks: Sequence[int]) -> float:
        return ranking.refusals([answerable[i] for i in picks], [refused[i] for i in picks]).f1

    return intervals.resampled(f1, len(answerable))


def _heat(asked: Sequence[Result]) -> list[dict[str, Any]]:
    homes = sorted({section for r in asked for section in r.scores["gold"]})
    cells = []
    for section in homes:
        own = [r for r in asked if section in r.scores["gold"]]
        cells.append({"section": section, "n": len(own), "hit@5": round(sum(r.passed for r in own) / len(own), 3)})
    return cells


def _ways_table(drawn: Sequence[Figure]) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = {}
    for figure in drawn:
        _, measure, *way = figure.key.split(".")
        name = ".".join(way) or "fused"
        if measure in ("hit@1", "hit@3", "hit@5", "mrr", "ndcg@10") and not name[:1].isdigit():
            rows.setdefault(name, {"way": name})[measure] = figure.value
    return list(rows.values())


def _unanswerable(task: Task, subject: InProcess) -> Result:
    sample: Unanswerable = task.sample
    asked = Query(sample.question)
    retrieved = subject.retriever.find(asked, DEPTH)
    silent = is_silent(retrieved, asked, subject.retriever)
    scores = {"nearest": round(retrieved.nearest, 4), "refused": not retrieved.is_answerable, "silent": silent}
    return _result(
        task,
        passed=silent,
        expected="abstained",
        got=f"nearest {retrieved.nearest:.3f} (floor {FLOOR}), {'nothing' if silent else 'something'} to say",
        messages=(sample.question,),
        scores=scores,
        record={"found": _rows(retrieved.found)},
    )


def _stages(task: Task, subject: InProcess) -> Result:
    sample: StagePair = task.sample
    advice = []
    for text in (sample.a, sample.b):
        asked = query.make(text, (), Facts())
        retrieved = subject.retriever.find(asked, N_FOUND)
        chosen = draft.choose(
            retrieved.found, subject.corpus, subject.retriever.likeness, asked.stage, vector=retrieved.vector
        )
        advice.append([f.passage.id for f in chosen])
    n_same = len(set(advice[0]) & set(advice[1]))
    told = [query.stage_of(text) for text in (sample.a, sample.b)]
    return _result(
        task,
        passed=n_same <= MAX_SAME_ADVICE,
        expected=f"{sample.stage_a} / {sample.stage_b}",
        got=f"{n_same} of {N_ADVICE} lines the same; read as {' / '.join(s.value if s else 'none' for s in told)}",
        messages=(sample.a, sample.b),
        scores={"n_same": n_same, "first_differs": _first_differs(*advice)},
        record={"advice": advice},
    )


def _first_differs(a: Sequence[str], b: Sequence[str]) -> bool:
    """Return whether two answers both say something, and begin with another passage."""
    return bool(a and b) and a[0] != b[0]


def _follow_up(task: Task, subject: InProcess) -> Result:
    sample: FollowUp = task.sample
    found = subject.retriever.find(query.make(sample.messages[-1], sample.messages[:-1], Facts()), DEPTH).found
    ranked = ranking.sections_of(f.passage.section_id for f in found)
    rank = ranking.first_rank(ranked, sample.sections)
    return _result(
        task,
        passed=ranking.is_hit(rank, 5),
        expected=", ".join(sample.sections),
        got=f"rank {rank or 'none'}: " + ", ".join(ranked[:5]),
        messages=sample.messages,
        scores=_ranked(ranked, sample.sections),
        record={"found": _rows(found)},
    )


async def _over_http(task: Task, service: Service) -> Result:
    sample = task.sample
    if task.part == "question":
        rows = await service.search(sample.question, SERVED)
        rows = [r for r in rows if r["label"] != Label.MANIPULATIVE][:DEPTH]  # as `find` leaves them out
        ranked = ranking.sections_of(f"{r['article']}#{r['section']}" for r in rows)
        answer = (await service.talk([sample.question]))[-1].answer
        scores = {
            "ways": {"fused": _ranked(ranked, sample.sections)},
            "gold": list(sample.sections),
            "home": sample.sections[0],
        }
        scores["refused"] = scores["silent"] = answer["outcome"] == "abstained"
        rank = ranking.first_rank(ranked, sample.sections)
        passed, expected, got = (
            ranking.is_hit(rank, 5),
            ", ".join(sample.sections),
            f"rank {rank}: {', '.join(ranked[:5])}",
        )
        return _result(task, passed, expected, got, (sample.question,), scores, {"answer": answer})
    if task.part == "unanswerable":
        answer = (await service.talk([sample.question]))[-1].answer
        refused = answer["outcome"] in ("abstained", "out_of_scope")
        return _result(
            task,
            refused,
            "abstained",
            answer["outcome"],
            (sample.question,),
            {"refused": refused, "silent": refused},
            {"answer": answer},
        )
    if task.part == "stages":
        pair = [
            [p["passage_id"] for p in (await service.talk([text]))[-1].answer["passages"]]
            for text in (sample.a, sample.b)
        ]
        n_same = len(set(pair[0]) & set(pair[1]))
        scores = {"n_same": n_same, "first_differs": _first_differs(*pair)}
        got = f"{n_same} of {N_ADVICE} passages the same"
        passed = n_same <= MAX_SAME_ADVICE
        return _result(task, passed, f"{sample.stage_a} / {sample.stage_b}", got, (sample.a, sample.b), scores, {})
    answer = (await service.talk(sample.messages))[-1].answer
    ranked = ranking.sections_of(f"{p['article']}#{p['section']}" for p in answer["passages"])
    rank = ranking.first_rank(ranked, sample.sections)
    return _result(
        task,
        ranking.is_hit(rank, 5),
        ", ".join(sample.sections),
        ", ".join(ranked),
        sample.messages,
        _ranked(ranked, sample.sections),
        {"answer": answer},
    )


def _rows(found: Sequence[Found]) -> list[dict[str, Any]]:
    return [
        {"passage_id": f.passage.id, "score": f.score, "label": f.passage.label.value, "text": f.passage.text}
        for f in found[:5]
    ]


def _result(
    task: Task,
    passed: bool,
    expected: str,
    got: str,
    messages: tuple[str, ...],
    scores: dict[str, Any],
    record: dict[str, Any],
) -> Result:
    sample = task.sample
    return Result(
        task.suite,
        task.part,
        task.id,
        passed,
        expected,
        got,
        tags=sample.tags,
        messages=messages,
        reason=sample.reason,
        scores=scores,
        record=record,
    )
