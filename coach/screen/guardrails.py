"""Read this first: what happens to a message before anything else, and to a sentence before it leaves.

    hear        sentences, plain words, vectors                                  hear.py, normalise.py
    find        every policy's two tiers: exact patterns, classifier             policy.py, pattern.py, classify.py
    told        what stays true for the thread: crisis, abuse, his no, her own conduct, her age
    asked       what ends the turn: crisis, then declines, then scope; the first that speaks decides

No language model takes part, so nothing here can be talked out of it. Whatever raises here is not caught here: the graph
closes the turn. Next: the policies, one a file, each with its data beside it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Protocol

from coach.replies import Replies
from coach.replies import load as load_replies
from coach.screen import (
    abuse,
    crisis,
    examples,
    followup,
    injection,
    learnt,
    manipulation,
    minor,
    output,
    own_conduct,
    policy,
    respect_decision,
    scope,
    stack,
    surveillance,
)
from coach.screen.classify import Classifiers
from coach.screen.hear import Heard, hear
from coach.screen.language import ENGLISH
from coach.screen.policy import Findings, Hit
from coach.thread import Facts, Message, Outcome, RailRecord, Screening, Thread, Verdict
from corpus.embedding import Embedder
from corpus.settings import CorpusSettings

LEARNED = (
    crisis.POLICY,
    abuse.POLICY,
    own_conduct.POLICY,
    respect_decision.POLICY,
    manipulation.POLICY,
    surveillance.POLICY,
    minor.POLICY,
    scope.POLICY,
)
PREMISE = "premise"
MOMENT = "moment"
EXACT_ONLY = (crisis.SAFE, injection.POLICY, followup.POLICY, abuse.SAFETY, PREMISE, MOMENT)
ASKS = (manipulation.POLICY, surveillance.POLICY)
REPORTED = (*LEARNED, injection.POLICY)
# Kinds that only help to judge others: of themselves they say nothing about her.
ASIDE = {
    (own_conduct.POLICY, own_conduct.REGRET),
    (own_conduct.POLICY, own_conduct.GOING_ON),
    (own_conduct.POLICY, own_conduct.DEFENDED),
    (respect_decision.POLICY, respect_decision.PRACTICAL),
    (respect_decision.POLICY, respect_decision.CONTACT),
    (respect_decision.POLICY, respect_decision.REACHED_OUT),
    (respect_decision.POLICY, respect_decision.OTHERS),
    (minor.POLICY, minor.DANGER),
    (abuse.POLICY, abuse.CORRECTED),
    (injection.POLICY, injection.FRAMING),
}
ASK_BESIDE_HURT = 0.12  # of a ploy that no pattern found, where abuse or a no has been told
ASK_BESIDE_HURT_GLOSSED = 0.6  # of the same, translated word by word: "how do I show that I obey" is no ploy of hers
ASK_OVER_TURNS = 0.12  # of what two messages ask together: "am I afraid of being alone?", "how would I find out?"
ASK_STILL = 0.65  # of the same, where the first of the two asked for it by itself
MIN_WORDS_TELL_LANGUAGE = 4  # fewer leave another language than English standing
# Said of a whole message alone: behind a story, "what should I do?" asks about the story, and "my brother says it's creepy" may be right.
BARE = ("lost", "no_help", "outside_voices")
MAX_BARE_WORDS = 8
MAX_MOMENT_WORDS = 60  # in a longer message tears may be a side remark
MAX_LIFTED_WORDS = 15  # "I am safe now, my sister is here" ends there; a longer message goes on to what it asks


class SecondTier(Protocol):
    """What finds that no pattern foresaw; tests give a silent one."""

    digest: str  # of all that it was learnt from

    def find(self, name: str, heard: Heard) -> list[Hit]:
        """Return the hits of a policy."""
        ...

    def doubts(self, name: str, heard: Heard, hit: Hit) -> bool:
        """Return whether a pattern's hit must mean something else."""
        ...

    def is_near(self, name: str, heard: Heard) -> bool:
        """Return whether a message comes near a policy without reaching it."""
        ...


class Guardrails:
    """The rules, compiled and trained once, for every message and sentence of the service."""

    def __init__(
        self,
        embedder: Embedder | None = None,
        replies: Replies | None = None,
        second_tier: SecondTier | None = None,
        cache: Path | None = None,
    ):
        self._embedder = embedder = embedder or learnt.encoder()
        self._replies = replies or load_replies()
        self._exact = {name: policy.exact(name) for name in (*LEARNED, *EXACT_ONLY, output.POLICY)}
        kept = cache or CorpusSettings().weights.parent / "screen"
        self._learned = second_tier or Classifiers(LEARNED, learnt.take(LEARNED, embedder, kept), stack.read())

    @property
    def learnt(self) -> str:
        """The digest of what the second tier was learnt from: it ties a figure to the rails that made it."""
        return self._learned.digest

    def message(self, text: str, thread: Thread, history: Sequence[Message] = ()) -> Screening:
        """Judge a message, given all that was told: in the thread, and before it in a history that a client sends."""
        facts, said = thread.facts, list(thread.said)
        told = [earlier.text for earlier in history if earlier.role == "user"]
        n_kept = followup.KEPT_TURNS  # what was asked matters of the last alone: "yes, write it"
        for earlier in told[:-n_kept]:
            before = hear(earlier, self._embedder)
            facts = _told(self._find(before), facts).having(declined="", language=_language(before, facts))
            said.append(earlier)
        for earlier in told[-n_kept:]:
            facts = self._judge(earlier, facts, said).facts
            said.append(earlier)
        return self._judge(text, facts, said)

    def sentence(self, text: str, facts: Facts, *, exact_only: bool = False) -> tuple[RailRecord, ...]:
        """Judge a sentence before it leaves: one record for each thing it may not say, or one that it passed."""
        started = time.perf_counter()
        heard = hear(text, self._embedder)
        if exact_only:
            asks = [hit for name in ASKS for hit in self._exact[name].find(heard)]
        else:
            asks = [hit for name in ASKS for hit in self._hits(name, heard, may_doubt=False)]
        found = output.violations(heard, self._exact[output.POLICY].find(heard), asks, facts, is_line=exact_only)
        ms = (time.perf_counter() - started) * 1000
        if not found:
            return (RailRecord("sentence", Verdict.PASS, ms=ms),)
        return tuple(RailRecord("sentence", Verdict.FAIL, kind, score, words, ms) for kind, words, score in found)

    def protocol(self) -> list[dict[str, object]]:
        """Return what triggers what, in plain words, from the data files."""
        return [
            {
                "policy": name,
                "fires_when": rules.explains,
                "what_happens": rules.does,
                "kinds": [
                    {
                        "kind": kind,
                        "means": data.explains,
                        "n_patterns": n_patterns,
                        "n_examples": self._n_examples[f"{name}.{kind}"],
                    }
                    for kind, data in rules.kinds.items()
                    for n_patterns in [sum(len(data.said(lang).patterns) for lang in ("en", *policy.LANGUAGES))]
                ],
                "threshold": rules.threshold,
                "because": rules.because,
            }
            for name in (*LEARNED, *EXACT_ONLY, output.POLICY)
            for rules in [policy.load(name)]
        ]

    @cached_property
    def _n_examples(self) -> Counter[str]:
        return Counter(example.label for example in examples.gather(LEARNED))

    def _judge(self, text: str, facts: Facts, said: Sequence[str]) -> Screening:
        heard = hear(text, self._embedder)
        found = self._find(heard)
        answer = followup.answer(found, len(text.split())) if facts.asked else ""
        if answer == "yes":
            said_yes = Hit(crisis.POLICY, "suicide", 1.0, text[: policy.MAX_EVIDENCE], is_exact=True)
            found = Findings(found.hits | {crisis.POLICY: (said_yes,)}, found.ms)
        # Nobody is asked twice on end but who gave half an answer: "not that he would care".
        is_unsure = answer == "half" if facts.asked else self._learned.is_near(crisis.POLICY, heard)
        if not (answer or facts.crisis or found.of(crisis.POLICY) or found.of(crisis.SAFE)):
            slipped = self._let_slip(text, said[len(said) - facts.n_unanswered :])
            found = Findings(found.hits | {crisis.POLICY: slipped}, found.ms)
        told = _told(found, facts).having(language=_language(heard, facts))
        told = told.having(asked=is_unsure and not (told.crisis or facts.crisis or found.of(crisis.SAFE)))
        has_answered = bool(told.crisis or answer or found.of(crisis.SAFE))
        told = told.having(n_unanswered=0 if has_answered else facts.n_unanswered + 1)
        asked = self._request(heard, found, told, said)
        return _screening(heard, found, facts, told, asked, self._replies)

    def _let_slip(self, text: str, said: Sequence[str]) -> tuple[Hit, ...]:
        """Return the crisis that this message and those before it tell together.

        "I gave the cat to my sister", then "I wrote to all of them", then "do I tell him goodbye?": no message says it.
        """
        whole = followup.together(text, said)
        return tuple(self._learned.find(crisis.POLICY, hear(whole, self._embedder))) if whole else ()

    def _request(self, heard: Heard, found: Findings, told: Facts, said: Sequence[str]) -> Hit | None:
        """Return what she asks for that is declined: in this message, or by what it leans on."""
        n_words = len(heard.text.split())
        if hit := _declined(found, told, heard):
            return hit
        if told.declined and followup.insists(found, n_words, told.n_since_declined):
            name, _, kind = told.declined.partition(".")
            return Hit(name, kind, 1.0, heard.text[: policy.MAX_EVIDENCE], is_exact=True)
        if not (whole := followup.joined(heard.text, said)):
            return None
        together = hear(whole, self._embedder)
        asked = _declined(self._find(together), told, together, at_least=ASK_OVER_TURNS)
        if asked is None:
            return None
        before = hear(said[-1], self._embedder)
        first = _declined(self._find(before), told, before)
        if first is None:
            return asked
        # What was declined is in both; where this message makes it surer, she goes on about it in other words.
        return asked if asked.score >= ASK_STILL and asked.score > first.score else None

    def _find(self, heard: Heard) -> Findings:
        hits, ms = {}, {}
        for name in (*LEARNED, *EXACT_ONLY):
            started = time.perf_counter()
            hits[name] = self._hits(name, heard)
            ms[name] = (time.perf_counter() - started) * 1000
        return Findings(hits, ms)

    def _hits(self, name: str, heard: Heard, *, may_doubt: bool = True) -> tuple[Hit, ...]:
        exact = self._exact[name].find(heard)
        if may_doubt:  # of what people say; what the coach says is held to the patterns
            exact = [hit for hit in exact if not self._learned.doubts(name, heard, hit)]
        sure = {hit.kind for hit in exact}
        learned = self._learned.find(name, heard)
        return (*exact, *(hit for hit in learned if hit.kind not in sure))


def _language(heard: Heard, facts: Facts) -> str:
    """Return the language she writes in: "Sì" alone is read as Spanish, "nein" as English."""
    if facts.language != ENGLISH and len(heard.text.split()) < MIN_WORDS_TELL_LANGUAGE:
        return facts.language
    return heard.language


def _told(found: Findings, facts: Facts) -> Facts:
    for fold in (crisis.told, abuse.told, own_conduct.told, respect_decision.told, minor.told):
        facts = fold(found, facts)
    return facts


def _tells(found: Findings) -> bool:
    """Return whether this message tells of abuse or of his no: "how do I win him back?" is then answered with that caveat."""
    told = [
        hit.kind
        for name in (abuse.POLICY, respect_decision.POLICY)
        for hit in found.of(name)
        if (name, hit.kind) not in ASIDE
    ]
    return bool(told)


def _declined(found: Findings, told: Facts, heard: Heard, *, at_least: float = 0.0) -> Hit | None:
    confessed = own_conduct.only_told(found)
    if _tells(found) or told.abuse or told.no:
        beside = ASK_BESIDE_HURT if heard.language == ENGLISH else ASK_BESIDE_HURT_GLOSSED
        at_least = max(at_least, beside)
    return (
        respect_decision.asked(found, told)
        or surveillance.asked(found, confessed, at_least)
        or manipulation.asked(found, confessed, at_least)
        or own_conduct.asked(found)
    )


def _screening(
    heard: Heard, found: Findings, before: Facts, told: Facts, declined: Hit | None, replies: Replies
) -> Screening:
    """Decide how the turn ends, or that it goes on."""
    rails = tuple(_record(name, found, declined) for name in REPORTED)
    n_words = len(heard.text.split())
    request = injection.request(heard, found)

    safety = tuple(hit.kind for hit in found.of(abuse.SAFETY)) if told.abuse else ()
    if told.asked:
        safety = ("unsure", *safety)

    def ends(facts: Facts, outcome: Outcome, reply: str, alternative: str = "") -> Screening:
        return Screening(facts, request, outcome, reply, alternative, rails, told.language, safety)

    if told.crisis:
        return ends(told.having(declined=""), Outcome.CRISIS, f"crisis.{told.crisis[0]}")
    if declined:
        reply = _reply_to(declined)
        facts = told.having(declined=f"{declined.policy}.{declined.kind}", n_since_declined=0)
        return ends(facts, Outcome.DECLINED, reply, replies.alternative(reply))
    if told.declined:
        told = told.having(n_since_declined=told.n_since_declined + 1)
        if told.n_since_declined == followup.KEPT_TURNS:
            told = told.having(declined="")
    if before.crisis and n_words <= MAX_LIFTED_WORDS:
        return ends(told, Outcome.ANSWERED, "courtesy.safe")
    if before.asked and followup.answer(found, n_words) == "no":
        return ends(told, Outcome.ANSWERED, "courtesy.not_that")
    if hit := scope.asked(found, n_words, is_sure=_tells(found) or bool(found.of(own_conduct.POLICY))):
        return ends(told, Outcome.OUT_OF_SCOPE, f"out_of_scope.{hit.kind}")
    if not request:
        return ends(told, Outcome.OUT_OF_SCOPE, "out_of_scope.rules")
    premise = next((hit.kind for hit in found.of(PREMISE)), "")
    moments = () if told.asked or told.caveats else _moments(found, n_words)
    return Screening(
        told, request, rails=rails, language=told.language, premise=premise, moments=moments, safety=safety
    )


def _moments(found: Findings, n_words: int) -> tuple[str, ...]:
    """Return what she is in, of a message short enough that what was found is what it is about."""
    if n_words > MAX_MOMENT_WORDS:
        return ()
    return tuple(hit.kind for hit in found.of(MOMENT) if hit.kind not in BARE or n_words <= MAX_BARE_WORDS)


def _reply_to(declined: Hit) -> str:
    if declined.policy == own_conduct.POLICY:
        return "declined.own_conduct"
    if declined.policy == respect_decision.POLICY:
        return "declined.order"
    return f"declined.{declined.kind}"


def _record(name: str, found: Findings, declined: Hit | None) -> RailRecord:
    hits = [hit for hit in found.of(name) if (name, hit.kind) not in ASIDE]
    if not hits and declined is not None and declined.policy == name:
        hits = [declined]
    if not hits:
        return RailRecord("message", Verdict.PASS, name, ms=found.ms[name])
    best = max(hits, key=lambda hit: hit.score)
    return RailRecord("message", Verdict.FAIL, name, best.score, best.evidence, found.ms[name])
