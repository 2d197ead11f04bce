"""Citations are recalled and precise as in ALCE."""

from evals.citation import Entailed, f1, precise, recall, repeated, shingles


def test_a_sentence_is_recalled_if_its_citations_together_entail_it():
    """Two halves make a whole."""
    assert recall(Entailed(by_all=True, alone=(False, False), without=(False, False))) == 1


def test_a_sentence_without_citations_is_not_recalled():
    """Nothing cited, nothing recalled."""
    assert recall(Entailed(by_all=True, alone=(), without=())) == 0


def test_a_citation_that_is_neither_enough_nor_needed_is_not_precise():
    """The first alone entails the sentence; the second adds nothing."""
    assert precise(Entailed(by_all=True, alone=(True, False), without=(False, True))) == (True, False)


def test_citations_of_an_unsupported_sentence_are_not_precise():
    """Precision needs recall."""
    assert precise(Entailed(by_all=False, alone=(False,), without=(False,))) == (False,)


def test_f1_of_a_half_and_one_is_two_thirds():
    """2 * 0.5 * 1 / 1.5."""
    assert round(f1(0.5, 1.0), 3) == 0.667
    assert f1(0.0, 0.0) == 0.0


def test_shingles_ignore_capitals_and_marks():
    """Runs of two words of four."""
    assert shingles("Wait, and see how.", 2) == {("wait", "and"), ("and", "see"), ("see", "how")}


def test_a_repeat_is_found_behind_other_marks():
    """The same words with another stop are the same sentence."""
    assert repeated(["Give him room.", "Rest.", "give him room"])
    assert not repeated(["Give him room.", "Rest."])
