// The page's frame: views, status line, region, and where everything else begins. Gradio builds the page; `ready` waits for it.

import * as articles from "./articles.js";
import * as check from "./check.js";
import * as days from "./days.js";
import * as talk from "./talk.js";

const VIEWS = ["talk", "check", "days", "articles", "how"];
const STATUS_EVERY_MS = 30000;
const STATUS_SOON_MS = 3000;

export const byId = (id) => document.getElementById(id);
export const wire = (name) => window.wires[name];
export const region = () => byId("region").value;
export const words = () => JSON.parse(byId("words").dataset.words);
export const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

const shown = () => VIEWS.find((name) => !byId(`view-${name}`).hidden);
const places = {}; // how far down each view was when she left it

export function show(view, focus = true) {
  places[shown()] = scrollY;
  for (const name of VIEWS) byId(`view-${name}`).hidden = name !== view;
  for (const button of document.querySelectorAll("#coach nav [data-view]")) {
    if (button.dataset.view === view) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  scrollTo({ top: places[view] || 0, behavior: "instant" });
  if (view === "articles") articles.open();
  if (view === "how") tell();
  if (view === "days") days.open();
  if (focus) focusTitle();
}

export function focusTitle() {
  const title = byId(`view-${shown()}`).querySelector("h1");
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
}

// What stands above the views comes and goes while she reads: what she reads stays where it is.
export function steadily(change) {
  const view = byId(`view-${shown()}`);
  const before = view.getBoundingClientRect().top;
  change();
  if (scrollY > 0) scrollBy({ top: view.getBoundingClientRect().top - before, behavior: "instant" });
}

let toldFor = "";
let goTo = "";
let n = 0;

function tell() {
  if (toldFor !== region()) wire("how").send({ region: region(), n: ++n });
  else scrollToPart();
}

function scrollToPart() {
  const part = goTo && byId(goTo);
  goTo = "";
  if (part) part.scrollIntoView({ block: "start", behavior: isCalm() ? "instant" : "smooth" });
}

export async function copy(text, button) {
  const told = words().turn;
  const face = (button.dataset.face ??= button.textContent);
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = told.copied;
  } catch {
    button.textContent = told.not_copied; // no secure address, or not allowed
  }
  setTimeout(() => (button.textContent = face), 3000);
}

let statusTimer = 0;
let nGone = 0; // how often the page's own server did not answer, one time after the other

export async function status() {
  clearTimeout(statusTimer);
  let said = { state: "unreachable", told: "", region: "" };
  try {
    said = await (await fetch("/status")).json();
    nGone = 0;
  } catch {
    said.told = words().status.gone;
    if (++nGone > 1) talk.breakOff(); // once may be a hiccup
  }
  const line = byId("status");
  if (line.textContent !== said.told) steadily(() => (line.textContent = said.told));
  line.dataset.state = said.state;
  check.due();
  guessRegion(said.region);
  if (said.state !== "unreachable" && said.state !== "starting" && !byId("protocol").childElementCount) toldFor = "";
  const soon = ["starting", "unreachable", "degraded"].includes(said.state);
  statusTimer = setTimeout(() => !document.hidden && status(), soon ? STATUS_SOON_MS : STATUS_EVERY_MS);
}

let isChosen = false;

function guessRegion(own) {
  if (isChosen) return;
  const select = byId("region");
  const known = new Set([...select.options].map((option) => option.value));
  const spoken = navigator.languages.map((tag) => new Intl.Locale(tag).region).find((code) => known.has(code));
  const guess = spoken || (known.has(own) ? own : "");
  if (!guess) return;
  select.value = guess;
  isChosen = Boolean(own) || Boolean(spoken);
}

function begin(isOurs) {
  byId("region").addEventListener("change", () => (isChosen = true));
  byId("coach").addEventListener("click", (event) => {
    const to = event.target.closest("[data-view]");
    if (!to) return;
    goTo = to.dataset.to || "";
    show(to.dataset.view);
  });
  document.querySelector("#coach .skip").addEventListener("click", (event) => {
    event.preventDefault();
    show("talk", false);
    byId("message").focus();
  });
  wire("how").hear((told) => {
    if (told.n !== n) return; // she has asked for another region since
    byId("protocol").innerHTML = told.html;
    toldFor = byId("helplines") ? told.region : "";
    scrollToPart();
  });
  document.addEventListener("visibilitychange", () => !document.hidden && status());
  talk.begin(isOurs);
  for (const part of [check, days, articles]) part.begin();
  guessRegion("");
  status();
  document.documentElement.dataset.ready = "true";
}

function ready() {
  const wires = window.wires || {};
  return byId("coach") && ["talk", "kept", "check", "articles", "search", "how"].every((name) => wires[name]);
}

let hasBegun = false;

async function tryToBegin() {
  if (hasBegun || !ready()) return;
  hasBegun = true;
  begin(await talk.isOurs);
}

document.addEventListener("wire", () => requestAnimationFrame(tryToBegin));
tryToBegin();
