"""`python -m coach tune [SUBJECT ...]`: tunes the encoder of the second tier on the examples and writes `learnt.npz`.

Low-rank adapters (LoRA; Hu et al. 2021) on all weight matrices of MiniLM's layers, learnt from two tasks in turn: to name the
kind of a sentence, and all that a whole message tells of, where the surest window of a long one answers for it (multiple
instance learning by the maximum). Tuning goes on from the adapter that is there. To be run where the examples changed much:
about fifty minutes on two cores. After smaller edits the regressions on top are learnt anew by themselves (`learnt.py`).

Where messages were added, name their files (`python -m coach tune plain long`): those are learnt in full, of all others a part,
and the adapter is then the mean of the one before and the tuned one (WiSE-FT; Wortsman et al. 2022), to forget less
of what it knew. A quarter of an hour; half of one, and ten minutes for the regressions, where the processor knows no bfloat16.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from coach.screen import examples, learnt
from coach.screen.hear import windows
from coach.screen.language import ENGLISH, gloss
from corpus import adapter
from corpus.embedding import MiniLM, has_bfloat16
from corpus.sentences import split

SENTENCE_EPOCHS = 0.75
MESSAGE_EPOCHS = 2
SENTENCE_BATCH, MESSAGE_BATCH = 48, 24
RATE = 7e-4  # of the adapter; the heads on top learn three times as fast
ADDED_RATE = 4e-4  # where messages were added to what the adapter knows
OTHERS = 0.35  # of an epoch of all other messages, and of the sentences' epochs: learnt beside the added messages
WARM_UP = 100  # steps
DROPOUT = 0.15
SMOOTHING = 0.05
MAX_TOKENS = 192  # of a window
MAX_WINDOWS = 4  # of one message in one step
MESSAGE_WEIGHT = 4.0  # of a message's mean loss over the labels; a sentence's is a sum over them
TYPOS = 0.12  # share of the texts that get some
BESIDE = 0.25  # share of the sentences that stand beside a harmless one, as they would in a message
OTHER_PRONOUNS = 0.45  # share of the English messages that are told of somebody else: the decision may not hang on "he"
SEED = 0

_SHE = dict(
    zip(
        "he him his himself she her hers herself boyfriend girlfriend husband wife he's she's".split(),
        "she her her herself he him his himself girlfriend boyfriend wife husband she's he's".split(),
        strict=True,
    )
)
_THEY = dict(
    zip(
        "he him his himself she her hers herself boyfriend girlfriend husband wife he's she's".split(),
        "they them their themself they them theirs themself partner partner partner partner they're they're".split(),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Task:
    """Texts to learn from, one tuple of parts each, and what each tells of: `wanted` [len(parts), labels], 0 or 1."""

    parts: tuple[tuple[str, ...], ...]
    labels: tuple[str, ...]
    wanted: Any
    is_english: tuple[bool, ...]
    subjects: tuple[str, ...] = ()  # of messages: the file each stands in


def tune(names: Sequence[str], subjects: Sequence[str] = (), path: Path = learnt.FILE) -> None:
    """Learn adapter and regressions, and write all; ValueError names a subject that no file of messages has."""
    import torch
    from torch import nn

    torch.manual_seed(SEED)
    rng = random.Random(SEED)  # noqa: S311 - shuffles examples
    sentences, messages = _sentences(names), _messages(names)
    if unknown := sorted(set(subjects) - set(messages.subjects)):
        raise ValueError(
            f"there are no messages on {', '.join(unknown)}; a subject is a file's name before its language"
        )
    before, rate = learnt.adapter_of(path), ADDED_RATE if subjects else RATE
    harmless = [sentences.parts[i][0] for i in np.flatnonzero(sentences.wanted.sum(axis=1) == 0)]

    base = MiniLM()._model
    model, tokenizer = base[0].auto_model, base.tokenizer
    adapted = adapter.insert(model, before)
    heads = [nn.Linear(MiniLM.dimension, len(task.labels) + extra) for task, extra in ((sentences, 1), (messages, 0))]
    own = [p for layer in adapted.values() for p in (layer.a, layer.b)]
    optimiser = torch.optim.AdamW(
        [
            {"params": own, "lr": rate, "weight_decay": 0.01},
            {"params": [p for head in heads for p in head.parameters()], "lr": rate * 3},
        ]
    )
    steps = _steps(sentences, messages, subjects, rng)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / WARM_UP) * max(0.02, 1 - step / len(steps))
    )
    drop = nn.Dropout(DROPOUT)
    halves = has_bfloat16()  # half the time; a processor without takes ten times as long

    def pooled(texts: Sequence[str]) -> Any:
        tokens = tokenizer(list(texts), padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=halves):
            hidden = model(**tokens).last_hidden_state.float()
        mask = tokens["attention_mask"].unsqueeze(-1).float()
        return drop((hidden * mask).sum(1) / mask.sum(1))

    def of_sentences(batch: Sequence[int]) -> Any:
        texts = [_spoilt(sentences.parts[i][0], harmless, rng) for i in batch]
        wanted = sentences.wanted[batch]
        target = torch.from_numpy(np.where(wanted.any(axis=1), wanted.argmax(axis=1), len(sentences.labels)))
        return nn.functional.cross_entropy(heads[0](pooled(texts)), target, label_smoothing=SMOOTHING)

    def of_messages(batch: Sequence[int]) -> Any:
        parts = [_told_otherwise(messages, i, rng) for i in batch]
        owner = torch.tensor([row for row, own_parts in enumerate(parts) for _ in own_parts])
        logits = heads[1](pooled([part for own_parts in parts for part in own_parts]))
        surest = torch.full((len(batch), len(messages.labels)), -1e4).index_reduce(0, owner, logits, "amax")
        target = torch.from_numpy(messages.wanted[batch]).float() * (1 - SMOOTHING) + SMOOTHING / 4
        return MESSAGE_WEIGHT * nn.functional.binary_cross_entropy_with_logits(surest, target)

    model.train()
    for task, batch in (bar := tqdm(steps, desc="tuning", unit="step")):
        loss = of_sentences(batch) if task is sentences else of_messages(batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        bar.set_postfix(loss=f"{loss.item():.2f}")
    tuned = adapter.matrices(adapted)
    write(names, {key: (before[key] + tuned[key]) / 2 for key in tuned} if subjects else tuned, path)


def relearn(names: Sequence[str], path: Path = learnt.FILE) -> None:
    """Learn the regressions anew on the vectors of the adapter that is there."""
    write(names, learnt.adapter_of(path), path)


def write(names: Sequence[str], matrices: dict[str, Any], path: Path = learnt.FILE) -> None:
    """Write an adapter with the regressions that are learnt on its vectors."""
    learnt.save(path, learnt.learn(names, learnt.adapted(matrices)), **matrices)


def _sentences(names: Sequence[str]) -> Task:
    found = examples.gather(names)
    labels = tuple(sorted({e.label for e in found} - {examples.HARMLESS}))
    wanted = np.array([[e.label == label for label in labels] for e in found])
    return Task(
        tuple((gloss(e.text, e.language),) for e in found), labels, wanted, tuple(e.language == ENGLISH for e in found)
    )


def _messages(names: Sequence[str]) -> Task:
    found = examples.gather_messages(names)
    labels = tuple(sorted({label for m in found for label in m.labels}))
    wanted = np.array([[label in m.labels for label in labels] for m in found])
    parts = tuple(windows([span.text for span in split(m.text)], m.language) for m in found)
    is_english = tuple(m.language == ENGLISH for m in found)
    return Task(parts, labels, wanted, is_english, tuple(m.subject for m in found))


def _steps(
    sentences: Task, messages: Task, subjects: Sequence[str], rng: random.Random
) -> list[tuple[Task, list[int]]]:
    """Return the batches of both tasks, each spread evenly over the whole; with `subjects`, mostly those messages."""
    first = list(_batches(sentences, SENTENCE_BATCH, rng))
    first = first[: int(len(first) * SENTENCE_EPOCHS * (OTHERS if subjects else 1))]
    everything = range(len(messages.parts))
    added = [i for i in everything if messages.subjects[i] in subjects] if subjects else list(everything)
    second = [batch for _ in range(MESSAGE_EPOCHS) for batch in _batches(messages, MESSAGE_BATCH, rng, added)]
    if subjects:
        others = list(_batches(messages, MESSAGE_BATCH, rng, sorted(set(everything) - set(added))))
        second += others[: int(len(others) * OTHERS)]
        rng.shuffle(second)
    placed = [
        (n / len(batches), task, batch)
        for task, batches in ((sentences, first), (messages, second))
        for n, batch in enumerate(batches)
    ]
    return [(task, batch) for _, task, batch in sorted(placed, key=lambda step: step[0])]


def _batches(task: Task, size: int, rng: random.Random, some: Sequence[int] | None = None) -> Iterator[list[int]]:
    """Yield shuffled batches, of all or of some, each of about the same length, so that little is padding."""
    order = list(range(len(task.parts)) if some is None else some)
    rng.shuffle(order)
    lengths = [sum(len(part) for part in parts) for parts in task.parts]
    chunks = [sorted(order[i : i + size * 20], key=lambda j: lengths[j]) for i in range(0, len(order), size * 20)]
    batches = [chunk[i : i + size] for chunk in chunks for i in range(0, len(chunk), size)]
    rng.shuffle(batches)
    yield from batches


def _told_otherwise(task: Task, i: int, rng: random.Random) -> list[str]:
    """Return the windows of a message, sometimes of another person, with slips, or without capitals."""
    parts = task.parts[i]
    if len(parts) > MAX_WINDOWS and not task.wanted[i].any():
        parts = tuple(rng.sample(parts, MAX_WINDOWS))  # all of them are harmless; in the others any one may tell it
    others = (_SHE if rng.random() < 0.65 else _THEY) if task.is_english[i] and rng.random() < OTHER_PRONOUNS else {}
    said = [re.sub(r"[A-Za-z']+", lambda found: _other(found.group(), others), part) for part in parts]
    if rng.random() < TYPOS:
        said = [_typos(part, rng) for part in said]
    return [part.lower() for part in said] if rng.random() < TYPOS else said


def _other(word: str, others: dict[str, str]) -> str:
    other = others.get(word.lower(), word)
    return other.capitalize() if word[0].isupper() and other != word else other


def _spoilt(text: str, harmless: Sequence[str], rng: random.Random) -> str:
    if rng.random() < TYPOS:
        text = _typos(text, rng)
    if rng.random() < BESIDE:
        beside = rng.choice(harmless)
        text = f"{text} {beside}" if rng.random() < 0.5 else f"{beside} {text}"
    return text


def _typos(text: str, rng: random.Random) -> str:
    letters = list(text)
    for _ in range(max(1, len(letters) // 40)):
        at = rng.randrange(max(1, len(letters) - 1))
        if at + 1 < len(letters) and letters[at].isalpha():
            slip = rng.random()
            if slip < 0.4:
                letters[at], letters[at + 1] = letters[at + 1], letters[at]
            elif slip < 0.8:
                del letters[at]
            else:
                letters.insert(at, letters[at])
    return "".join(letters)
