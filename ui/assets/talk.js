// The talk: sends a message, puts each part that comes back in its place, once. Parts are HTML that the server escaped;
// what she wrote herself is only ever put as text. The talk lives in this tab: the page's server has it only while it answers.

import * as local from "./local.js";
import { byId, copy, isCalm, region, show, status, wire, words } from "./page.js";
import { openSource } from "./sources.js";

const NARROW = "(max-width: 63.99rem)";
const MAX_TOLD = 1000; // the service takes no more messages,
const MAX_TOLD_CHARS = 400000; // nor more of them than this; see ui/talk.py

let n = 0;
let current = null; // the key of the turn that is being told
let threadId = ""; // of the service; "" where there is none, or where it does not know all that was told
const told = []; // her messages, those of stopped and broken turns too
const kept = []; // what is kept in the browser where that is switched on: key, message, answer

export let hasNo = false;

export function begin() {
  const field = byId("message");
  byId("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    if (current) return;
    const message = field.value.trim();
    if (!message) return field.focus();
    ask(message);
  });
  field.addEventListener("input", grow);
  field.addEventListener("keydown", (event) => {
    const isTyped = event.key === "Enter" && !event.shiftKey && !event.isComposing;
    if (!isTyped || matchMedia("(pointer: coarse)").matches) return;
    event.preventDefault();
    byId("ask").requestSubmit();
  });
  byId("stop").addEventListener("click", stop);
  for (const starter of document.querySelectorAll("#coach .starters button")) {
    starter.addEventListener("click", () => write(starter.textContent.trim()));
  }
  byId("log").addEventListener("click", pressed);
  wire("talk").hear(take);
  wire("kept").hear((came) => restore(came.restored));
  keeping();
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
}

export function write(text) {
  show("talk", false);
  const field = byId("message");
  field.value = text;
  grow();
  field.focus();
  field.setSelectionRange(text.length, text.length);
}

function ask(message) {
  const edited = byId("ask").dataset.edits;
  if (edited) {
    delete byId("ask").dataset.edits;
    byId(edited)?.classList.add("edited");
    byId(edited)?.querySelector(".note-edited")?.removeAttribute("hidden");
  }
  const key = `t${++n}`;
  const turn = begun(key, message);
  current = key;
  byId("message").value = "";
  grow();
  busy(true);
  turn.scrollIntoView({ block: "start", behavior: isCalm() ? "instant" : "smooth" });
  wire("talk").send({ key, message, region: region(), ...sofar() });
  tell(message);
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
  const progress = el("p", "progress");
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
  if (!turn || turn.dataset.phase === "stopped") return;
  const placed = Number(turn.dataset.placed || 0);
  for (const part of state.parts.slice(placed)) {
    const slot = SLOTS[part.slot] ? turn.querySelector(SLOTS[part.slot]) : byId(part.slot);
    if (!slot) continue;
    if (SLOTS[part.slot]) slot.insertAdjacentHTML("beforeend", part.html);
    else slot.innerHTML = part.html; // a quote that is marked anew: same words, nothing moves
  }
  turn.dataset.placed = state.parts.length;
  if (state.turn_id) turn.dataset.turnId = state.turn_id;
  turn.dataset.phase = state.phase;
  const progress = turn.querySelector(".progress");
  if (progress.textContent !== state.progress) progress.textContent = state.progress;
  if (state.thread_id) window.coachThread = threadId = state.thread_id;
  hasNo = hasNo || state.has_no;
  if (state.phase === "broken") {
    status();
    letGo();
  }
  if (state.answer) keep(state, turn);
  if (state.answer || state.phase === "broken") over(turn);
}

function over(turn) {
  turn.querySelector(".actions").hidden = !turn.dataset.phase.startsWith("done");
  if (current !== turn.id) return;
  current = null;
  busy(false);
}

// The service does not have the message of a turn that did not end, and the page's server has its thread forgotten. That
// one stays in `coachThread`, so that leaving tells the service once more.
function letGo() {
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
  const again = button("edit", words().turn.edit);
  turn.querySelector(".foot").append(again);
}

function pressed(event) {
  const source = event.target.closest("[data-source]");
  if (source) return openSource(source, matchMedia(NARROW).matches);
  const turn = event.target.closest(".turn");
  if (event.target.closest(".again")) return again(turn);
  const choice = event.target.closest(".choice");
  if (choice) return current ? undefined : answer(choice.textContent);
  const action = event.target.closest("[data-do]");
  if (!action) return undefined;
  const message = turn.querySelector(".message").textContent;
  if (action.dataset.do === "copy") return copy(asText(turn), action);
  if (action.dataset.do === "edit") {
    byId("ask").dataset.edits = turn.id;
    return write(message);
  }
  return rate(turn, action);
}

// a tap answers; what she is writing meanwhile stays in its field
function answer(said) {
  const field = byId("message");
  const [typed, edits] = [field.value, byId("ask").dataset.edits];
  delete byId("ask").dataset.edits;
  ask(said);
  field.value = typed;
  if (edits) byId("ask").dataset.edits = edits;
  grow();
}

function again(turn) {
  if (current) return;
  ask(turn.querySelector(".message").textContent);
}

function asText(turn) {
  const said = [...turn.querySelectorAll(".caveat p, .sentence")].map((p) => p.textContent.trim());
  const sources = [...turn.querySelectorAll(".cards .source")].map(
    (card) => `[${card.querySelector(".number").textContent}] ${card.querySelector(".article").textContent}, ${card.querySelector(".step").textContent}`,
  );
  return [said.join("\n"), sources.join("\n")].filter(Boolean).join("\n\n");
}

async function rate(turn, action) {
  const foot = turn.querySelector(".foot");
  const told = words().turn;
  for (const other of turn.querySelectorAll("[data-do=up], [data-do=down]")) other.setAttribute("aria-pressed", String(other === action));
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
  }
}

// --- keeping the talk, off until she switches it on ---------------------------------------------------------------------

function keeping() {
  const box = byId("keep");
  const before = local.get("talk");
  window.coachKeeps = box.checked = Boolean(before);
  box.addEventListener("change", () => {
    window.coachKeeps = box.checked;
    if (box.checked) save();
    else local.remove("talk");
  });
  if (!before?.turns) return;
  // all but the looks of it is here at once: a quick first message goes on where the talk was
  window.coachThread = threadId = before.thread_id || "";
  kept.push(...before.turns.filter((row) => /^t\d+$/.test(row?.key) && row.message));
  for (const message of before.told || kept.map((row) => row.message)) tell(message);
  n = Math.max(0, ...kept.map((row) => Number(row.key.slice(1))));
  if (kept.length) wire("kept").send({ turns: kept });
}

function keep(state, turn) {
  const row = { key: state.key, message: turn.querySelector(".message").textContent, answer: state.answer };
  const at = kept.findIndex((other) => other.key === row.key);
  if (at < 0) kept.push(row);
  if (window.coachKeeps) save();
}

function save() {
  local.set("talk", { thread_id: threadId, turns: kept.slice(-100), told });
}

function restore(states) {
  const first = byId("log").firstElementChild; // what she asked before this came stands behind it
  for (const state of states) {
    byId("log").insertBefore(begun(state.key, state.message), first);
    take(state);
  }
  byId("log").lastElementChild?.scrollIntoView({ block: "start", behavior: "instant" });
}
