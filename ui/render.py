"""A turn as markup: sources, caveats, sentences with their markers, referrals, and how it ended.

Pure functions from shapes to `Html`. What goes where and when is `talk.py`'s, how it looks `assets/page.css`'s.
Ids begin with the turn's key, which the page gives: `t3-p2` is the second source of the third turn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ui.markup import Html, join, link, tag
from ui.shapes import Answer, Catalogue, Caveat, Citation, Passage, Referral, Sentence
from ui.words import section_name, words


def strip(key: str, passages: Sequence[Passage], catalogue: Catalogue) -> Html:
    """Return one line that counts the passages, each to be opened: all that a phone shows of them at first."""
    told = words("sources")
    n_articles = len({p.article for p in passages})
    origin = told["one_article"] if n_articles == 1 else told["articles"].format(n=n_articles)
    count = told["one"] if len(passages) == 1 else told["many"].format(n=len(passages), m=origin)
    chips = (_marker(key, n, p, catalogue, "chip") for n, p in enumerate(passages, 1))
    return join(tag("span", count, class_="count"), *chips)


def cards(key: str, passages: Sequence[Passage], catalogue: Catalogue) -> Html:
    """Return the passages of a turn, each to be opened in its place."""
    return join(*(source(key, n, passages, catalogue) for n in range(1, len(passages) + 1)))


def source(key: str, number: int, passages: Sequence[Passage], catalogue: Catalogue) -> Html:
    """Return one passage with its article, step, label, and the other side where articles disagree."""
    passage = passages[number - 1]
    label = words("labels").get(passage.label)
    head = tag(
        "summary",
        tag("span", str(number), class_="number", aria_hidden="true"),
        tag(
            "span",
            tag("span", f"{section_name(passage.section)}: {passage.title}", class_="step"),
            tag("span", _article_title(passage.article, catalogue), class_="article"),
            class_="where",
        ),
        tag("span", label, class_=f"label {passage.label}") if label else None,
    )
    body = tag(
        "div",
        tag("p", _authors(passage.article, catalogue), class_="authors"),
        tag("blockquote", marked(passage.text, ()), id=f"{key}-q{number}"),
        _other_side(key, passage, passages, catalogue),
        tag("button", words("sources")["in_article"], type="button", class_="quiet", data_read=passage.passage_id),
        class_="body",
    )
    return tag("details", head, body, class_="source", id=f"{key}-p{number}")


def marked(text: str, spans: Iterable[tuple[int, int]]) -> Html:
    """Return a text with its spans marked; overlapping spans are one, and spans outside it none."""
    pieces: list[str] = []
    at = 0
    for start, end in sorted(spans):
        start, end = max(start, at), min(end, len(text))
        if start >= end:
            continue
        pieces += [text[at:start], tag("mark", text[start:end])]
        at = end
    return join(*pieces, text[at:])


def spans_of(passage: Passage, citations: Iterable[Citation]) -> tuple[tuple[int, int], ...]:
    """Return the spans cited of a passage; one that does not say what it claims to is not marked."""
    own = (c for c in citations if c.passage_id == passage.passage_id)
    return tuple((c.start, c.end) for c in own if passage.text[c.start : c.end] == c.quote)


def sentence(key: str, said: Sentence, passages: Sequence[Passage], catalogue: Catalogue) -> Html:
    """Return a sentence with a marker for each passage it rests on."""
    kind = "from-model" if said.source == "model" else "from-line" if said.source == "line" else "fixed"
    marks = markers(key, said.citations, passages, catalogue)
    return tag("p", said.text, " " if marks else None, marks, class_=f"sentence {kind}", data_sentence=said.id)


def markers(key: str, citations: Iterable[Citation], passages: Sequence[Passage], catalogue: Catalogue) -> Html:
    """Return one marker for each cited passage, in the order cited."""
    numbers = {p.passage_id: n for n, p in enumerate(passages, 1)}
    cited = dict.fromkeys(numbers[c.passage_id] for c in citations if c.passage_id in numbers)
    return join(*(_marker(key, n, passages[n - 1], catalogue, "marker") for n in cited))


def caveat(key: str, said: Caveat, passages: Sequence[Passage], catalogue: Catalogue) -> Html:
    """Return a caveat: its heading, what it says, what backs it, who helps."""
    heading = words("caveats").get(said.kind, said.kind)
    return tag(
        "section",
        tag("h3", heading),
        tag("p", said.text, " ", markers(key, said.citations, passages, catalogue)),
        referrals(said.referrals, n_open=1),  # a caveat stands over every turn: the answer is to stay in sight
        class_=f"caveat {said.kind}",
        aria_label=heading,
    )


def referrals(places: Sequence[Referral], is_headed: bool = False, n_open: int | None = None) -> Html | None:
    """Return places with people as cards to tap, all but the first `n_open` folded; None where there are none."""
    if not places:
        return None
    told = words("referral")
    listed = [tag("li", _referral(p)) for p in places]
    n_open = len(listed) if n_open is None else n_open
    more = (
        tag(
            "details",
            tag("summary", told["more"].format(n=len(listed) - n_open)),
            tag("ul", *listed[n_open:]),
            class_="more",
        )
        if len(listed) > n_open
        else None
    )
    heading = tag("h3", told["heading"]) if is_headed else None
    return tag("div", heading, tag("ul", *listed[:n_open]), more, class_="referrals")


def choices(answers: Sequence[str]) -> Html | None:
    """Return the answers to tap, under the question they answer; None where the coach asked nothing."""
    if not answers:
        return None
    told = words("choices")
    buttons = (tag("button", answer, type="button", class_="choice") for answer in answers)
    return tag("div", tag("p", told["heading"]), *buttons, class_="answers", role="group", aria_label=told["heading"])


def ended(answer: Answer) -> Html | None:
    """Return how a turn ended, to stand beside the coach's name; None for an ordinary answer."""
    told = words("outcomes").get(answer.outcome, answer.outcome)
    return tag("span", told) if told else None


def broken(told: str, can_ask_again: bool = True) -> Html:
    """Return the form of a turn that broke off or never began."""
    again = tag("button", words("broken")["again"], type="button", class_="again") if can_ask_again else None
    return tag("div", tag("p", told), again, class_="broken")


def article_name(article_id: str, catalogue: Catalogue) -> str:
    """Return an article's title with its authors."""
    authors = _authors(article_id, catalogue)
    return f"{_article_title(article_id, catalogue)} ({authors})"


def _marker(key: str, number: int, passage: Passage, catalogue: Catalogue, class_: str) -> Html:
    told = words("sources")["marker"].format(
        n=number, article=_article_title(passage.article, catalogue), section=section_name(passage.section)
    )
    face = f"[{number}]" if class_ == "marker" else str(number)
    return tag(
        "button", face, type="button", class_=class_, aria_label=f"{face} {told}", data_source=f"{key}-p{number}"
    )


def _other_side(key: str, passage: Passage, passages: Sequence[Passage], catalogue: Catalogue) -> Html | None:
    entry = catalogue.entry(passage.passage_id)
    if entry is None:
        return None
    numbers = {p.passage_id: n for n, p in enumerate(passages, 1)}
    because = tag("p", entry.because, class_="because") if entry.because else None
    ties = []
    for tie in entry.contradicted_by:
        others = [o for o in map(catalogue.entry, tie.passages) if o and o.label != "manipulative"]
        rows = [
            tag(
                "li",
                other.line or other.text,
                " ",
                tag(
                    "span",
                    f"{_article_title(other.article, catalogue)}, {section_name(other.section)}",
                    class_="article",
                ),
                " ",
                _marker(key, numbers[other.passage_id], passages[numbers[other.passage_id] - 1], catalogue, "marker")
                if other.passage_id in numbers
                else None,
            )
            for other in others[:3]
        ]
        ties.append(tag("div", tag("p", tie.says), tag("ul", *rows) if rows else None))
    if not ties and not because:
        return None
    heading = tag("h4", words("sources")["other_side"]) if ties else None
    return tag("div", because, heading, *ties, class_="other-side")


def _referral(place: Referral) -> Html:
    told = words("referral")
    name = tag("strong", place.name)
    spoken = ", ".join(words("languages").get(code, code) for code in place.languages)
    meta = " · ".join(filter(None, (place.for_whom, place.hours, spoken)))
    page = (
        link(place.url, _shown_url(place.url), class_="page", aria_label=f"{told['site']}: {place.name}")
        if place.url
        else None
    )
    number = (
        link(f"tel:{_dialled(place.phone)}", told["call"].format(number=place.phone), class_="call")
        if place.phone
        else None
    )
    line = _text_line(place.text_line)
    word = told["checked"].format(day=place.verified_on) if place.verified_on else told["link_first"]
    has_number = bool(place.phone or place.text_line)
    ways = (number, line, page) if place.verified_on else (page, number, line)
    return join(
        name,
        tag("span", meta, class_="meta") if meta else None,
        tag("span", *ways, class_="ways"),
        tag("span", word, class_="checked") if has_number else None,
    )


def _text_line(told: str) -> Html | None:
    if not told:
        return None
    shown = told[:1].upper() + told[1:]
    if not (found := re.fullmatch(r"(?i)text (?:([A-Z]+) to )?([\d ]{3,})", told)):
        return tag("span", shown, class_="line")
    keyword, number = found.groups()
    # `?&body=` is read by iOS and Android alike
    body = f"?&body={keyword}" if keyword else ""
    return link(f"sms:{number.replace(' ', '')}{body}", shown, class_="line")


def _dialled(phone: str) -> str:
    return re.sub(r"[^\d+*#]", "", phone)


def _shown_url(url: str) -> str:
    return re.sub(r"^https://(www\.)?|/$", "", url)


def _article_title(article_id: str, catalogue: Catalogue) -> str:
    article = catalogue.article(article_id)
    return article.title if article else article_id


def _authors(article_id: str, catalogue: Catalogue) -> str:
    article = catalogue.article(article_id)
    return ", ".join(article.authors) if article and article.authors else str(words("sources")["no_authors"])
