"""HTML that cannot be injected into: `tag` escapes every plain string, and only what `tag` made counts as markup.

Everything that people, articles and models wrote reaches the page through here. No attribute is ever built from text
by hand, and an address becomes a link only if `link` knows its scheme.
"""

from __future__ import annotations

import html
from urllib.parse import urlsplit

SCHEMES = ("https", "tel", "sms")
VOID = ("br", "input", "hr")


class Html(str):
    """Markup that `tag` made. A plain `str` is text."""

    __slots__ = ()


def text(value: str) -> Html:
    """Return text as markup that shows exactly that text."""
    return Html(html.escape(value, quote=True))


def join(*children: str | None) -> Html:
    """Return the children one after the other: markup as it is, plain strings escaped, None left out."""
    return Html("".join(c if isinstance(c, Html) else text(c) for c in children if c is not None))


def tag(name: str, *children: str | None, **attributes: str | int | bool | None) -> Html:
    """Return an element. `class_` and `for_` lose their underscore, other underscores become hyphens.

    True gives a bare attribute, False and None none at all.
    """
    given = "".join(
        _attribute(key, value) for key, value in attributes.items() if value is not None and value is not False
    )
    if name in VOID:
        return Html(f"<{name}{given}>")
    return Html(f"<{name}{given}>{join(*children)}</{name}>")


def link(address: str, *children: str | None, **attributes: str | int | bool | None) -> Html:
    """Return a link that tells the other side nothing; the children alone where the address is not one we open."""
    try:
        scheme = urlsplit(address).scheme
    except ValueError:
        scheme = ""
    if scheme not in SCHEMES:
        return join(*children)
    if scheme == "https":
        attributes |= {"target": "_blank", "rel": "noopener noreferrer"}
    return tag("a", *children, href=address, **attributes)


def _attribute(key: str, value: str | int | bool) -> str:
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html.escape(str(value), quote=True)}"'
