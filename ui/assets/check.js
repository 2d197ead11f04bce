// Checking a message: sends the draft, shows the review, and keeps a reminder in this browser where she asks for one.

import * as days from "./days.js";
import * as local from "./local.js";
import { byId, copy, focusTitle, isCalm, region, steadily, wire, words } from "./page.js";
import { hasNo, sofar } from "./talk.js";

const DAY_MS = 24 * 60 * 60 * 1000;

let n = 0;

export function begin() {
  byId("check").addEventListener("submit", (event) => {
    event.preventDefault();
    const now = new Date();
    const localTime = [now.getHours(), now.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
    byId("check-progress").textContent = "Reading it…";
    wire("check").send({ text: byId("draft").value, local_time: localTime, region: region(), n: ++n, has_no: hasNo, ...sofar() });
  });
  wire("check").hear((told) => {
    if (told.n !== n) return;
    byId("check-progress").textContent = "";
    byId("review").innerHTML = told.html;
    byId("review").scrollIntoView({ block: "nearest", behavior: isCalm() ? "instant" : "smooth" });
  });
  byId("review").addEventListener("click", (event) => {
    const pressed = event.target.closest("button");
    if (!pressed) return;
    if (pressed.dataset.copy) copy(byId(pressed.dataset.copy).textContent, pressed);
    if ("letter" in pressed.dataset) days.letter();
    if ("remind" in pressed.dataset) remind(pressed);
  });
  local.hear("reminder", due);
  due();
}

function remind(pressed) {
  const text = byId("remind-text").checked ? byId("draft").value : "";
  const isKept = local.set("reminder", { due: Date.now() + DAY_MS, text });
  pressed.disabled = true;
  pressed.textContent = words().check[isKept ? "reminded" : "not_reminded"];
  due();
}

// A reminder stands under Check until its day has passed, and then above every view; asked for again while the page stays open.
export function due() {
  const reminder = local.get("reminder");
  const isDue = reminder && !(reminder.due > Date.now());
  tell(byId("reminder"), reminder && !isDue, "waiting");
  steadily(() => tell(byId("due"), isDue, "due", "look"));
}

function tell(line, is, said, look) {
  if (Boolean(is) === line.childElementCount > 0) return;
  if (!is) return line.replaceChildren();
  const told = words().check;
  const sentence = document.createElement("span");
  sentence.textContent = `${told[said]} `;
  line.replaceChildren(sentence);
  if (look) {
    const button = line.appendChild(made(told[look], "plain"));
    button.dataset.view = "check";
    button.addEventListener("click", () => {
      const text = local.get("reminder")?.text;
      if (text) byId("draft").value = text;
      forget();
    });
  }
  line.appendChild(made(look ? told.forget : told.unasked, "quiet")).addEventListener("click", () => {
    forget();
    focusTitle();
  });
  return undefined;
}

function made(face, className) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = className;
  button.textContent = face;
  return button;
}

function forget() {
  local.remove("reminder");
  due();
}

