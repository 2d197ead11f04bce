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

export function show(view, focus = true) {
  for (const name of VIEWS) byId(`view-${name}`).hidden = name !== view;
  for (const button of document.querySelectorAll("#coach nav [data-view]")) {
    if (button.dataset.view === view) button.setAttribute("aria-current", "page");
    else button.removeAttribute("aria-current");
  }
  scrollTo({ top: 0, behavior: "instant" });
  if (view === "articles") articles.open();
  if (view === "how") tell();
  if (view === "days") days.open();
  if (focus) {
    const title = byId(`view-${view}`).querySelector("h1");
    title.tabIndex = -1;
    title.focus({ preventScroll: true });
  }
}

let toldFor = "";
let goTo = "";

function tell() {
  if (toldFor !== region()) wire("how").send({ region: region() });
  else scrollToPart();
}

function scrollToPart() {
  const part = goTo && byId(goTo);
  goTo = "";
  if (part) part.scrollIntoView({ block: "start", behavior: isCalm() ? "instant" : "smooth" });
}

export async function copy(text, button) {
  await navigator.clipboard.writeText(text);
  const face = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = face), 1500);
}

let statusTimer = 0;

export async function status() {
  clearTimeout(statusTimer);
  let said = { state: "unreachable", told: "", region: "" };
  try {
    said = await (await fetch("/status")).json();
  } catch {
    said.told = "This page’s own server is gone. Start it again, then reload.";
  }
  const line = byId("status");
  if (line.textContent !== said.told) line.textContent = said.told;
  line.hidden = !said.told;
  line.dataset.state = said.state;
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

function begin() {
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
    byId("protocol").innerHTML = told.html;
    toldFor = byId("helplines") ? region() : "";
    scrollToPart();
  });
  document.addEventListener("visibilitychange", () => !document.hidden && status());
  for (const part of [talk, check, days, articles]) part.begin();
  guessRegion("");
  status();
  document.documentElement.dataset.ready = "true";
}

function ready() {
  const wires = window.wires || {};
  return byId("coach") && ["talk", "kept", "check", "articles", "how"].every((name) => wires[name]);
}

let hasBegun = false;

function tryToBegin() {
  if (hasBegun || !ready()) return;
  hasBegun = true;
  begin();
}

document.addEventListener("wire", () => requestAnimationFrame(tryToBegin));
tryToBegin();
