// Reply and note: tabs by keys, drafts that survive a reload, prepared answers on "/", taking back.
import { openCase } from "./panes.js";
import * as drafts from "./drafts.js";
import * as enclosing from "./enclosing.js";
import * as presence from "./presence.js";

const text = () => document.getElementById("composer-text");
const tab = () => document.querySelector("#composer [name=tab]:checked")?.value ?? "reply";

export function write(kind) {
  const choice = document.querySelector(`#composer [name=tab][value=${kind}]`);
  if (!choice) return;
  choice.checked = true;
  loadDraft();
  text().focus();
}

function saveDraft() {
  drafts.changed(tab(), text().value);
  presence.typed();
}

function loadDraft() {
  const field = text();
  const first = !field.dataset.loaded;
  const early = first && field.value !== field.defaultValue; // typed while this script was on its way
  field.dataset.loaded = "1";
  if (first) drafts.begin(openCase());
  if (early) saveDraft(); else field.value = drafts.of(tab());
}

// Only what was sent goes: meanwhile the next thing may have been written.
function clear(sent) {
  const [kind, words] = [sent.get("tab"), sent.get("text").replaceAll("\r\n", "\n")];
  drafts.sent(kind, words);
  const confirmed = document.querySelector("#composer [name=confirmed]");
  if (confirmed) confirmed.checked = false;
  if (kind !== tab() || text().value !== words) return;
  text().value = "";
  if (kind === "reply") enclosing.clear();
  document.getElementById("draft-note").textContent = "";
  if (kind === "public") write("reply"); // the next words are private again
}

/* Prepared answers */
const list = () => document.getElementById("canned");
const shownOptions = () => [...list().children].filter((one) => !one.hidden);

function filter() {
  const field = text();
  const wanted = field.value.startsWith("/") ? field.value.slice(1).toLowerCase() : null;
  for (const one of list().children) one.hidden = wanted === null || !one.dataset.code.startsWith(wanted);
  list().hidden = wanted === null || shownOptions().length === 0;
  if (!list().hidden) select(shownOptions()[0]);
}

function select(option) {
  for (const one of list().children) one.setAttribute("aria-selected", String(one === option));
  text().setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function take(option) {
  text().value = option.dataset.text;
  list().hidden = true;
  text().removeAttribute("aria-activedescendant");
  saveDraft();
  text().focus();
}

function chooseByKey(event) {
  const options = shownOptions();
  const at = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") select(options[(at + 1) % options.length]);
  else if (event.key === "ArrowUp") select(options[(at - 1 + options.length) % options.length]);
  else if (event.key === "Enter" || event.key === "Tab") take(options[at]);
  else if (event.key === "Escape") list().hidden = true;
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/* Taking back: the seconds are counted down, then the button goes */
function countDown(form) {
  let seconds = Number(form.dataset.undo);
  const timer = setInterval(() => {
    seconds -= 1;
    if (!form.isConnected || seconds <= 0) { clearInterval(timer); form.remove(); return; }
    form.querySelector(".seconds").textContent = seconds;
  }, 1000);
}

function afterSwap(event) {
  const done = document.querySelector("#notice [data-done]:not([data-seen])");
  if (done) {
    done.dataset.seen = "1";
    // Forms that stay on the page get a fresh key: the next thing written is not a repetition of this one.
    for (const input of document.querySelectorAll("#case input[name=key]")) input.value = done.dataset.key;
    const since = document.querySelector("#composer [name=since]");
    if (since) since.value = done.dataset.since;
    const kept = !("again" in done.dataset);
    if (kept && (event.target.closest?.("#composer") || done.querySelector("[data-undo]"))) clear(event.detail.ctx.request.body);
    if (done.dataset.draft) { write("reply"); text().value = done.dataset.draft; saveDraft(); }
    const undo = done.querySelector("[data-undo]");
    if (undo) countDown(undo); else setTimeout(() => done.remove(), 6000);
  }
  if (text() && !text().dataset.loaded) loadDraft();
}

export function start() {
  document.addEventListener("input", (event) => {
    if (event.target === text()) { saveDraft(); filter(); }
  });
  document.addEventListener("change", (event) => {
    if (event.target.closest("#composer [name=tab]")) { loadDraft(); text().focus(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.target !== text()) return;
    if (!list().hidden) chooseByKey(event);
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); text().form.requestSubmit(); }
    else if (event.key === "Escape") text().blur();
  });
  document.addEventListener("mousedown", (event) => {
    const option = event.target.closest("#canned li");
    if (option) { event.preventDefault(); take(option); }
  });
  document.addEventListener("submit", (event) => { if (event.target.action?.endsWith("/logout/")) drafts.forget(); });
  document.addEventListener("htmx:before:request", (event) => { if (event.target.id === "composer") drafts.leaving(); });
  document.addEventListener("htmx:finally:request", (event) => { if (event.target.id === "composer") { drafts.arrived(); if (text()) drafts.resume(tab()); } });
  document.addEventListener("htmx:after:swap", afterSwap);
  enclosing.start();
  drafts.start(tab);
  presence.start();
  if (text()) loadDraft();
}
