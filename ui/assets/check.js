// Checking a message: sends the draft, shows the review, and keeps a reminder in this browser where she asks for one.

import * as days from "./days.js";
import * as local from "./local.js";
import { byId, copy, isCalm, region, wire } from "./page.js";
import { sofar } from "./talk.js";

const DAY_MS = 24 * 60 * 60 * 1000;

let n = 0;

export function begin() {
  byId("check").addEventListener("submit", (event) => {
    event.preventDefault();
    const now = new Date();
    const localTime = [now.getHours(), now.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
    byId("check-progress").textContent = "Reading it…";
    wire("check").send({ text: byId("draft").value, local_time: localTime, region: region(), n: ++n, ...sofar() });
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
  due();
}

function remind(pressed) {
  const text = byId("remind-text").checked ? byId("draft").value : "";
  const isKept = local.set("reminder", { due: Date.now() + DAY_MS, text });
  pressed.disabled = true;
  pressed.textContent = isKept ? "This page will remind you tomorrow" : "This browser does not let the page keep anything";
}

function due() {
  const reminder = local.get("reminder");
  if (!reminder || reminder.due > Date.now()) return;
  const line = byId("due");
  const said = document.createElement("span");
  said.textContent = "A day has passed since you let a message rest. ";
  const look = document.createElement("button");
  look.type = "button";
  look.className = "plain";
  look.dataset.view = "check";
  look.textContent = "Look at it again";
  const done = document.createElement("button");
  done.type = "button";
  done.className = "quiet";
  done.textContent = "Not now, forget it";
  for (const button of [look, done]) {
    button.addEventListener("click", () => {
      if (button === look && reminder.text) byId("draft").value = reminder.text;
      local.remove("reminder");
      line.hidden = true;
    });
  }
  line.replaceChildren(said, look, done);
  line.hidden = false;
}

