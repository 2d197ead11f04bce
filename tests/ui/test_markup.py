"""What cannot be injected, what counts as a link, and what a text line becomes."""

from ui.markup import Html, join, link, tag, text
from ui.render import marked, referrals
from ui.shapes import Referral


def test_text_is_shown_and_never_run():
    """A plain string in an element is text, whatever it holds."""
    assert tag("p", "<b>&amp;\"'") == "<p>&lt;b&gt;&amp;amp;&quot;&#x27;</p>"


def test_an_attribute_cannot_be_left():
    """Quotes in an attribute do not end it."""
    assert tag("p", title='" onclick="x') == '<p title="&quot; onclick=&quot;x"></p>'


def test_markup_is_not_escaped_twice():
    """What `tag` made stays markup when it is put into another element."""
    assert tag("p", tag("b", "x"), text("<"), join("&", None)) == "<p><b>x</b>&lt;&amp;</p>"


def test_only_known_schemes_become_links():
    """`javascript:` and `http:` addresses are shown, not linked."""
    for address in ("javascript:alert(1)", "http://x.example", "data:text/html,x", "//x.example", "https//["):
        assert link(address, "x") == "x"
    assert link("tel:988", "x") == '<a href="tel:988">x</a>'


def test_a_foreign_page_learns_nothing_of_ours():
    """A link out names no referrer and gets no handle on this page."""
    assert 'rel="noopener noreferrer"' in link("https://x.example", "x")


def test_overlapping_quotes_are_marked_once():
    """Spans that overlap, stand in disorder or reach past the end leave the text as it is."""
    made = marked("abcdef", [(4, 99), (0, 2), (1, 3)])

    assert made == "<mark>ab</mark><mark>c</mark>d<mark>ef</mark>"
    assert isinstance(made, Html)


def test_an_unchecked_number_stands_after_the_link():
    """Without a day of checking the link comes first and the word says why."""
    made = referrals((Referral(name="A", phone="1-800 555", url="https://a.example/"),))

    assert made is not None
    assert made.index("https://a.example/") < made.index("tel:1800555")
    assert "could not check" in made


def test_a_checked_number_stands_first():
    """With a day of checking the number comes first, and the day is shown."""
    made = referrals((Referral(name="A", phone="988", url="https://a.example/", verified_on="2026-10-01"),))

    assert made is not None
    assert made.index("tel:988") < made.index("https://a.example/")
    assert "2026-10-01" in made


def test_a_text_line_is_one_tap():
    """A keyword and a number become a message ready to send; other words stay words."""
    made = referrals(
        (Referral(name="A", text_line="text HOME to 741741"), Referral(name="B", text_line="WhatsApp 1 22"))
    )

    assert made is not None
    assert 'href="sms:741741?&amp;body=HOME"' in made
    assert made.count("href") == 1


def test_only_the_first_place_of_a_caveat_stands_open():
    """The others are one press away, so that the answer below stays in sight."""
    made = referrals((Referral(name="A"), Referral(name="B"), Referral(name="C")), n_open=1)

    assert made is not None
    assert made.index("A") < made.index("<details") < made.index("B")
    assert "(2)" in made
