// The talk: sends a message, puts each part that comes back in its place, once. Parts are HTML that the server escaped;
// what she wrote herself is only ever put as text. The talk lives in this tab: the page's server has it only while it answers.

import * as local from "./local.js";
import { byId, copy, isCalm, region, show, status, wire, words } from "./page.js";
import { marked, openSource } from "./sources.js";

const NARROW = "(max-width: 63.99rem)";
const MAX_TOLD = 1000; // the service takes no more messages,
const MAX_TOLD_CHARS = 400000; // nor more of them than this; see ui/talk.py
const HOLD_MS = 1000; // a page that is just being reloaded lets go of the kept talk within this

let n = 0;
let current = null; // the key of the turn that is being told
let threadId = ""; // of the service; "" where there is none, or where it does not know all that was told
const told = []; // her messages, those of stopped and broken turns too
const kept = []; // what is kept in the browser where that is switched on: key, message, answer
let draft = ""; // what she was writing when a way to begin or an earlier message took its place: it comes back once that is sent
let placed = ""; // what took its place
let edits = ""; // the turn that she asks again in other words
let release = () => {}; // lets another tab have the kept talk

export let hasNo = false;

// Two tabs that keep one talk would each write over what the other wrote: it is kept by one at a time, the one that holds the lock.
export const isOurs = local.get("talk") ? hold() : Promise.resolve(false);

function hold() {
  if (!navigator.locks) return Promise.resolve(true); // without a secure address tabs do not know of each other
  return new Promise((resolve) => {
    const held = () => {
      resolve(true);
      return new Promise((done) => (release = done));
    };
    navigator.locks.request("coach.talk", { signal: AbortSignal.timeout(HOLD_MS) }, held).catch(() => resolve(false));
  });
}

// `isHere`: whether the talk that is kept in this browser is this tab's
export function begin(isHere) {
  const field = byId("message");
  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    if (current) return;
    const message = field.value.trim();
    if (!message) return field.focus();
    if (edits) {
      byId(edits)?.classList.add("edited");
      byId(edits)?.querySelector(".note-edited")?.removeAttribute("hidden");
    }
    field.value = draft;
    draft = placed = edits = "";
    grow();
    ask(message);
  });
  field.addEventListener("input", () => {
    if (!field.value) edits = ""; // she gave that up
    grow();
  });
  field.addEventListener("keydown", (event) => {
    const isTyped = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!isTyped || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    byId("ask").requestSubmit();
  });
  byId("stop").addEventListener("click", stop);
  for (const starter of document.querySelectorAll("#coach .starters button")) {
    starter.addEventListener("click", () => {
      edits = "";
      write(starter.textContent.trim());
    });
  }
  byId("log").addEventListener("click", pressed);
  wire("talk").hear(take);
  wire("kept").hear((came) => restore(came.restored));
  keeping(isHere);
}

// what goes along with an event, so that the service knows what was told, with or without its thread
export const sofar = () => ({ thread_id: threadId, told: [...told] });

function tell(message) {
  told.push(message);
  let nChars = told.reduce((sum, one) => sum + one.length, 0);
  while (told.length > MAX_TOLD || nChars > MAX_TOLD_CHARS) nChars -= told.shift().length;
}

function grow() {
  const field = byId("message");
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, innerHeight * 0.35)}px`;
  document.documentElement.style.setProperty("--composer", `${byId("ask").offsetHeight + 16}px`); // what has the focus stays above it
}

export function write(text) {
  show("talk", false);
  const field = byId("message");
  if (field.value.trim() && field.value !== placed) draft = field.value;
  field.value = placed = text;
  grow();
  field.focus();
  field.setSelectionRange(text.length, text.length);
}

function ask(message) {
  const key = `t${++n}`;
  const turn = begun(key, message);
  current = key;
  busy(true);
  turn.scrollIntoView({ block: "start", behavior: isCalm() ? "instant" : "smooth" });
  wire("talk").send({ key, message, region: region(), ...sofar() });
  tell(message);
  if (window.coachKeeps) save(); // also where no answer comes: what was told stays told
}

function busy(is) {
  const hadFocus = document.activeElement === byId("stop") || document.activeElement === byId("send");
  byId("send").hidden = is;
  byId("stop").hidden = !is;
  if (hadFocus) byId("message").focus({ preventScroll: true });
}

function el(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function button(action, text) {
  const made = el("button", "quiet", text);
  made.type = "button";
  made.dataset.do = action;
  return made;
}

function begun(key, message) {
  const told = words().turn;
  const turn = el("article", "turn");
  turn.id = key;
  turn.setAttribute("aria-label", message.slice(0, 60));
  const main = el("div", "column");
  const hers = el("div", "hers");
  hers.append(el("h2", "who", told.you), el("p", "message", message), el("p", "note-edited small", told.edited));
  hers.lastChild.hidden = true;
  const who = el("h3", "who", told.coach);
  who.append(el("span", "ended"));
  const strip = el("div", "strip");
  strip.setAttribute("aria-live", "off");
  const progress = el("p", "progress", words().progress.listening);
  progress.setAttribute("role", "status");
  const actions = el("div", "actions");
  actions.append(button("copy", told.copy), button("edit", told.edit), button("up", told.helped), button("down", told.not_helped));
  actions.hidden = true;
  const foot = el("div", "foot");
  foot.append(progress, actions);
  main.append(hers, who, el("div", "caveats"), strip, el("div", "said"), el("div", "help"), el("div", "broken-off"), foot);
  const cards = el("aside", "cards");
  cards.setAttribute("aria-live", "off");
  cards.setAttribute("aria-label", "Sources");
  turn.append(main, cards);
  byId("log").append(turn);
  return turn;
}

const SLOTS = { strip: ".strip", cards: ".cards", caveats: ".caveats", said: ".said", help: ".help", ended: ".ended", broken: ".broken-off" };

function take(state) {
  const turn = byId(state.key);
  if (!turn || ["stopped", "lost"].includes(turn.dataset.phase)) return;
  const placed = Number(turn.dataset.placed || 0);
  for (const part of state.parts.slice(placed)) {
    const slot = SLOTS[part.slot] ? turn.querySelector(SLOTS[part.slot]) : byId(part.slot);
    if (!slot) continue;
    if (SLOTS[part.slot]) slot.insertAdjacentHTML("beforeend", part.html);
    else {
      slot.innerHTML = part.html; // a quote that is marked anew: same words, nothing moves
      marked(slot);
    }
  }
  turn.dataset.placed = state.parts.length;
  if (state.turn_id) turn.dataset.turnId = state.turn_id;
  turn.dataset.phase = state.phase;
  const progress = turn.querySelector(".progress");
  if (progress.textContent !== state.progress) progress.textContent = state.progress;
  if (state.thread_id) window.coachThread = threadId = state.thread_id;
  hasNo = hasNo || state.has_no;
  if (state.answer || state.phase === "broken") over(turn);
  if (state.phase === "broken") {
    status();
    letGo();
  }
  if (state.answer) keep(state, turn);
}

function over(turn) {
  turn.querySelector(".actions").hidden = !turn.dataset.phase.startsWith("done");
  if (current !== turn.id) return;
  current = null;
  busy(false);
}

// The service does not have the message of a turn that did not end: its thread is forgotten, and what comes next tells all anew.
// It stays in `coachThread`, so that leaving tells the service once more.
function letGo() {
  if (threadId) navigator.sendBeacon("/leave", threadId);
  threadId = "";
  if (window.coachKeeps) save();
}

function stop() {
  wire("talk").stop();
  const turn = byId(current);
  turn.dataset.phase = "stopped";
  turn.querySelector(".progress").textContent = words().progress.stopped;
  over(turn);
  letGo();
  turn.querySelector(".foot").append(button("edit", words().turn.edit));
}

// the page's own server is gone, so nothing will come any more of the turn that is being told
export function breakOff() {
  if (!current) return;
  const turn = byId(current);
  const told = words().broken;
  const broken = el("div", "broken");
  const hasBegun = turn.querySelector(".sentence") !== null;
  const again = el("button", "again", told.again);
  again.type = "button";
  broken.append(el("p", "", hasBegun ? told.away_during : told.away_before), again);
  turn.querySelector(".broken-off").append(broken);
  turn.dataset.phase = "lost";
  turn.querySelector(".progress").textContent = "";
  over(turn);
  letGo();
}

function pressed(event) {
  const source = event.target.closest("[data-source]");
  if (source) return openSource(source, matchMedia(NARROW).matches);
  const turn = event.target.closest(".turn");
  if (event.target.closest(".again")) return current ? undefined : askHere(turn.querySelector(".message").textContent);
  const choice = event.target.closest(".choice");
  if (choice) return current ? undefined : askHere(choice.textContent);
  const action = event.target.closest("[data-do]");
  if (!action) return undefined;
  const message = turn.querySelector(".message").textContent;
  if (action.dataset.do === "copy") return copy(asText(turn), action);
  if (action.dataset.do === "edit") {
    edits = turn.id;
    return write(message);
  }
  return rate(turn, action);
}

// A tap asks; what she is writing meanwhile stays in its field. What was tapped may be gone then, so the focus goes to the new
// turn, not into the field: on a phone the keyboard would come up before the answer.
function askHere(message) {
  ask(message);
  const turn = byId(current);
  turn.tabIndex = -1;
  turn.focus({ preventScroll: true });
}

function asText(turn) {
  const said = [...turn.querySelectorAll(".caveat p, .sentence")].map((p) => p.textContent.trim());
  const sources = [...turn.querySelectorAll(".cards .source")].map(
    (card) => `[${card.querySelector(".number").textContent}] ${card.querySelector(".article").textContent}, ${card.querySelector(".step").textContent}`,
  );
  const people = [...turn.querySelectorAll(".referrals li")].map((place) => {
    const ways = [...place.querySelectorAll(".ways > *")].map((way) => way.textContent);
    return `${place.querySelector("strong").textContent}: ${ways.join(", ")}`;
  });
  return [said, [...new Set(people)], sources].map((lines) => lines.join("\n")).filter(Boolean).join("\n\n");
}

async function rate(turn, action) {
  const foot = turn.querySelector(".foot");
  const told = words().turn;
  foot.querySelector("form")?.remove();
  if (action.dataset.do === "up") return send("");
  const form = el("form", "reason");
  const label = el("label", "", told.reason);
  const field = el("textarea");
  field.rows = 2;
  field.maxLength = 500;
  field.id = `${turn.id}-reason`;
  label.htmlFor = field.id;
  const submit = el("button", "plain", told.send_reason);
  submit.type = "submit";
  form.append(label, field, submit);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    form.remove();
    action.focus();
    send(field.value.trim());
  });
  foot.append(form);
  field.focus();
  return undefined;

  async function send(reason) {
    const body = JSON.stringify({ turn_id: turn.dataset.turnId, rating: action.dataset.do, reason });
    let said = told.not_sent;
    try {
      said = (await (await fetch("/rate", { method: "POST", body })).json()).told;
    } catch {
      // the page's own server is gone; the status line says so
    }
    turn.querySelector(".progress").textContent = said;
    for (const other of turn.querySelectorAll("[data-do=up], [data-do=down]")) other.setAttribute("aria-pressed", String(other === action));
  }
}

// --- keeping the talk, off until she switches it on ---------------------------------------------------------------------

function keeping(isHere) {
  const box = byId("keep");
  box.addEventListener("change", () => {
    if (!box.checked) {
      local.remove("talk");
      return switchOff();
    }
    if (local.get("talk")) return switchOff(words().keep.elsewhere); // what is kept there is hers too
    hold();
    return switchOn() && save();
  });
  // left fast, or switched off, in another tab
  local.hear("talk", () => window.coachKeeps && !local.get("talk") && switchOff());
  if (!isHere) return;
  switchOn();
  const before = local.get("talk");
  if (!Array.isArray(before?.turns)) return;
  // all but the looks of it is here at once: a quick first message goes on where the talk was
  window.coachThread = threadId = text(before.thread_id);
  kept.push(...before.turns.filter((row) => /^t\d+$/.test(row?.key) && text(row.message)));
  const all = Array.isArray(before.told) ? before.told : kept.map((row) => row.message);
  for (const message of all.filter(text)) tell(message);
  n = Math.max(0, ...kept.map((row) => Number(row.key.slice(1))));
  if (before.is_asking) letGo(); // reloaded in mid-answer
  if (kept.length) wire("kept").send({ turns: kept });
}

const text = (value) => (typeof value === "string" ? value : "");

function switchOn() {
  window.coachKeeps = byId("keep").checked = true;
  byId("keep-not").textContent = "";
  return true;
}

function switchOff(why = "") {
  window.coachKeeps = byId("keep").checked = false;
  byId("keep-not").textContent = why;
  release();
}

function keep(state, turn) {
  const row = { key: state.key, message: turn.querySelector(".message").textContent, answer: state.answer };
  const at = kept.findIndex((other) => other.key === row.key);
  if (at < 0) kept.push(row);
  if (window.coachKeeps) save();
}

function save() {
  const isKept = local.set("talk", { thread_id: threadId, turns: kept.slice(-100), told, is_asking: Boolean(current) });
  if (!isKept) switchOff(words().keep.refused);
}

function restore(states) {
  const first = byId("log").firstElementChild; // what she asked before this came stands behind it
  for (const state of states) {
    byId("log").insertBefore(begun(state.key, state.message), first);
    take(state);
  }
  byId("log").lastElementChild?.scrollIntoView({ block: "start", behavior: "instant" });
}
