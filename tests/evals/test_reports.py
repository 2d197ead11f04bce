"""A report says what fell, is the same twice, and keeps to itself."""

import json
import re
import shlex
from dataclasses import replace
from xml.etree import ElementTree as Xml

from evals_wire import Counting, Echo

from evals import charts, floors, page
from evals.figures import Result
from evals.floors import Floor
from evals.report import Report, errors, markdown, stable, write
from evals.run import Plan, run

ABOUT = {"model": "none", "corpus_digest": "c" * 64, "split": "untouched", "fast": False, "n": None, "against": ""}


async def made(folder, floor=0.4, made_on="2026-01-01T00:00:00"):
    """Run the counting suite and report it."""
    outcome = await run(Plan((Counting(4),), folder, ABOUT, is_quiet=True), Echo())
    figures = [f for d in outcome.drawn.values() for f in d.figures] + errors(outcome)
    judged = floors.judge(
        figures, {"counting.even": Floor(floor=floor, target=0.9)}, {"counting.even": 0.25}, is_whole=True
    )
    report = Report(ABOUT, tuple(judged), (), outcome, made_on)
    write(report, folder)
    return report


async def test_exit_code_is_three_only_where_a_floor_fell(tmp_path):
    """Half of the samples pass: 0.4 holds, 0.6 does not."""
    assert (await made(tmp_path)).exit_code == 0
    assert (await made(tmp_path, floor=0.6)).exit_code == 3


async def test_a_floor_that_was_not_measured_fails_the_run(tmp_path):
    """Silence is not a pass."""
    assert replace(await made(tmp_path), missing=("x.y",)).exit_code == 3


async def test_two_runs_are_equal_without_their_volatile_fields(tmp_path):
    """Times, ids and dates aside, the same seed gives the same report."""
    first = (await made(tmp_path)).as_dict()
    second = (await made(tmp_path, made_on="2027-01-01T00:00:00")).as_dict()

    assert first != second
    assert stable(first) == stable(second)


async def test_junit_fails_a_floor_and_only_notes_a_sample(tmp_path):
    """A sample is evidence, not a gate."""
    await made(tmp_path, floor=0.6)
    root = Xml.parse(tmp_path / "junit.xml").getroot()

    assert [f.get("message") for f in root.iter("failure")] == ["0.5 misses the floor 0.6"]
    assert len(list(root.iter("skipped"))) == 2


async def test_markdown_shows_interval_floor_target_and_change(tmp_path):
    """Value 0.5 of 4, 0.25 before."""
    text = markdown((await made(tmp_path)).as_dict())

    assert "| even | 0.500 | 0.150 to 0.850 | 4 | 0.400 | 0.900 | +0.250 | below target |" in text


async def test_the_page_asks_nobody_for_anything(tmp_path):
    """No address of another host, no import, and a policy that forbids them."""
    await made(tmp_path)
    page = (tmp_path / "report.html").read_text()

    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", page)
    assert not re.findall(r"https?://|@import|url\(", page)
    assert "default-src 'none'" in page


async def test_a_message_cannot_end_the_pages_script(tmp_path):
    """What people wrote is data: `</script>` in it stays inside."""
    await made(tmp_path)
    page = (tmp_path / "report.html").read_text()
    data = re.search(r'id="data">(.*?)</script>', page, re.DOTALL).group(1)

    assert json.loads(data)[0]["messages"] == ["message 1 </script>"]


async def test_a_failure_has_the_command_that_runs_it_again_from_anywhere(tmp_path):
    """The results' own folder, whole, and quoted where its name has a space."""
    folder = tmp_path / "my report"
    await made(folder)
    data = re.search(r'id="data">(.*?)</script>', (folder / "report.html").read_text(), re.DOTALL).group(1)

    command = json.loads(data)[0]["command"]
    assert shlex.split(command) == [
        *"python -m evals replay".split(),
        str(folder / "results.jsonl"),
        "--key",
        "counting/p/1",
    ]


def test_no_suites_failures_are_left_out_of_a_long_page_wholly():
    """As many of each suite as there is room for; how many are shown is said."""
    results = [Result("safety", "p", str(i), False) for i in range(1000)]
    results += [Result("conversation", "p", str(i), False) for i in range(10)]

    assert sum(r.suite == "conversation" for r in page._embeddable(results)) == 10
    assert len(page._embeddable(results)) == page.MAX_FAILURES
    assert "800" in page._shown(results)


def test_a_section_without_its_article_is_drawn_all_the_same():
    """One's own sample may name one that there is not."""
    assert "step-4" in charts.heat([{"section": "step-4", "n": 1, "hit@5": 1.0}])


async def test_a_run_to_which_no_floor_applies_does_not_say_that_every_floor_holds(tmp_path):
    """One's own samples have none."""
    rows = (await made(tmp_path, floor=None)).as_dict()

    assert "No floor applies" in markdown(rows)
