"""Bad input names the file (and the line), ends with exit 2 and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.store import Store
from ingest import files

Ingest = Callable[..., int]


def spoil_with(name: str, content: bytes) -> Callable[[Path], Path]:
    def spoil(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder

    return spoil


def sparse(folder: Path) -> Path:
    with (folder / "02-big.md").open("wb") as file:
        file.truncate(50_000_000)
    return folder


def no_articles(folder: Path) -> Path:
    (folder / "empty").mkdir()
    (folder / "empty" / "notes.docx").write_bytes(b"x")
    return folder / "empty"


GOOD = "---\nid: 01-walks\ntitle: T\n---\n## s T\n"
CASES = {
    "empty": (spoil_with("02-new.md", b" \n"), "02-new.md: is empty"),
    "binary": (spoil_with("02-new.txt", b"One\nTwo\0\n"), "02-new.txt:2: holds binary data"),
    "not UTF-8": (spoil_with("02-new.txt", b"One\nTwo\ncaf\xe9\n"), "02-new.txt:3: is not UTF-8 (byte 0xe9)"),
    "50 MB": (sparse, "02-big.md: is 50 MB"),
    "duplicate id": (lambda f: spoil_with("02-new.md", (f / "01-walks.md").read_bytes())(f), "`01-walks` is taken by"),
    "unknown key": (
        spoil_with("02-new.md", b"---\nid: b\ntitle: T\nyear: 1\n---\n"),
        "02-new.md:4: unknown key `year`",
    ),
    "no articles": (no_articles, "empty: no articles in this folder"),
    "no such path": (lambda f: f / "nowhere", "nowhere: does not exist"),
    "no text in page": (spoil_with("02-new.html", b"<html><body></body></html>"), "02-new.html: no article was found"),
    "only headings": (spoil_with("02-new.txt", b"Step 1: Walk by the River"), "02-new.txt: holds no paragraphs"),
    "bad contradictions": (spoil_with("disagreements.toml", b"x"), "disagreements.toml:1: is not TOML"),
    "another format": (lambda f: spoil_with("a.docx", b"x")(f) / "a.docx", "a.docx: is not an article"),
}


@pytest.mark.parametrize(("spoil", "says"), CASES.values(), ids=CASES)
def test_bad_input_is_named_and_changes_nothing(
    ingest: Ingest,
    folder: Path,
    store: Store,
    capsys: pytest.CaptureFixture[str],
    spoil: Callable[[Path], Path],
    says: str,
) -> None:
    """The former index serves on, the message says which file, and the exit code is 2."""
    assert ingest(folder) == 0
    former = store.current_name()

    assert ingest(spoil(folder)) == 2
    told = capsys.readouterr().err
    assert says in told
    assert told.endswith("ingest: nothing was changed.\n")
    assert store.current_name() == former


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("article\tsection\tline\ttopic\n", "outline.tsv:1: the first line must be the column names"),
        ("article\tsection\tfirst_line\ttopic\nwalk\ts\tone\tx\n", "outline.tsv:2: wants 4 cells"),
        ("article\tsection\tfirst_line\ttopic\nwalk\ts\t3\tx\nwalk\tt\t3\tx\n", "outline.tsv:3: first_line 3 does not"),
        (
            "article\tsection\tfirst_line\ttopic\nwalk\ts\t1\tx\nwalk\ts\t3\tx\n",
            "outline.tsv:3: section `s` of walk stands",
        ),
        ("article\tsection\tfirst_line\ttopic\nother\ts\t1\tx\n", "outline.tsv: names other, none of which"),
        (
            "article\tsection\tfirst_line\ttopic\nwalk\ts\t1\tx\nwalk\tt\t99\ty\n",
            "walk.txt:99: the outline begins section",
        ),
    ],
)
def test_a_wrong_outline_is_named(
    ingest: Ingest, tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: str, says: str
) -> None:
    """An outline that does not fit its text would give every citation a wrong section."""
    (tmp_path / "walk.txt").write_text("One walk by the river.\n\nAnother walk.\n", encoding="utf-8")
    (tmp_path / "outline.tsv").write_text(rows, encoding="utf-8")

    assert ingest(tmp_path / "walk.txt", "--outline", tmp_path / "outline.tsv") == 2
    assert says in capsys.readouterr().err


def test_only_the_first_problems_are_printed(
    ingest: Ingest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file in quite another format does not flood the screen."""
    (tmp_path / "a.md").write_text(GOOD + "### 1\n" + "x\n" * 100, encoding="utf-8")

    assert ingest(tmp_path / "a.md") == 2
    assert "and 8" in capsys.readouterr().err


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    """What Windows editors write is plain text too."""
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfOne\r\nTwo\rThree")

    assert files.read(tmp_path / "a.txt") == "One\nTwo\nThree"


def test_a_readme_beside_articles_is_no_article(folder: Path) -> None:
    """Nor are hidden files."""
    (folder / "README.md").write_text("About these articles.", encoding="utf-8")
    (folder / ".draft.md").write_text("Not yet.", encoding="utf-8")

    assert [p.name for p in files.find([folder])] == ["01-walks.md"]


@pytest.mark.parametrize("text", ['{"a": 0.9,\n<<<<<<< HEAD\n}', "[]", '{"a": "0.9"}'])
def test_broken_supports_are_told_with_their_file(
    ingest: Ingest, folder: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """A merge that went wrong is somebody's to mend, not a traceback."""
    (folder / "supports.json").write_text(text, encoding="utf-8")

    assert ingest(folder) == 2
    assert "supports.json" in capsys.readouterr().err
