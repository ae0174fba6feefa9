// What changes elsewhere: a line in its place, the open case, the counts. New lines wait behind a bar: nothing moves.
import { touched } from "./forms.js";
import { announce, mark, openCase, pane, rowOf } from "./panes.js";

const desk = document.getElementById("desk");
const CALM = 400; // milliseconds between two looks: the first change is shown at once, a flood is gathered
const MOST = 60;
let changed = new Set();
let fresh = new Set();
let timer = null;
let lookedAt = 0;
let lost = false;

async function fetchHtml(address) {
  const response = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!response.ok || response.redirected) return null;
  return response.text();
}

/** Lines that are in the list are replaced where they stand; those that left it fade; others are counted as new. */
async function refreshRows(ids) {
  const html = await fetchHtml(`${desk.dataset.rows}?${desk.dataset.query}&ids=${ids.join(",")}`);
  if (html === null) return;
  const found = new Map();
  const holder = document.createElement("template");
  holder.innerHTML = html;
  for (const row of holder.content.querySelectorAll(".case-row")) found.set(row.dataset.case, row);
  for (const id of ids) {
    const here = rowOf(id);
    const there = found.get(id);
    if (here && there) replace(here, there);
    else if (here) here.classList.add("left");
    else if (there) fresh.add(id);
  }
  mark();
  showBar();
}

function replace(here, there) {
  const focused = here.contains(document.activeElement);
  here.replaceWith(there);
  htmx.process(there);
  if (focused) there.querySelector("a").focus({ preventScroll: true });
}

function showBar() {
  const bar = document.getElementById("new-bar");
  if (!bar) return;
  const words = fresh.size === 1 ? bar.dataset.wordsOne : bar.dataset.wordsMany.replace("%s", fresh.size);
  if (fresh.size && bar.querySelector("span").textContent !== words) announce(words);
  bar.querySelector("span").textContent = words;
  bar.hidden = fresh.size === 0;
}

async function reloadList() {
  fresh = new Set();
  await htmx.ajax("GET", `${desk.dataset.list}?${desk.dataset.query}`, { target: "#list", swap: "innerHTML" });
  mark();
}

function refreshCase() {
  if (!pane()) return;
  const all = touched() ? "" : "&all=1";
  htmx.ajax("GET", pane().dataset.fresh + all, { source: "#case", target: "#case", swap: "none" });
}

function refreshCounts() {
  htmx.ajax("GET", `${desk.dataset.queues}?${desk.dataset.query}`, { source: "#queues", target: "#queues", swap: "innerMorph" });
}

function refresh() {
  timer = null;
  lookedAt = performance.now();
  const ids = [...changed];
  changed = new Set();
  if (ids.length > MOST) { refreshAll(); return; }
  if (ids.length) refreshRows(ids);
  if (ids.includes(openCase())) refreshCase();
  refreshCounts();
}

/** Something may have been missed: the lines that are shown, the open case and the counts, all anew. */
function refreshAll() {
  const shown = [...document.querySelectorAll("#rows .case-row")].map((row) => row.dataset.case).slice(0, MOST);
  if (shown.length) refreshRows(shown);
  refreshCase();
  refreshCounts();
}

function hear(event) {
  changed.add(event.data);
  timer ||= setTimeout(refresh, Math.max(0, lookedAt + CALM - performance.now()));
}

export function start() {
  document.addEventListener("click", (event) => { if (event.target.closest("#new-bar")) reloadList(); });
  const stream = new EventSource(desk.dataset.live);
  stream.addEventListener("case", hear);
  stream.addEventListener("refresh", refreshAll);
  stream.addEventListener("open", () => { if (lost) refreshAll(); lost = false; });
  stream.addEventListener("error", () => { lost = true; });
  addEventListener("pagehide", () => stream.close());
}
