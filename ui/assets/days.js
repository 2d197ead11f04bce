// My days: in this browser only, off until switched on, exportable, and erased by one button that asks first.

import * as local from "./local.js";
import { byId, show, words } from "./page.js";
import { hasNo } from "./talk.js";

const DAY_MS = 24 * 60 * 60 * 1000;
const MINIMUM = 21; // days; one article's, others ask for less or none

let data = null;
let wantsLetter = false; // she came for the letter while nothing was switched on yet
let isTold = false; // the talk's no was marked here already
let unkept = {}; // answers that this browser refused to keep: they stay in their fields, and go into the saved file

export function begin() {
  data = read();
  const box = byId("days-on");
  box.checked = Boolean(data);
  box.addEventListener("change", () => {
    if (box.checked) {
      data = { last: "", no: hasNo, notes: {}, entries: [] };
      isTold = hasNo;
      say("");
      change(box);
      if (wantsLetter) byId("j-letter").focus();
      return undefined;
    }
    const isEmpty = !data.last && !data.entries.length && !Object.values(data.notes).some(Boolean);
    if (isEmpty) return erase();
    box.checked = true;
    return byId("erase").showModal();
  });
  byId("last-contact").addEventListener("change", ({ target }) => change(target, () => (data.last = target.value)));
  byId("has-no").addEventListener("change", ({ target }) => change(target, () => (data.no = target.checked)));
  for (const field of notes()) field.addEventListener("input", () => change(field, () => (unkept[field.dataset.note] = field.value)));
  byId("j-add").addEventListener("click", () => {
    const text = byId("j-today").value.trim();
    if (!text) return byId("j-today").focus();
    if (change(byId("j-add"), () => data.entries.unshift({ day: today(), text }))) byId("j-today").value = "";
    else data.entries.shift(); // it stays in the field
    return draw();
  });
  byId("days-export").addEventListener("click", save);
  byId("erase-export").addEventListener("click", save);
  byId("days-erase").addEventListener("click", () => byId("erase").showModal());
  byId("erase-no").addEventListener("click", () => byId("erase").close());
  byId("erase-yes").addEventListener("click", () => {
    byId("erase").close();
    erase();
    byId("days-on").focus();
  });
  local.hear("days", () => {
    take();
    draw(true);
  });
  draw();
}

export function open() {
  wantsLetter = false;
  say("");
  // once: who takes the mark away knows better than the talk does
  if (data && hasNo && !isTold) change(byId("has-no"), () => (data.no = true));
  isTold = isTold || (Boolean(data) && hasNo);
}

export function letter() {
  show("days", false);
  wantsLetter = !data;
  if (wantsLetter) say(words().days.letter);
  const target = data ? byId("j-letter") : byId("days-on");
  target.focus();
}

const say = (what) => (byId("days-said").textContent = what);

// what was kept, in the shape that is expected here: another version of the page, or another hand, may have written it
function read() {
  const found = local.get("days");
  if (!found || typeof found !== "object") return null;
  return { last: "", no: false, ...found, notes: { ...found.notes }, entries: Array.isArray(found.entries) ? found.entries : [] };
}

const notes = () => document.querySelectorAll("#days [data-note]");

function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

function take() {
  data = read();
  if (data) Object.assign(data.notes, unkept);
  else unkept = {};
}

// Another tab may have written since: what is kept is read anew, and only what changes is changed. Returns whether it was kept.
function change(where, how = () => {}) {
  data = read() || data;
  how();
  Object.assign(data.notes, unkept);
  const isKept = local.set("days", data);
  if (isKept) unkept = {};
  draw();
  warn(isKept ? null : where);
  return isKept;
}

function warn(where) {
  byId("unkept")?.remove();
  if (!where) return;
  const line = document.createElement("p");
  line.id = "unkept";
  line.className = "broken";
  line.setAttribute("role", "alert");
  line.textContent = "This browser did not keep that: its storage is full or switched off. Before you close this page, save it as a file or copy it.";
  (where.closest("label, .row") || where).after(line);
}

function erase() {
  data = null;
  unkept = {};
  local.remove("days");
  draw();
  say(words().days.erased);
}

function draw(isFromElsewhere = false) {
  byId("days-on").checked = Boolean(data);
  byId("days").hidden = !data;
  for (const field of notes()) {
    if (isFromElsewhere || document.activeElement !== field) field.value = data?.notes[field.dataset.note] || "";
  }
  byId("last-contact").value = data?.last || "";
  byId("last-contact").max = today();
  byId("has-no").checked = Boolean(data?.no);
  const entries = (data?.entries || []).map((entry) => {
    const row = document.createElement("li");
    const day = document.createElement("time");
    day.dateTime = day.textContent = entry.day;
    const text = document.createElement("p");
    text.textContent = entry.text;
    row.append(day, text);
    return row;
  });
  byId("entries").replaceChildren(...entries);
  count();
}

// only what changed is written: a live region that is written anew at every key is read out at every key
function count() {
  const said = counted();
  for (const [line, told] of [[byId("count"), said[0]], [byId("count-more"), said[1]]]) {
    if (line.textContent !== told) line.textContent = told;
  }
}

function counted() {
  if (data?.no) {
    return [
      "The answer was no, so there is no day to count to.",
      "What happens from here is for your ex to begin, or not. These pages are for you.",
    ];
  }
  const n = data?.last ? Math.round((Date.parse(today()) - Date.parse(data.last)) / DAY_MS) : -1;
  if (!(n >= 0)) return ["", ""];
  return [
    n === 1 ? "1 day" : `${n} days`,
    `One article asks for at least ${MINIMUM} days without contact. Another thinks a week or two is enough, and others that a little contact is fine. ` +
      "None of them knows; pick what you can keep.",
  ];
}

function save() {
  const parts = ["My days", `Saved on ${today()}`, ""];
  if (data.last) parts.push(`Last contact: ${data.last}`, "");
  for (const [question, text] of Object.entries(data.notes)) if (text) parts.push(question, text, "");
  const unput = byId("j-today").value.trim();
  if (unput) parts.push(today(), unput, "");
  for (const entry of data.entries) parts.push(entry.day, entry.text, "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([parts.join("\n")], { type: "text/plain" }));
  link.download = `notes-${today()}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000); // some browsers read it only later
}
