"""Our own Markdown: what it says is read, and what is wrong in it is named with file and line."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.passage import Aim, Label, Stage
from ingest import articles
from ingest.errors import BadInput

Write = Callable[..., str]
HERE = Path("walks.md")
OURS = Path(__file__).parents[2] / "corpus" / "articles"
COUNTDOWN = re.compile(
    r"(?<!every )\b(\d+|two|three|four|six|ten|thirty|sixty|ninety) (days?|weeks?|months?)\b", re.IGNORECASE
)


def wrong(text: str) -> list[str]:
    with pytest.raises(BadInput) as error:
        articles.read(HERE, text)
    return [str(p) for p in error.value.problems]


def test_an_article_is_read_with_its_sections_and_passages(write: Write) -> None:
    """Ids are made of article, section and number; sections keep their order and titles."""
    read = articles.read(HERE, write(sections={"intro": ["One."], "step-1": ["Two.", "Three."]}))

    assert [p.id for p in read.passages] == ["01-walks#intro/1", "01-walks#step-1/1", "01-walks#step-1/2"]
    assert [s.id for s in read.article.sections] == ["intro", "step-1"]
    assert read.article.authors == ("Ann Ode", "Bo Tree")


@pytest.mark.parametrize("path", sorted(OURS.glob("*.md")), ids=lambda path: path.stem)
def test_beside_a_no_no_line_counts_days(path: Path) -> None:
    """Who has been told no is given no day on which to try again."""
    read = articles.read(path, path.read_text(encoding="utf-8"))
    safe = [passage.line for passage in read.passages if "respect_decision" in passage.safe_with]

    assert [line for line in safe if COUNTDOWN.search(line)] == []


def test_a_passage_is_read_with_all_its_keys() -> None:
    """Every key of the README reaches the passage."""
    text = (
        "---\nid: a\ntitle: T: with a colon\n---\n## s Title\n### 1\nLine: Walk.\nLabel: contested\nBecause: Another says run.\n"
        "Stages: just happened, letting go\nAim: self\nSafe with: abuse, minor\nAsked:\n- a?\n- b?\n- c?\n\nWalk,\nevery day.\n"
    )
    (passage,) = articles.read(HERE, text).passages

    assert (passage.line, passage.text, passage.asked) == ("Walk.", "Walk, every day.", ("a?", "b?", "c?"))
    assert (passage.label, passage.because, passage.aim) == (Label.CONTESTED, "Another says run.", Aim.SELF)
    assert (passage.stages, passage.safe_with) == ((Stage.JUST_HAPPENED, Stage.LETTING_GO), ("abuse", "minor"))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("Aim: self", "Aims: self", "unknown key `Aims`"),
        ("Aim: self", "Aim: both", "unknown aim `both`; choose him, us, self"),
        ("Label: sound", "Label: good", "unknown label `good`; choose sound, contested, manipulative"),
        ("Stages: silence", "Stages: quiet", "unknown stages `quiet`"),
        ("Label: sound", "Label: contested", "`Because` is missing"),
        ("Label: sound", "Label: sound\nBecause: x", "a sound passage has no `Because`"),
        ("Line: Give him room for a while.\n", "", "`Line` is missing"),
        ("Line: Give", "Line: " + "very " * 40 + "give", "the line has"),
        ("- he left, what now\n", "", "2 questions; give 3 to"),
        ("- he left, what now", "- should I text him?", "stands twice"),
        ("### 1", "### 2", "passage `2` where 1 comes next"),
        ("## step-1 A title", "## Step One", "`Step` is not a section id"),
        ("## step-1 A title", "# step-1", "unknown heading"),
        ("Walk by the river every morning.", "", "the passage itself is missing"),
        ("Walk by", "Walk.\n\nWalk by", "a passage is one paragraph"),
        ("Walk by", "Safe with: abuse\nWalk by", "stands after the empty line"),
        ("Walk by", "walk " * 200 + "by", "split it, 150 at most"),
        ("site:", "sites: x", "unknown key `sites`"),
        ("title: Walks", "", "`title` is missing"),
        ("id: 01-walks", "id: Walks!", "`Walks!` is not an id"),
    ],
)
def test_what_is_wrong_is_named(write: Write, old: str, new: str, says: str) -> None:
    """Each mistake is told with the file, its line and what to do."""
    problems = wrong(write().replace(old, new))

    assert any(says in p for p in problems), problems
    assert all(p.startswith("walks.md:") for p in problems)


def test_a_mistake_is_told_with_its_line(write: Write) -> None:
    """Lines count from 1, as editors count them."""
    text = write().replace("Aim: self", "Aims: self")
    line = text.split("\n").index("Aims: self") + 1

    assert any(p.startswith(f"walks.md:{line}: ") for p in wrong(text))


def test_all_mistakes_are_told_at_once(write: Write) -> None:
    """Somebody who corrects a file sees everything that is wrong with it."""
    text = write().replace("Aim: self", "Aim: both").replace("Stages: silence", "Stages: quiet")

    assert len(wrong(text)) == 2


def test_a_section_that_stands_twice_is_wrong(write: Write) -> None:
    """Citations need one place for one id."""
    text = write() + write(sections={"step-1": ["Again."]}).split("---\n")[2]

    assert any("section `step-1` stands twice" in p for p in wrong(text))


def test_a_section_without_passages_is_wrong(write: Write) -> None:
    """An empty section would be listed and never answer anything."""
    assert any("section `step-2` has no passage" in p for p in wrong(write() + "\n## step-2 Empty\n"))


def test_markdown_without_our_block_is_foreign() -> None:
    """A blog's own front matter does not make an article ours; our block or our passages do."""
    assert not articles.is_ours("---\ntitle: A post\nlayout: blog\n---\nText.")
    assert articles.is_ours("---\nid: x\n---\nText.")
    assert articles.is_ours("## s T\n### 1\nLine: x\n")
