// Single keys, as in other inboxes. They can be switched off; they never act while somebody writes.
import { open } from "./dialogs.js";
import { step } from "./panes.js";

const SWITCH = "rabta.keys";
const on = () => localStorage.getItem(SWITCH) !== "off";
const writing = (element) => element.closest("input, textarea, select, [contenteditable], audio, video") !== null;

async function write(kind) {
  document.getElementById("composer-text")?.focus(); // at once: what is typed next must not act as keys
  (await import("./composer.js")).write(kind);
}

const acts = {
  j: () => step(1),
  k: () => step(-1),
  r: () => write("reply"),
  n: () => write("note"),
  f: () => openOrder(),
  a: () => document.querySelector('[data-key="a"]')?.click(),
  m: () => document.querySelector('[data-key="m"]')?.click(),
  l: () => document.querySelector('[data-key="l"]')?.click(),
  e: () => document.querySelector('[data-key="e"]')?.click(),
  "/": () => document.getElementById("search")?.focus(),
  "?": () => open("help"),
};

function openOrder() {
  const box = document.getElementById("order-box");
  if (!box) return;
  document.querySelector('[data-shows="side"]')?.click();
  box.open = true;
  document.getElementById("post-text").focus();
}

// The first Enter goes to the suggested order, the second gives it: never an order by a slip of the hand.
function toSuggested(event) {
  const button = document.getElementById("suggested");
  const row = event.target.closest?.(".case-row[aria-current]");
  if (!button || !(row || event.target === document.body)) return;
  event.preventDefault();
  button.focus();
}

export function start() {
  const choice = document.getElementById("keys-on");
  choice.checked = on();
  choice.addEventListener("change", () => localStorage.setItem(SWITCH, choice.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); open("bar"); return; }
    if (!on() || event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Enter") { toSuggested(event); return; }
    const act = acts[event.key.toLowerCase()];
    if (act) { event.preventDefault(); act(); }
  });
}
