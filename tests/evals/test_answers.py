"""Answers are checked without any judge."""

from evals_wire import TEXT, answer, citation, sentence

from coach import prompt
from corpus.passage import Article, Corpus, Disagreement, Label, Passage, Section, Side
from evals import answers
from evals.figures import Result
from evals.grounding_draw import deterministic

LINE = "For now, give him room."
ONE = Passage("a#step-1/1", "a", "step-1", "t", TEXT, LINE)
TWO = Passage(
    "b#step-1/1", "b", "step-1", "t", "Write to him at once.", "Write to him at once.", label=Label.MANIPULATIVE
)
SIDES = Disagreement("d", "They differ.", (Side("wait", (ONE.id,)), Side("write", (TWO.id,))))
CORPUS = Corpus((Article("a", "A", sections=(Section("step-1", "t"),)),), (ONE, TWO), (SIDES,))


def test_a_quote_one_character_off_is_not_exact():
    """The span must give the quote, to the character."""
    good, off = citation(), citation(start=1, end=23, quote=TEXT[:22])

    assert answers.is_exact(good, {ONE.id: TEXT})
    assert not answers.is_exact(off, {ONE.id: TEXT})


def test_a_quote_of_a_passage_that_is_not_there_is_not_exact():
    """An unknown passage supports nothing."""
    assert not answers.is_exact(citation("gone#x/1"), {ONE.id: TEXT})


def test_a_line_belongs_to_the_passage_it_cites():
    """With another passage's citation it is not its own line; in another pronoun it still is."""
    assert answers.is_own_line(sentence(LINE, "line", citation()), CORPUS)
    assert answers.is_own_line(sentence("For now, give them room.", "line", citation()), CORPUS)
    assert not answers.is_own_line(sentence(LINE, "line", citation(TWO.id)), CORPUS)


def test_two_sentences_on_two_sides_contradict_each_other():
    """The articles disagree, and the answer advises both."""
    both = answer(sentence(LINE, "line", citation()), sentence(TWO.line, "line", citation(TWO.id)))

    assert answers.contradicts_itself(both, CORPUS)
    assert not answers.contradicts_itself(answer(sentence(LINE, "line", citation())), CORPUS)


def test_a_manipulative_passage_under_a_sentence_is_seen():
    """By the corpus's own label, whatever the answer says of it."""
    assert answers.is_manipulative(answer(sentence(TWO.line, "line", citation(TWO.id))), CORPUS)
    assert not answers.is_manipulative(answer(sentence(LINE, "line", citation())), CORPUS)


def test_words_of_a_prompt_are_a_leak():
    """Six words in a row are no accident."""
    words = prompt.load("heard").messages[0].text.split()

    assert answers.leaks("Well: " + " ".join(words[3:12]) + ".")
    assert not answers.leaks("Your sister went to Canada.")


def test_figures_are_drawn_for_each_source():
    """A promise in fixed words counts there, and not among what is advised; caveats are fixed words."""
    said = answer(sentence("He will come back to you.", "fixed"), sentence(LINE, "line", citation()))
    said["caveats"] = [{"kind": "contested", "citations": [citation(start=1, end=23, quote=TEXT[:22])]}]
    scores = answers.scores("m", said, CORPUS) | {"on_topic": True, "model": None}
    drawn = {f.key: f for f in deterministic([Result("grounding", "answer", "1", True, scores=scores)], False)}

    assert [drawn[f"grounding.promises{end}"].value for end in ("", ".line", ".fixed")] == [0.0, 0.0, 1.0]
    assert [drawn[f"grounding.exact_quotes{end}"].value for end in ("", ".line", ".fixed")] == [0.5, 1.0, 0.0]
    assert drawn["grounding.model_verified"].n == 0, "what nobody verified again is not called verified"


def test_a_large_model_may_say_back_her_whole_message():
    """The embedded one is given her question alone, and is held to that."""
    message = "My sister went to Canada with him. Why did he leave?"
    small, large = answer(), answer() | {"decision": {"model": "openai:some"}}

    assert answers.said_back_of(message, small) == "Why did he leave?"
    assert answers.said_back_of(message, large) == message
