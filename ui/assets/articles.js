// The articles: fetched when first opened, searched, and opened at a passage.

import { byId, isCalm, wire } from "./page.js";

const ASK_AGAIN_MS = 10000; // no answer may ever come: then she is not kept from asking again

let n = 0; // of the last search
let nAsked = 0; // of the last time the articles were asked for
let askedAt = -Infinity; // then, while no answer came
let wanted = "";

export function begin() {
  byId("search").addEventListener("submit", (event) => {
    event.preventDefault();
    const query = byId("query").value.trim();
    n += 1; // what an earlier search still finds is not shown any more
    if (query) wire("search").send({ query, n });
    else byId("results").replaceChildren();
  });
  wire("search").hear((told) => {
    if (told.n === n) byId("results").innerHTML = told.html;
  });
  wire("articles").hear((told) => {
    if (told.n !== nAsked) return;
    askedAt = -Infinity;
    byId("library").innerHTML = told.html;
    const passageId = wanted;
    wanted = ""; // where nothing came, it is not asked for again until she does
    if (isHere() && passageId) read(passageId);
  });
}

const isHere = () => byId("library").querySelector("details") !== null;

export function open() {
  if (isHere() || performance.now() - askedAt < ASK_AGAIN_MS) return;
  askedAt = performance.now();
  wire("articles").send({ n: ++nAsked });
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
