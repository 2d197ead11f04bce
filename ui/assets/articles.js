// The articles: fetched when first opened, searched, and opened at a passage.

import { byId, isCalm, wire } from "./page.js";

let isAsked = false;
let wanted = "";

export function begin() {
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const query = byId("query").value.trim();
    if (query) wire("articles").send({ query });
    else byId("results").replaceChildren();
  });
  wire("articles").hear((told) => {
    if (told.query) {
      byId("results").innerHTML = told.html;
      return;
    }
    byId("library").innerHTML = told.html;
    isAsked = Boolean(byId("library").querySelector("details"));
    const passageId = wanted;
    wanted = ""; // where nothing came, it is not asked for again until she does
    if (isAsked && passageId) read(passageId);
  });
}

export function open() {
  if (isAsked) return;
  isAsked = true;
  wire("articles").send({ query: "" });
}

export function read(passageId) {
  const passage = [...document.querySelectorAll("#library [data-passage]")].find((row) => row.dataset.passage === passageId);
  wanted = passage ? "" : passageId;
  if (!passage) return open();
  passage.closest("details.article-whole").open = true;
  passage.scrollIntoView({ block: "center", behavior: isCalm() ? "instant" : "smooth" });
  passage.focus({ preventScroll: true });
  return undefined;
}
