// My days: in this browser only, off until switched on, exportable, and erased by one button that asks first.

import * as local from "./local.js";
import { byId, show } from "./page.js";
import { hasNo } from "./talk.js";

const DAY_MS = 24 * 60 * 60 * 1000;
const MINIMUM = 21; // days; one article's, others ask for less or none

let data = null;

export function begin() {
  data = local.get("days");
  const box = byId("days-on");
  box.checked = Boolean(data);
  box.addEventListener("change", () => {
    if (box.checked) {
      data = { last: "", no: hasNo, notes: {}, entries: [] };
      local.set("days", data);
      return draw();
    }
    const isEmpty = !data.last && !data.entries.length && !Object.values(data.notes).some(Boolean);
    if (isEmpty) return erase();
    box.checked = true;
    return byId("erase").showModal();
  });
  byId("last-contact").addEventListener("change", (event) => change(() => (data.last = event.target.value)));
  byId("has-no").addEventListener("change", (event) => change(() => (data.no = event.target.checked)));
  for (const field of notes()) field.addEventListener("input", () => change(() => (data.notes[field.dataset.note] = field.value)));
  byId("j-add").addEventListener("click", () => {
    const text = byId("j-today").value.trim();
    if (!text) return byId("j-today").focus();
    byId("j-today").value = "";
    return change(() => data.entries.unshift({ day: today(), text }));
  });
  byId("days-export").addEventListener("click", save);
  byId("erase-export").addEventListener("click", save);
  byId("days-erase").addEventListener("click", () => byId("erase").showModal());
  byId("erase-no").addEventListener("click", () => byId("erase").close());
  byId("erase-yes").addEventListener("click", () => {
    byId("erase").close();
    erase();
  });
  draw();
}

export function open() {
  if (data && hasNo && !data.no) change(() => (data.no = true));
}

export function letter() {
  show("days", false);
  const target = data ? byId("j-letter") : byId("days-on");
  target.focus();
}

const notes = () => document.querySelectorAll("#days [data-note]");

function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

function change(how) {
  how();
  local.set("days", data);
  draw();
}

function erase() {
  data = null;
  local.remove("days");
  draw();
}

function draw() {
  byId("days-on").checked = Boolean(data);
  byId("days").hidden = !data;
  for (const field of notes()) if (document.activeElement !== field) field.value = data?.notes[field.dataset.note] || "";
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

function count() {
  const [said, more] = [byId("count"), byId("count-more")];
  said.textContent = more.textContent = "";
  if (!data) return;
  if (data.no) {
    said.textContent = "The answer was no, so there is no day to count to.";
    more.textContent = "What happens from here is for your ex to begin, or not. These pages are for you.";
    return;
  }
  if (!data.last) return;
  const n = Math.round((Date.parse(today()) - Date.parse(data.last)) / DAY_MS);
  if (n < 0) return;
  said.textContent = n === 1 ? "1 day" : `${n} days`;
  more.textContent =
    `One article asks for at least ${MINIMUM} days without contact. Another thinks a week or two is enough, and others that a little contact is fine. ` +
    "None of them knows; pick what you can keep.";
}

function save() {
  const parts = ["My days", `Saved on ${today()}`, ""];
  if (data.last) parts.push(`Last contact: ${data.last}`, "");
  for (const [question, text] of Object.entries(data.notes)) if (text) parts.push(question, text, "");
  for (const entry of data.entries) parts.push(entry.day, entry.text, "");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([parts.join("\n")], { type: "text/plain" }));
  link.download = `notes-${today()}.txt`;
  link.click();
  URL.revokeObjectURL(link.href);
}
