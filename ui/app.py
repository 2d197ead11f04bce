"""The page put together. Read this first.

    page.html        what stands still: every view, filled in once
    channels         Gradio components that nobody sees: the browser sends an event in, states of HTML and data come out
    assets/*.js      put what comes out in its place, and keep what is kept in the browser

The talk is not a `gr.Chatbot`: a chatbot redraws what somebody is reading, and has no place for a caveat before the answer or a
source beside it. What a turn shows is `talk.py`'s and `render.py`'s. This is the only door to Gradio.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
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
from ui.talk import Talk
from ui.telling import protocol
from ui.words import ASSETS, words

N_AT_ONCE = 40  # people who may be answered at the same time; the service decides how many really are
MAX_CHARS = 12_000

WIRE = """
(window.wires ??= {}).%(name)s = {
    send: (data) => trigger('send', data), stop: () => trigger('halt'), replay: (data) => trigger('replay', data),
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
        blocks(settings, service),
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


def blocks(settings: UiSettings, service: Service) -> gr.Blocks:
    """Return the page with its channels."""
    with gr.Blocks(title="Notes", analytics_enabled=False) as page:
        gr.HTML(shell(settings), elem_id="shell", js_on_load=None, apply_default_css=False)
        talk = gr.State(None)
        wire = _channel("talk")

        async def ask(event: gr.EventData, talk: Talk | None) -> AsyncGenerator[Any, None]:
            given, talk = _given(event), talk or Talk()
            key, message = str(given.get("key", "")), str(given.get("message", "")).strip()[:MAX_CHARS]
            if not talks.KEY.fullmatch(key) or not message:
                return
            async for state in talks.turn(service, talk, key, message, _region(given)):
                yield state, talk

        async def again(event: gr.EventData, talk: Talk | None) -> tuple[Any, Talk]:
            kept, states = await talks.restored(service, _given(event))
            return {"restored": states}, kept

        asking = wire.send(ask, talk, [wire, talk], **_QUIET)
        wire.halt(None, cancels=[asking])
        wire.replay(again, talk, [wire, talk], **_QUIET)

        checking = _channel("check")

        async def check(event: gr.EventData, talk: Talk | None) -> dict[str, Any]:
            given = _given(event)
            text, at = str(given.get("text", "")).strip()[:MAX_CHARS], str(given.get("local_time", ""))
            told = await reviewed(service, text, talk.thread_id if talk else None, _region(given), at)
            return {"html": told, "n": given.get("n")}

        checking.send(check, talk, checking, **_QUIET)

        articles = _channel("articles")

        async def read(event: gr.EventData) -> dict[str, Any]:
            given = _given(event)
            query = str(given.get("query", "")).strip()[:2000]
            markup = await found(service, query) if query else await library(service)
            return {"html": markup, "query": query, "n": given.get("n")}

        articles.send(read, None, articles, **_QUIET)

        how = _channel("how")

        async def tell(event: gr.EventData) -> dict[str, Any]:
            return {"html": await protocol(service, _region(_given(event)))}

        how.send(tell, None, how, **_QUIET)
    page.queue(default_concurrency_limit=N_AT_ONCE, api_open=False)
    return page


def shell(settings: UiSettings) -> Html:
    """Return the page's own HTML with its few values filled in."""
    regions = join(*(tag("option", name, value=code) for code, name in words("regions").items()))
    own = {"turn": words("turn"), "progress": words("progress"), "check": words("check"), "exit_url": settings.exit_url}
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
