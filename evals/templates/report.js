"use strict";
// Filters the failures and shows one at a time. Everything is text nodes: what people wrote is never read as markup.
const failures = JSON.parse(document.getElementById("data").textContent);
const at = (id) => document.getElementById(id);
const [search, suite, tag, list, detail, count] = ["search", "suite", "tag", "list", "detail", "count"].map(at);

function node(name, text, cls) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (cls) made.className = cls;
  return made;
}

function options(select, first, values) {
  select.append(new Option(first, ""), ...[...new Set(values)].sort().map((v) => new Option(v, v)));
}

options(suite, "all suites", failures.map((f) => `${f.suite}/${f.part}`));
options(tag, "all tags", failures.flatMap((f) => f.tags).filter(Boolean));
for (const f of failures) f.text = JSON.stringify([f.key, f.messages, f.tags, f.why, f.reason, f.expected, f.got]).toLowerCase();

function matching() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  return failures.filter((f) => words.every((w) => f.text.includes(w))
    && (!suite.value || `${f.suite}/${f.part}` === suite.value) && (!tag.value || f.tags.includes(tag.value)));
}

function show(f, button) {
  for (const other of list.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
  if (button) button.setAttribute("aria-current", "true");
  detail.replaceChildren();
  if (!f) { detail.append(node("p", "Nothing here.", "note")); return; }
  const top = node("div", undefined, "top");
  const copy = node("button", "copy replay command");
  copy.type = "button";
  copy.onclick = async () => {
    try { await navigator.clipboard.writeText(f.command); copy.textContent = "copied"; }
    catch { window.prompt("Copy the command", f.command); }
    setTimeout(() => { copy.textContent = "copy replay command"; }, 1500);
  };
  top.append(node("code", f.key), copy);
  detail.append(top);
  if (f.error) detail.append(node("p", f.error, "why"));
  const why = node("ul", undefined, "why");
  why.append(...f.why.map((w) => node("li", w)));
  if (f.why.length) detail.append(why);
  detail.append(node("p", `Expected: ${f.expected}`), node("p", `Got: ${f.got}`));
  if (f.reason) detail.append(node("p", f.reason, "note"));
  detail.append(...f.tags.filter(Boolean).map((t) => node("span", t, "chip")));
  detail.append(node("h3", "The talk"));
  const turns = f.record.turns;
  if (turns) for (const turn of turns) answered(turn);
  else detail.append(...f.messages.map((m) => node("div", m, "said")));
  rails(f.record.rails || (turns && turns[turns.length - 1].answer.decision.rails.filter((r) => r.verdict !== "pass")) || []);
  passages(f.record.found || (turns && turns[turns.length - 1].answer.passages) || []);
}

function answered(turn) {
  detail.append(node("div", turn.message, "said"));
  const reply = node("div", undefined, "reply");
  reply.append(node("span", turn.answer.outcome, "chip"));
  for (const c of turn.answer.caveats) reply.append(node("span", c.kind, "chip fail"), node("p", c.text));
  for (const s of turn.answer.sentences) {
    const line = node("p", s.text);
    line.append(node("span", s.source, "src"));
    reply.append(line);
    for (const c of s.citations) reply.append(node("blockquote", `“${c.quote}” — ${c.passage_id}, support ${c.support}`));
  }
  detail.append(reply);
}

function rails(rows) {
  if (!rows.length) return;
  detail.append(node("h3", "Rails that spoke"));
  detail.append(...rows.map((r) => node("span", `${r.policy} ${Number(r.score).toFixed(2)}: ${r.evidence}`, "chip fail")));
}

function passages(rows) {
  if (!rows.length) return;
  detail.append(node("h3", "Passages"));
  for (const p of rows) {
    const box = node("div", undefined, `pass ${p.label}`);
    box.append(node("b", `${p.passage_id}  ${Number(p.score).toFixed(3)}  ${p.label}`), document.createTextNode(p.text));
    detail.append(box);
  }
}

function filter() {
  const found = matching();
  count.textContent = `${found.length} of ${failures.length}`;
  list.replaceChildren(...found.map((f) => {
    const item = node("li");
    const button = node("button");
    button.type = "button";
    button.append(node("span", f.messages[f.messages.length - 1] || f.got), node("span", `${f.suite}/${f.part} ${f.id}`, "id"));
    button.onclick = () => show(f, button);
    item.append(button);
    return item;
  }));
  show(found[0], list.querySelector("button"));
}

for (const box of [search, suite, tag]) box.addEventListener("input", filter);
at("theme").onclick = () => {
  const root = document.documentElement;
  const isDark = (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  root.dataset.theme = isDark ? "light" : "dark";
};
filter();
