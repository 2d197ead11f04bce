// A marker opens its source: beside the talk on a wide screen, on a phone as a sheet from below.

import { byId, isCalm, show } from "./page.js";
import * as articles from "./articles.js";

const openers = new WeakMap(); // of a source beside the talk: the marker that opened it last

export function openSource(marker, isNarrow) {
  const card = byId(marker.dataset.source);
  if (!card) return;
  if (isNarrow) return openSheet(card);
  card.open = true;
  const head = card.querySelector("summary");
  head.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", behavior: isCalm() ? "instant" : "smooth" });
  card.classList.add("shown");
  setTimeout(() => card.classList.remove("shown"), 1600);
  openers.set(card, marker);
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") openers.get(event.target.closest?.(".source"))?.focus();
});

function openSheet(card) {
  const sheet = byId("sheet");
  const body = card.querySelector(".body").cloneNode(true);
  for (const part of body.querySelectorAll("[id]")) part.removeAttribute("id");
  const where = card.querySelector(".where").cloneNode(true);
  const label = card.querySelector("summary .label")?.cloneNode(true);
  byId("sheet-title").textContent = `Source ${card.querySelector(".number").textContent}`;
  byId("sheet-body").replaceChildren(where, ...(label ? [label] : []), body);
  if (!sheet.open) sheet.showModal();
  if (sheet.dataset.of !== card.id) sheet.scrollTop = 0;
  sheet.dataset.of = card.id;
}

// the quote is marked when its sentence comes, which may be after the sheet was opened
export function marked(within) {
  const sheet = byId("sheet");
  const card = within.closest(".source");
  if (sheet.open && card?.id === sheet.dataset.of) openSheet(card);
}

document.addEventListener("click", (event) => {
  const sheet = byId("sheet");
  if (!sheet) return;
  const inSheet = sheet.open && event.target.closest("#sheet-body [data-source]");
  if (inSheet) return openSheet(byId(inSheet.dataset.source));
  if (event.target === sheet || event.target.closest("#sheet-close")) sheet.close();
  const read = event.target.closest("[data-read]");
  if (!read) return;
  if (sheet.open) sheet.close();
  show("articles", false);
  articles.read(read.dataset.read);
});
