"""Foreign text is cut into passages of whole sentences that the embedder can read to the end."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import split

WORD = st.sampled_from(["walk", "river", "Ann", "3.5", "e.g.", "morning,", "home"])
SENTENCE = st.lists(WORD, min_size=1, max_size=80).map(lambda words: "You " + " ".join(words) + ".")
PARAGRAPHS = st.lists(st.lists(SENTENCE, min_size=1, max_size=6).map(" ".join), min_size=1, max_size=6)


def n_tokens(text: str) -> int:
    return len(text.split()) + 2


@settings(deadline=None, max_examples=50)  # a busy machine is not a fault
@given(PARAGRAPHS, st.sampled_from([20, 60, 256]))
def test_no_passage_is_longer_than_the_embedder_reads_and_no_word_is_lost(
    paragraphs: list[str], max_tokens: int
) -> None:
    """What lies beyond the limit would be cut off unseen; what is dropped would never be found."""
    passages = split.passages(paragraphs, n_tokens, max_tokens)

    assert all(n_tokens(" ".join(p)) <= max_tokens for p in passages)
    assert " ".join(s for p in passages for s in p).split() == " ".join(paragraphs).split()


def test_passages_hold_40_to_90_words() -> None:
    """One thought each: smaller ones say too little, larger ones are found worse."""
    text = "You walk by the river in the morning and you look at the water for a while. " * 40
    sizes = [len(" ".join(p).split()) for p in split.passages([text], n_tokens, 256)]

    assert min(sizes) >= 40
    assert max(sizes) <= 90


def test_a_cut_is_made_between_paragraphs_where_it_can_be() -> None:
    """A paragraph is a thought already."""
    first = "You walk by the river and look at the water. " * 7
    second = "Then you go home and sleep until the evening. " * 7

    assert [len(p) for p in split.passages([first, second], n_tokens, 256)] == [7, 7]


def test_a_sentence_goes_on_after_a_bracket_with_a_mark() -> None:
    """Edited text goes on in lower case: the half of a sentence may say the opposite."""
    text = "Don't think that a walk (however long!) will cure a cold."

    assert split.passages([text], n_tokens, 60) == [(text,)]


def test_a_word_longer_than_the_limit_is_cut() -> None:
    """An address of a thousand letters is no reason to fail."""
    passages = split.passages(["x" * 100], lambda text: len(text), 30)

    assert all(len(s) <= 30 for p in passages for s in p)
