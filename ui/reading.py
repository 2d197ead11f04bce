"""The view "the articles": all of them section by section, where they contradict each other, and search."""

from __future__ import annotations

from ui import render
from ui.client import Service, ServiceError
from ui.markup import Html, join, tag
from ui.shapes import Article, Catalogue, Disagreement, Entry, Hit, Section
from ui.words import section_name, words

N_RESULTS = 8


async def library(service: Service) -> Html:
    """Return every article, and where they disagree; asked for again each time, since ingest may have run."""
    try:
        catalogue = await service.catalogue(is_fresh=True)
    except ServiceError:
        return render.broken(words("articles")["empty"], can_ask_again=False)
    told = words("articles")
    disagreements = tag(
        "section",
        tag("h2", told["disagreements"]),
        *(_disagreement(d, catalogue) for d in catalogue.disagreements),
        class_="disagreements",
    )
    return join(
        *(_article(a, catalogue) for a in catalogue.articles), disagreements if catalogue.disagreements else None
    )


async def found(service: Service, query: str) -> Html:
    """Return what a search finds."""
    told = words("articles")
    try:
        hits, catalogue = await service.search(query, N_RESULTS), await service.catalogue()
    except ServiceError:
        return render.broken(told["empty"], can_ask_again=False)
    if not hits:
        return tag("p", told["none"])
    return join(tag("h2", told["results"]), tag("ul", *(tag("li", _hit(h, catalogue)) for h in hits), class_="results"))


def _article(article: Article, catalogue: Catalogue) -> Html:
    by = ", ".join(article.authors) or words("sources")["no_authors"]
    about = " · ".join(filter(None, (by, article.site, article.date)))
    return tag(
        "details",
        tag("summary", tag("span", article.title, class_="title"), tag("span", about, class_="meta")),
        *(_section(article, s, catalogue) for s in article.sections),
        class_="article-whole",
    )


def _section(article: Article, section: Section, catalogue: Catalogue) -> Html:
    return tag(
        "section",
        tag("h3", tag("span", section_name(section.id), class_="meta"), " ", section.title),
        *(_passage(p, catalogue) for p in section.passages),
        id=f"section-{article.id}-{section.id}",
    )


def _passage(passage: Entry, catalogue: Catalogue) -> Html:
    told, label = words("articles"), words("labels").get(passage.label)
    others = [
        tag("li", tag("button", _where(entry, catalogue), type="button", class_="quiet", data_read=entry.passage_id))
        for tie in passage.contradicted_by
        for entry in filter(None, map(catalogue.entry, tie.passages))
    ]
    tied = tag("details", tag("summary", told["tied"]), tag("ul", *others), class_="tied") if others else None
    return tag(
        "div",
        tag("p", tag("span", label, class_=f"label {passage.label}"), " ", passage.because) if label else None,
        tag("p", passage.text),
        tied,
        class_=f"passage {passage.label}",
        data_passage=passage.passage_id,
        tabindex="-1",
    )


def _disagreement(disagreement: Disagreement, catalogue: Catalogue) -> Html:
    sides = []
    for side in disagreement.sides:
        entries = filter(None, map(catalogue.entry, side.passages))
        buttons = (
            tag("button", _where(e, catalogue), type="button", class_="quiet", data_read=e.passage_id) for e in entries
        )
        sides.append(tag("li", tag("span", side.stance, class_="stance"), *(join(" ", b) for b in buttons)))
    return tag("div", tag("p", disagreement.says), tag("ul", *sides))


def _hit(hit: Hit, catalogue: Catalogue) -> Html:
    label = words("labels").get(hit.label)
    entry = catalogue.entry(hit.passage_id)
    where = _where(entry, catalogue) if entry else hit.passage_id
    return join(
        tag("button", where, type="button", class_="quiet", data_read=hit.passage_id),
        join(" ", tag("span", label, class_=f"label {hit.label}")) if label else None,
        tag("p", hit.text),
    )


def _where(entry: Entry, catalogue: Catalogue) -> str:
    article = catalogue.article(entry.article)
    return f"{article.title if article else entry.article}, {section_name(entry.section)}: {entry.title}"
