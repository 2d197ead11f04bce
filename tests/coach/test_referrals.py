"""The places with people: every region served, nothing shown as checked that is not, mistakes told by entry."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from coach import referrals
from coach.__main__ import main
from coach.errors import Misconfigured
from coach.referrals import Purpose
from coach.settings import REGIONS, WORLDWIDE
from coach.thread import Referral

TODAY = date(2030, 6, 1)
ALL_PURPOSES = ", ".join(f'"{p}"' for p in Purpose)
EVERYWHERE = (*REGIONS, WORLDWIDE)


def entry(id: str = "xx", region: str = WORLDWIDE, purposes: str = ALL_PURPOSES, more: str = "") -> str:
    return (
        f'[[referral]]\nid = "{id}"\npurposes = [{purposes}]\nname = "A line"\nfor_whom = "anyone"\n'
        f'region = "{region}"\nurl = "https://example.org/{id}"\nlanguages = ["en"]\n{more}\n'
    )


def file(folder: Path, *entries: str) -> Path:
    path = folder / "referrals.toml"
    path.write_text("\n".join(entries), encoding="utf-8")
    return path


def checked(day: str) -> str:
    return f'phone = "123"\nverified_on = {day}\nverified_by = "AB"'


@pytest.mark.parametrize("region", EVERYWHERE)
@pytest.mark.parametrize("purpose", Purpose)
def test_referrals_serve_every_purpose_in_every_region(purpose: Purpose, region: str) -> None:
    """Nobody gets nothing, wherever she lives and whatever she needs."""
    found = referrals.for_purpose(purpose, region)

    assert 1 <= len(found) <= 3
    assert all(r.region in (region, WORLDWIDE) for r in found)


@pytest.mark.parametrize("region", REGIONS)
@pytest.mark.parametrize(
    "purpose", [Purpose.EMERGENCY, Purpose.CRISIS, Purpose.ABUSE, Purpose.STALKING, Purpose.CHILDREN]
)
def test_referrals_begin_with_a_place_of_the_region_itself(purpose: Purpose, region: str) -> None:
    """For danger, crisis, abuse, stalking and children every named region has a place of its own."""
    assert referrals.for_purpose(purpose, region)[0].region == region


@pytest.mark.parametrize("region", REGIONS)
def test_emergency_is_one_dial_away_and_never_another_country_s(region: str) -> None:
    """A second, distant number would cost time: only the region's own emergency numbers are shown."""
    found = referrals.for_purpose("emergency", region)

    assert found[0].phone
    assert {r.region for r in found} == {region}


@pytest.mark.parametrize("region", EVERYWHERE)
@pytest.mark.parametrize("purpose", [Purpose.ABUSE, Purpose.STALKING, Purpose.OWN_CONDUCT])
def test_a_man_finds_somebody_for_him_among_the_first_three(purpose: Purpose, region: str) -> None:
    """A man is hurt, followed and hurting too; one of the places shown says that it serves him."""
    whom = [r.for_whom.split() for r in referrals.for_purpose(purpose, region)]

    assert any({"anyone", "anyone,", "men", "people"} & set(words) for words in whom)


@pytest.mark.parametrize("region", EVERYWHERE)
def test_a_woman_who_hurts_her_partner_finds_a_place_not_for_men_alone(region: str) -> None:
    """Most programmes were made for men; where there are only such, the worldwide directory stands beside them."""
    assert any(r.for_whom.startswith("anyone") for r in referrals.for_purpose("own_conduct", region))


@pytest.mark.parametrize("referral", referrals.all_referrals(), ids=lambda r: r.id)
def test_an_entry_about_violence_says_whom_it_serves(referral: Referral) -> None:
    """Whoever reads an entry about violence must know at once whether to ring: anyone, women, men, or which group."""
    purposes = set(referrals.load().purposes[referral.id])
    words = referral.for_whom.replace(",", "").split()

    if purposes & {Purpose.ABUSE, Purpose.STALKING, Purpose.OWN_CONDUCT}:
        assert {"anyone", "women", "men", "people"} & set(words)


def test_the_numbers_that_everybody_knows_are_right() -> None:
    """A slip of the pen in these would be the worst mistake in the project."""
    phones = {r.id: r.phone for r in referrals.all_referrals()}

    assert (phones["us-911"], phones["us-988"], phones["us-ndvh"]) == ("911", "988", "1-800-799-7233")
    assert (phones["gb-999"], phones["gb-samaritans"], phones["gb-ndah"]) == ("999", "116 123", "0808 2000 247")
    assert (phones["au-000"], phones["au-lifeline"], phones["au-1800respect"]) == ("000", "13 11 14", "1800 737 732")
    assert (phones["de-112"], phones["fr-3114"], phones["es-016"], phones["it-1522"]) == ("112", "3114", "016", "1522")
    assert (phones["br-cvv"], phones["br-180"], phones["in-tele-manas"], phones["ie-112"]) == (
        "188",
        "180",
        "14416",
        "112",
    )


def test_uk_is_taken_for_gb_and_an_unknown_region_gets_the_worldwide_places() -> None:
    """Regions are ISO codes; a region without entries is served by ZZ."""
    assert referrals.for_purpose("crisis", "uk") == referrals.for_purpose("crisis", "GB")
    assert {r.region for r in referrals.for_purpose("abuse", "JP")} == {WORLDWIDE}


def test_a_region_s_own_places_come_first_and_worldwide_ones_fill_up(tmp_path: Path) -> None:
    """Best first is the file's order within the region, then ZZ, up to the limit."""
    path = file(tmp_path, entry("zz-1"), entry("de-1", "DE", '"abuse"'), entry("de-2", "DE", '"abuse"'), entry("zz-2"))

    assert [r.id for r in referrals.for_purpose("abuse", "DE", path=path)] == ["de-1", "de-2", "zz-1"]
    assert [r.id for r in referrals.for_purpose("abuse", "DE", limit=1, path=path)] == ["de-1"]


def test_an_unknown_purpose_is_a_fault_that_names_the_known_ones() -> None:
    """A typo in a reply must not silently show nobody."""
    with pytest.raises(Misconfigured, match=r"no purpose `suicide`; .*crisis"):
        referrals.for_purpose("suicide", "US")


@pytest.mark.parametrize(("day", "exit_code"), [("2030-05-01", 0), ("2029-05-01", 1)])
def test_a_release_stops_while_a_number_is_due(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], day: str, exit_code: int
) -> None:
    """`make release` begins with this command; make goes no further where it exits with 1."""
    path = file(tmp_path, entry(more=checked(day)))

    assert main(["referrals"], today=TODAY, list_of=path) == exit_code
    assert capsys.readouterr().out == referrals.report(TODAY, path) + "\n"


@pytest.mark.parametrize(
    ("day", "is_due"), [("2030-06-01", False), ("2029-06-01", False), ("2029-05-31", True), ("2030-06-02", True)]
)
def test_an_entry_is_due_after_a_year_and_when_dated_in_the_future(tmp_path: Path, day: str, is_due: bool) -> None:
    """365 days are good, 366 are not; a date after today is a slip of the pen."""
    path = file(tmp_path, entry(more=checked(day)))

    assert bool(referrals.due(TODAY, path)) is is_due


def test_the_report_lists_what_is_due_with_number_and_link(tmp_path: Path) -> None:
    """Whoever sits down to check them has one line an entry."""
    path = file(
        tmp_path, entry("fresh", more=checked("2030-05-01")), entry("stale", more=checked("2020-05-01")), entry("never")
    )

    report = referrals.report(TODAY, path)

    assert report.startswith("2 of 3 referrals are due")
    assert "ZZ  stale  A line: 123; last checked 2020-05-01; https://example.org/stale" in report
    assert "ZZ  never  A line: no number; never checked; https://example.org/never" in report
    assert "fresh" not in report


def test_the_report_says_so_when_nothing_is_due(tmp_path: Path) -> None:
    """A release check that passes says why in one line."""
    path = file(tmp_path, entry(more=checked("2030-05-01")))

    assert referrals.report(TODAY, path) == "All 1 referrals were checked with their providers within 365 days."


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ('phone = "call us"', "entry `bad`, phone"),
        ('verified_by = "AB"', "entry `bad`: .*belong together"),
        ("verified_on = 2030-01-01", "entry `bad`: .*belong together"),
        ('fax = "1"', "entry `bad`, fax"),
    ],
)
def test_a_mistake_is_told_by_file_and_entry(tmp_path: Path, more: str, told: str) -> None:
    """Someone who does not code can find and correct it."""
    path = file(tmp_path, entry("good"), entry("bad", more=more))

    with pytest.raises(Misconfigured, match=rf"referrals\.toml: {told}"):
        referrals.load(path)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([entry("a"), entry("a")], "entry `a` stands there twice"),
        ([entry("a", "XX")], "entry `a`, region: .*`XX` is not one of US"),
        ([entry("a", purposes='"love"')], "entry `a`, purposes"),
        ([entry("a", purposes='"crisis"')], "no entry of region ZZ is for emergency, abuse"),
        (["not toml"], "cannot be read"),
    ],
)
def test_a_list_that_would_leave_somebody_without_help_is_refused(tmp_path: Path, rows: list[str], told: str) -> None:
    """Doubled ids, unknown regions or purposes, and gaps in the worldwide entries stop the service at start."""
    with pytest.raises(Misconfigured, match=told):
        referrals.load(file(tmp_path, *rows))


def test_a_missing_file_is_told_by_name(tmp_path: Path) -> None:
    """The message has the file; nothing is shown in its place."""
    with pytest.raises(Misconfigured, match=r"gone\.toml cannot be read"):
        referrals.load(tmp_path / "gone.toml")
