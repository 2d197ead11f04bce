"""`python -m coach tune`: tunes the sentence encoder of the second tier on the examples and writes `learnt.npz`.

Low-rank adapters (LoRA; Hu et al. 2021) on all weight matrices of MiniLM's layers, learnt by naming each example's kind. To
be run where the examples changed much: about twenty minutes on two cores. After smaller edits the regression on top is
learnt anew by itself (`classify.py`).
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from coach.screen import classify, examples
from coach.screen.language import gloss
from corpus.adapter import IN, OUT
from corpus.embedding import MiniLM

RANK = 8
SCALE = 2.0  # of B A
EPOCHS = 2
BATCH = 48
RATE = 1e-3  # of the adapter; the head on top learns three times as fast
WARM_UP = 100  # steps
DROPOUT = 0.15
SMOOTHING = 0.05
MAX_TOKENS = 64
TYPOS = 0.12  # share of the sentences that get some
BESIDE = 0.25  # share that stands beside a harmless sentence, as it would in a message
LAYERS = ("query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense")
SEED = 0


def tune(names: Sequence[str], path: Path = classify.LEARNT) -> None:
    """Learn adapter and regression, and write both."""
    import torch
    from torch import nn

    torch.manual_seed(SEED)
    rng = random.Random(SEED)  # noqa: S311 - shuffles examples
    found = examples.gather(names)
    labels = sorted({e.label for e in found})
    wanted = [labels.index(e.label) for e in found]
    texts = [gloss(e.text, e.language) for e in found]
    harmless = [text for text, e in zip(texts, found, strict=True) if e.label == examples.HARMLESS]

    base = MiniLM()._model
    model, tokenizer = base[0].auto_model, base.tokenizer
    model.requires_grad_(requires_grad=False)
    adapted = _adapt(model, torch, nn)
    head = nn.Linear(MiniLM.dimension, len(labels))
    own = [p for layer in adapted.values() for p in (layer.a, layer.b)]
    optimiser = torch.optim.AdamW(
        [{"params": own, "lr": RATE, "weight_decay": 0.01}, {"params": head.parameters(), "lr": RATE * 3}]
    )
    n_steps = EPOCHS * math.ceil(len(texts) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / WARM_UP) * max(0.02, 1 - step / n_steps)
    )
    drop = nn.Dropout(DROPOUT)
    model.train()
    with tqdm(total=n_steps, desc="tuning", unit="step") as bar:
        for _ in range(EPOCHS):
            for batch in _batches(texts, rng):
                said = [_spoilt(texts[i], harmless, rng) for i in batch]
                tokens = tokenizer(said, padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
                hidden = model(**tokens).last_hidden_state
                mask = tokens["attention_mask"].unsqueeze(-1).float()
                pooled = (hidden * mask).sum(1) / mask.sum(1)
                loss = nn.functional.cross_entropy(
                    head(drop(pooled)), torch.tensor([wanted[i] for i in batch]), label_smoothing=SMOOTHING
                )
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                schedule.step()
                bar.update()
                bar.set_postfix(loss=f"{loss.item():.2f}")
    matrices = {}
    for name, layer in adapted.items():
        matrices[name + IN] = layer.a.detach().numpy().astype(np.float16)
        matrices[name + OUT] = (layer.b.detach().numpy() * SCALE).astype(np.float16)
    write(names, matrices, path)


def relearn(names: Sequence[str], path: Path = classify.LEARNT) -> None:
    """Learn the regression anew on the vectors of the adapter that is there."""
    write(names, classify.adapter_of(path), path)


def write(names: Sequence[str], matrices: dict[str, Any], path: Path = classify.LEARNT) -> None:
    """Write an adapter with the regression that is learnt on its vectors."""
    classify.save(path, classify.learn(names, classify.adapted(matrices)), **matrices)


def _adapt(model: Any, torch: Any, nn: Any) -> dict[str, Any]:
    class LowRank(nn.Module):  # type: ignore[misc]  # torch is imported late
        def __init__(self, linear: Any):
            super().__init__()
            self.linear, self.drop = linear, nn.Dropout(0.05)
            self.a = nn.Parameter(torch.randn(RANK, linear.in_features) / linear.in_features**0.5)
            self.b = nn.Parameter(torch.zeros(linear.out_features, RANK))

        def forward(self, x: Any) -> Any:
            low = nn.functional.linear(self.drop(x), self.a)
            return self.linear(x) + nn.functional.linear(low, self.b) * SCALE

    adapted = {}
    for name, layer in list(model.named_modules()):
        if isinstance(layer, nn.Linear) and name.startswith("encoder.") and name.endswith(LAYERS):
            parent, _, last = name.rpartition(".")
            adapted[name] = LowRank(layer)
            setattr(model.get_submodule(parent), last, adapted[name])
    return adapted


def _batches(texts: Sequence[str], rng: random.Random) -> Iterator[list[int]]:
    """Yield shuffled batches of about the same length each, so that little is padding."""
    order = list(range(len(texts)))
    rng.shuffle(order)
    chunks = [sorted(order[i : i + BATCH * 20], key=lambda j: len(texts[j])) for i in range(0, len(order), BATCH * 20)]
    batches = [chunk[i : i + BATCH] for chunk in chunks for i in range(0, len(chunk), BATCH)]
    rng.shuffle(batches)
    yield from batches


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
