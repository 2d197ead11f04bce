"""Does every sentence rest on what it cites, and is every quote exact?

Part `answer`: full answers of the real pipeline to the retrieval questions: exact quotes, own lines, repeats,
contradictions, leaks, promises; with a judge also citation recall and precision as in ALCE, and faithfulness, each by source.
Part `pair`: the verifier on its labelled pairs. Part `judge`: the judge on pairs that two readers labelled, which gives its
error rates. Without a model only what needs none is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coach import hearing, verify
from coach.verify import Verifier
from evals import agreement, answers, counted, figures, intervals, judge
from evals import grounding_draw as drawing
from evals.figures import Drawn, Result, Task
from evals.inside import InProcess
from evals.judge import ENTAILED, Judge, ModelJudge
from evals.samples import DATA, JudgePair, Question, Split, VerifyPair, read
from evals.subject import Subject

JUDGE_PAIRS = DATA / "judge" / "pairs.jsonl"


class Grounding:
    """The suite. `judge_model` is the judge's model spec, "" for the embedded model; without `is_judged` there is none:
    nothing that must always hold is decided by a judge.
    """

    name = "grounding"

    def __init__(
        self, split: Split = "untouched", has_model: bool = False, judge_model: str = "", is_judged: bool = True
    ):
        self._split, self._has_model, self._judge_model = split, has_model, judge_model
        self._has_judge = is_judged and (has_model or bool(judge_model))
        self._judge: Judge | None = None

    def tasks(self) -> list[Task]:
        """Return the questions, and with a model the labelled pairs."""
        asked = [
            q
            for q in read(DATA / "retrieval" / self._split / "questions.jsonl", Question)
            if q.id not in counted.doubles()
        ]
        tasks = [Task(self.name, "answer", q.id, q, q.sections[0].split("#")[0]) for q in asked]
        if self._has_model:
            pairs = [
                p for p in read(DATA / "verify" / f"{self._split}.jsonl", VerifyPair) if p.id not in counted.doubles()
            ]
            tasks += [Task(self.name, "pair", p.id, p, f"pair/{p.supported}") for p in pairs]
        if self._has_judge and JUDGE_PAIRS.is_file():
            labelled = [p for p in read(JUDGE_PAIRS, JudgePair) if label_of(p) is not None]
            tasks += [Task(self.name, "judge", p.id, p, "judge") for p in labelled]
        return tasks

    async def judge(self, task: Task, subject: Subject) -> Result:
        """Judge one task."""
        if task.part == "pair":
            return await self._pair(task, subject)
        if task.part == "judge":
            return await self._judge_pair(task, subject)
        return await self._answer(task, subject)

    def draw(self, results: Sequence[Result]) -> Drawn:
        """Draw exactness, ALCE, the verifier, and the judge's errors beside all that it says."""
        told = [r for r in results if r.part == "answer"]
        drawn = drawing.deterministic(told, self._has_model)
        errors = agreement.judge_errors(*_verdicts(results, "judge", ENTAILED))
        drawn += drawing.alce(told, errors)
        tables: dict[str, Any] = {}
        pairs = [r for r in results if r.part == "pair"]
        if pairs:
            scores = [float(r.scores["support"]) for r in pairs]
            labels = [bool(r.scores["label"]) for r in pairs]
            verdicts = [bool(r.scores["passes"]) for r in pairs]
            drawn += drawing.verifier(scores, labels, [str(r.scores["kind"]) for r in pairs], verdicts)
            tables["calibration"] = [
                {"score": b.score, "supported": b.supported, "n": b.n} for b in agreement.calibration(scores, labels)
            ]
            tables["threshold"] = verify.THRESHOLD
        readers = [r for r in results if r.part == "judge" and r.scores.get("reader_b") is not None]
        if readers:
            a, b = [bool(r.scores["reader_a"]) for r in readers], [bool(r.scores["reader_b"]) for r in readers]

            def kappa(picks: Sequence[int]) -> float:
                return agreement.kappa([a[i] for i in picks], [b[i] for i in picks])

            i = intervals.Interval(agreement.kappa(a, b), *intervals.resampled(kappa, len(a)), len(a))
            drawn.append(figures.of("grounding.readers_kappa", "agreement of the two readers beyond chance", i))
        if errors:
            tables["judge"] = errors.says
        return Drawn(tuple(f for f in drawn if f.n), tables)

    async def _answer(self, task: Task, subject: Subject) -> Result:
        sample: Question = task.sample
        exchange = (await subject.talk([sample.question]))[-1]
        answer = exchange.answer
        corpus = subject.corpus if isinstance(subject, InProcess) else None
        scores = answers.scores(sample.question, answer, corpus)
        scores["on_topic"] = bool(answers.sections_cited(answer) & set(sample.sections))
        scores["model"] = await self._model_scores(sample.question, answer, subject)
        if (the_judge := await self._the_judge(subject)) is not None:
            scores["alce"] = await _alce_scores(the_judge, sample.question, answer)
        wrong = drawing.answer_faults(scores)
        return Result(
            task.suite,
            task.part,
            task.id,
            not wrong,
            "answered from " + ", ".join(sample.sections),
            answer["outcome"] + ": " + ", ".join(sorted(answers.sections_cited(answer))),
            why=tuple(wrong),
            tags=sample.tags,
            messages=(sample.question,),
            reason=sample.reason,
            scores=scores,
            record={"turns": [{"message": sample.question, "answer": answer}]},
            ms=round(exchange.events[-1].ms, 1),
        )

    async def _model_scores(
        self, message: str, answer: dict[str, Any], subject: Subject
    ) -> list[dict[str, Any]] | None:
        """Ask the verifier again about every model sentence: nothing may have left that it does not pass.

        None where the verifier is not at hand: what a service says of itself is no check.
        """
        spoken = [s for s in answer["sentences"] if s["source"] == "model"]
        if not isinstance(subject, InProcess):
            return None
        if not spoken:
            return []
        coach = await subject.coach()
        if coach.verifier is None:
            return [{"text": s["text"], "support": 0.0, "holds": False} for s in spoken]
        rows, texts = [], answers.texts_of(answer, subject.corpus)
        for s in spoken:
            if s["citations"]:
                support = await coach.verifier.support(
                    s["text"], " ".join(texts[c["passage_id"]] for c in s["citations"])
                )
                holds = support >= verify.THRESHOLD
            else:
                support = await coach.verifier.support_heard(s["text"], answers.said_back_of(message, answer))
                is_large = coach.model is not None and coach.model.is_large
                holds = support >= (verify.STORY_THRESHOLD if is_large else verify.HEARD_THRESHOLD)
            rows.append({"text": s["text"], "support": round(support, 4), "holds": holds})
        return rows

    async def _the_judge(self, subject: Subject) -> Judge | None:
        if self._judge is None:
            self._judge = await make_judge(self._judge_model, subject) if self._has_judge else None
        return self._judge

    async def close(self) -> None:
        """End the judge's own engine, if it has one."""
        if isinstance(self._judge, ModelJudge):
            await self._judge.close()

    async def _pair(self, task: Task, subject: Subject) -> Result:
        sample: VerifyPair = task.sample
        assert isinstance(subject, InProcess)
        coach = await subject.coach()
        verifier = coach.verifier
        if verifier is None:
            raise RuntimeError("the verifier needs a model")
        support = await verify_pair(verifier, sample, subject)
        lets_pass = passes(sample, support)
        return Result(
            task.suite,
            task.part,
            task.id,
            lets_pass == sample.supported,
            "supported" if sample.supported else f"unsupported ({sample.kind})",
            f"support {support:.3f}, {'passes' if lets_pass else 'stops'}",
            tags=(sample.kind, sample.source_kind),
            messages=(sample.sentence,),
            reason=sample.reason,
            scores={"support": round(support, 4), "label": sample.supported, "kind": sample.kind, "passes": lets_pass},
            record={"source": sample.message or sample.passage_id},
        )

    async def _judge_pair(self, task: Task, subject: Subject) -> Result:
        sample: JudgePair = task.sample
        the_judge = await self._the_judge(subject)
        assert the_judge is not None
        support = await the_judge.entails(sample.claim, sample.evidence)
        label = bool(label_of(sample))
        return Result(
            task.suite,
            task.part,
            task.id,
            (support >= ENTAILED) == label,
            f"readers: {label}",
            f"{the_judge.name}: {support:.3f}",
            messages=(sample.claim,),
            reason=sample.reason,
            scores={
                "support": round(support, 4),
                "label": label,
                "reader_a": sample.reader_a,
                "reader_b": sample.reader_b,
            },
            record={"evidence": sample.evidence},
        )


def label_of(pair: JudgePair) -> bool | None:
    """Return what the readers say: where both agree, that; where not, what they settled on; None while unlabelled."""
    if pair.supported is not None:
        return pair.supported
    return pair.reader_a if pair.reader_a == pair.reader_b else None


async def verify_pair(verifier: Verifier, pair: VerifyPair, subject: InProcess) -> float:
    """Return the verifier's support on a labelled pair, with the evidence of a turn."""
    if pair.source_kind == "message":
        return await verifier.support_heard(pair.sentence, pair.message)
    passage = subject.corpus.by_id[pair.passage_id]
    return await verifier.support(pair.sentence, passage.text)


def passes(pair: VerifyPair, support: float) -> bool:
    """Return whether a turn would say the sentence: advice by its threshold, what is said back also by rule."""
    if pair.source_kind == "passage":
        return support >= verify.THRESHOLD
    return support >= verify.HEARD_THRESHOLD and hearing.is_saying_back(pair.sentence, pair.message)


async def make_judge(spec: str, subject: Subject) -> Judge:
    """Return the judge: a model by its spec, or the embedded model, shared with the coach where that is its own."""
    is_embedded = spec in ("", judge.EMBEDDED)
    if is_embedded and isinstance(subject, InProcess) and subject.settings.model == judge.EMBEDDED:
        coach = await subject.coach()
        assert coach.model is not None
        return ModelJudge(coach.model)
    return await judge.from_spec(spec or judge.EMBEDDED)


async def _alce_scores(the_judge: Judge, message: str, answer: dict[str, Any]) -> list[dict[str, Any]]:
    texts = answers.texts_of(answer, None)
    rows: list[dict[str, Any]] = []
    for s in answer["sentences"]:
        if s["source"] == "fixed":
            continue
        if not s["citations"] and s["source"] == "model":  # what it heard rests on her message
            entailed = await the_judge.entails(s["text"], message) >= ENTAILED
            rows.append({"source": s["source"], "faithful": entailed})
            continue
        evidences = [texts.get(c["passage_id"], c["quote"]) for c in s["citations"]]
        said = await judge.alce(the_judge, s["text"], evidences)  # a line that cites nothing rests on nothing
        quotes = " ".join(c["quote"] for c in s["citations"])
        by_quote = bool(quotes) and await the_judge.entails(s["text"], quotes) >= ENTAILED
        row = {"source": s["source"], "faithful": said.by_all, "by_quote": by_quote}
        rows.append(row | {"recall": judge.recall_of(said), "precise": judge.precise_of(said)})
    return rows


def _verdicts(results: Sequence[Result], part: str, threshold: float) -> tuple[list[bool], list[bool]]:
    own = [r for r in results if r.part == part]
    return [r.scores["support"] >= threshold for r in own], [bool(r.scores["label"]) for r in own]
