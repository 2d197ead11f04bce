"""The page put together. Read this first.

    page.html        what stands still: every view, filled in once
    channels         Gradio components that nobody sees: the browser sends an event in, states of HTML and data come out
    assets/*.js      put what comes out in its place, and keep what is kept in the browser

The talk is not a `gr.Chatbot`: a chatbot redraws what somebody is reading, and has no place for a caveat before the answer or a
source beside it. What a turn shows is `talk.py`'s and `render.py`'s. This is the only door to Gradio.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager
from string import Template
from typing import Any

import gradio as gr
from fastapi import FastAPI

from ui import talk as talks
from ui.check import reviewed
from ui.client import Service
from ui.markup import Html, join, tag
from ui.reading import found, library
from ui.routes import routes
from ui.settings import UiSettings
from ui.talk import MAX_CHARS, Talk
from ui.telling import protocol
from ui.words import ASSETS, words

N_AT_ONCE = 40  # people who may be answered at the same time; the service decides how many really are

WIRE = """
(window.wires ??= {}).%(name)s = {
    send: (data) => trigger('send', data), stop: () => trigger('halt'),
    hear: (listener) => watch('value', () => props.value && listener(props.value)),
};
document.dispatchEvent(new CustomEvent('wire', {detail: '%(name)s'}));
"""


def create_app(settings: UiSettings, service: Service | None = None) -> FastAPI:
    """Return the page's server."""
    service = service or Service(settings.coach_url, settings.api_key)
    app = routes(settings, service)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks(service),
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        footer_links=[],
        run_history=False,  # Gradio keeps every run in the browser otherwise
        enable_monitoring=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        favicon_path=str(ASSETS / "icon.png"),
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
    )
    return mounted


def blocks(service: Service) -> gr.Blocks:
    """Return the page with its channels."""
    with gr.Blocks(title="Notes", analytics_enabled=False) as page:
        gr.HTML(shell(), elem_id="shell", js_on_load=None, apply_default_css=False)

        @contextmanager
        def leaving_no_trace(event: gr.EventData, request: gr.Request) -> Iterator[dict[str, Any]]:
            # Gradio keeps what each channel last said, her message in a review included, long after its tab was closed,
            # and its queue holds on to the last event it took
            given = _given(event)
            try:
                yield given
            finally:
                page.state_holder.session_data.pop(str(request.session_hash), None)
                given.clear()
                for copy in ("_body", "_json"):
                    vars(request.request).pop(copy, None)

        wire = _channel("talk")

        async def ask(event: gr.EventData, request: gr.Request) -> AsyncGenerator[dict[str, Any], None]:
            with leaving_no_trace(event, request) as given:
                key, message = str(given.get("key", "")), str(given.get("message", "")).strip()[:MAX_CHARS]
                if not talks.KEY.fullmatch(key) or not message:
                    return
                async with aclosing(talks.turn(service, Talk.of(given), key, message, _region(given))) as states:
                    async for state in states:
                        yield state

        asking = wire.send(ask, None, wire, **_QUIET)
        wire.halt(None, cancels=[asking])

        restoring = _channel("kept")  # its own: on the talk's channel a quick first message could take its place

        async def restore(event: gr.EventData, request: gr.Request) -> dict[str, Any]:
            with leaving_no_trace(event, request) as given:
                return {"restored": await talks.restored(service, given)}

        restoring.send(restore, None, restoring, **_QUIET)

        checking = _channel("check")

        async def check(event: gr.EventData, request: gr.Request) -> dict[str, Any]:
            with leaving_no_trace(event, request) as given:
                text, at = str(given.get("text", "")).strip()[:MAX_CHARS], str(given.get("local_time", ""))
                has_no = given.get("has_no") is True
                told = await reviewed(service, text, Talk.of(given), _region(given), at, has_no)
                return {"html": told, "n": given.get("n")}

        checking.send(check, None, checking, **_QUIET)

        articles = _channel("articles")

        async def read(event: gr.EventData) -> dict[str, Any]:
            return {"html": await library(service), "n": _given(event).get("n")}

        articles.send(read, None, articles, **_QUIET)

        searching = _channel(
            "search"
        )  # its own, and all with a number: a channel tells only what differs from what it last told

        async def search(event: gr.EventData, request: gr.Request) -> dict[str, Any]:
            with leaving_no_trace(event, request) as given:
                query = str(given.get("query", "")).strip()[:2000]
                return {"html": await found(service, query), "n": given.get("n")}

        searching.send(search, None, searching, **_QUIET)

        how = _channel("how")

        async def tell(event: gr.EventData) -> dict[str, Any]:
            given = _given(event)
            region = _region(given)
            return {"html": await protocol(service, region), "region": region, "n": given.get("n")}

        how.send(tell, None, how, **_QUIET)
    page.queue(default_concurrency_limit=N_AT_ONCE, api_open=False)
    return page


def shell() -> Html:
    """Return the page's own HTML with its few values filled in."""
    regions = join(*(tag("option", name, value=code) for code, name in words("regions").items()))
    own = {part: words(part) for part in ("turn", "progress", "broken", "status", "keep", "check", "days")}
    template = Template((ASSETS / "page.html").read_text(encoding="utf-8"))
    return Html(
        template.substitute(regions=regions, words=tag("div", hidden=True, id="words", data_words=json.dumps(own)))
    )


# `multiple`: Gradio otherwise drops what is sent while it still winds up a turn that was stopped
_QUIET: dict[str, Any] = {
    "show_progress": "hidden",
    "concurrency_limit": N_AT_ONCE,
    "api_visibility": "private",
    "trigger_mode": "multiple",
}


def _channel(name: str) -> Any:
    return gr.HTML(None, html_template="", js_on_load=WIRE % {"name": name}, visible="hidden", elem_id=f"wire-{name}")


def _given(event: gr.EventData) -> dict[str, Any]:
    data = event._data
    return data if isinstance(data, dict) else {}


def _region(given: dict[str, Any]) -> str:
    region = str(given.get("region", ""))
    return region if region in words("regions") else "ZZ"
