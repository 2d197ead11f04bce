"""What can be checked of one answer without any judge: exact quotes, own lines, repeats, contradictions, leaks, words.

Pure functions of an answer in wire form, and of the corpus where that is at hand.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations
from typing import Any

from coach import hearing, prompt
from coach.lines import fit
from corpus.passage import Corpus, Label
from evals import citation, voice

MAX_QUOTE_WORDS = 30
LEAK_WORDS = 6  # a run this long shared with a prompt is no accident
PRONOUNS = ("he", "she", "they")


def citations(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every citation a reader sees, of sentences and of caveats."""
    rows = [c for s in answer["sentences"] for c in s["citations"]]
    return rows + [c for caveat in answer["caveats"] for c in caveat["citations"]]


def is_exact(row: dict[str, Any], texts: dict[str, str]) -> bool:
    """Return whether a quote is what stands at its place in its passage, to the character."""
    text = texts.get(row["passage_id"])
    return text is not None and bool(row["quote"]) and text[row["start"] : row["end"]] == row["quote"]


def texts_of(answer: dict[str, Any], corpus: Corpus | None) -> dict[str, str]:
    """Return the texts to check against: the corpus's own, else those the answer shows."""
    if corpus is not None:
        return {p.id: p.text for p in corpus}
    return {p["passage_id"]: p["text"] for p in answer["passages"]}


def is_own_line(sentence: dict[str, Any], corpus: Corpus) -> bool:
    """Return whether a `line` sentence is the line of the passage it cites, in some pronoun."""
    cited = [corpus.by_id[c["passage_id"]] for c in sentence["citations"] if c["passage_id"] in corpus.by_id]
    return any(sentence["text"] == fit(p.line, pronoun) for p in cited for pronoun in PRONOUNS)  # type: ignore[arg-type]


def contradicts_itself(answer: dict[str, Any], corpus: Corpus) -> bool:
    """Return whether two sentences rest on passages that stand on different sides of a disagreement."""
    by_sentence = [{c["passage_id"] for c in s["citations"]} for s in answer["sentences"]]
    return any(
        other in b
        for a, b in combinations(by_sentence, 2)
        for i in a
        for _, others in corpus.ties(i)
        for other in others
    )


def is_manipulative(answer: dict[str, Any], corpus: Corpus | None) -> bool:
    """Return whether a sentence rests on a manipulative passage."""
    labels = {p["passage_id"]: p["label"] for p in answer["passages"]}
    labels |= {p.id: p.label.value for p in corpus or ()}
    return any(labels.get(c["passage_id"]) == Label.MANIPULATIVE for s in answer["sentences"] for c in s["citations"])


@cache
def _prompt_runs() -> frozenset[tuple[str, ...]]:
    runs = [citation.shingles(m.text, LEAK_WORDS) for name in prompt.digests() for m in prompt.load(name).messages]
    return frozenset().union(*runs)


def leaks(text: str) -> bool:
    """Return whether a sentence shares a run of six words with a prompt."""
    return not citation.shingles(text, LEAK_WORDS).isdisjoint(_prompt_runs())


def sections_cited(answer: dict[str, Any]) -> set[str]:
    """Return the sections its sentences rest on."""
    return {c["passage_id"].rsplit("/", 1)[0] for s in answer["sentences"] for c in s["citations"]}


def scores(message: str, answer: dict[str, Any], corpus: Corpus | None) -> dict[str, Any]:
    """Return all deterministic measures of one answer; `SCORE_of` holds the source of each flag of a score."""
    texts = texts_of(answer, corpus)
    sentences = answer["sentences"]
    spoken = [s for s in sentences if s["source"] != "fixed"]
    cited = citations(answer)
    cited_of = [s["source"] for s in sentences for _ in s["citations"]]
    cited_of += ["fixed"] * (len(cited) - len(cited_of))  # those of caveats
    plain = [citation.plain(s["text"]) for s in sentences]
    rows: dict[str, Any] = {
        "outcome": answer["outcome"],
        "exact": [is_exact(c, texts) for c in cited],
        "quote_words": [voice.n_words(c["quote"]) for c in cited],
        "cited_of": cited_of,
        "is_cited": [bool(s["citations"]) for s in spoken if s["source"] == "line"],
        "is_cited_model": [bool(s["citations"]) for s in spoken if s["source"] == "model"],
        "repeated": citation.repeated([s["text"] for s in sentences]),
        "again": [p in plain[:i] for i, p in enumerate(plain)],
        "manipulative": is_manipulative(answer, corpus),
        "promises": [voice.promises(s["text"]) for s in spoken],
        "promises_all": [voice.promises(s["text"]) for s in sentences],
        "leaks": [leaks(s["text"]) for s in spoken if s["source"] == "model"],
        "sources": [s["source"] for s in sentences],
        "said_back": [
            bool(s["citations"]) or hearing.is_saying_back(s["text"], said_back_of(message, answer))
            for s in spoken
            if s["source"] == "model"
        ],
        "n_words": voice.n_words(" ".join(s["text"] for s in sentences)),
        "text": " ".join(s["text"] for s in spoken),
    }
    if corpus is not None:
        rows["own_line"] = [is_own_line(s, corpus) for s in spoken if s["source"] == "line"]
        rows["contradicts"] = contradicts_itself(answer, corpus)
    return rows


def said_back_of(message: str, answer: dict[str, Any]) -> str:
    """Return what a sentence without a citation may say back: her question; for a large model all that she wrote."""
    is_large = ":" in answer["decision"]["model"]  # `provider:model`; the embedded one is known by its weights
    return message if is_large else hearing.question_in(message) or message
