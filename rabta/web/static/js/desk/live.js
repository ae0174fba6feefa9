// What changes elsewhere: a line comes in at its place, the open case and the counts follow. The chosen line never moves.
import { touched } from "./forms.js";
import { announce, mark, openCase, pane, rowList, rowOf, still } from "./panes.js";

const desk = document.getElementById("desk");
const CALM = 400; // milliseconds between two looks: the first change is shown at once, a flood is gathered
const MOST = 60;
const list = () => document.getElementById("rows");
let changed = new Set();
let above = new Set(); // new lines that stand higher than what the list shows
let beyond = new Set(); // unread cases that stand further down than the list was read
let timer = null;
let lookedAt = 0;
let lost = false;

async function fetchRows(address) {
  const response = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!response.ok || response.redirected) return null;
  const holder = document.createElement("template");
  holder.innerHTML = await response.text();
  return new Map([...holder.content.querySelectorAll(".case-row")].map((row) => [row.dataset.case, row]));
}

/** Lines that are in the list are renewed, those that left it go, others come in. */
async function refreshRows(ids) {
  const found = await fetchRows(`${desk.dataset.rows}?${desk.dataset.query}&ids=${ids.join(",")}`);
  if (found) bring(ids, found);
}

function bring(ids, found) {
  const came = [];
  still(() => {
    for (const id of ids) {
      const [here, there] = [rowOf(id), found.get(id)];
      if (here && there) renew(here, there);
      else if (here) leave(here);
      else if (there && put(there)) came.push(there);
      else if (there?.classList.contains("unread")) beyond.add(id);
    }
  });
  mark();
  for (const row of came) { htmx.process(row); row.classList.add("arrived"); }
  tell(came);
}

/** Put a line where it belongs; false when that is further down than the list was read. */
function put(row) {
  const next = rowList().find((other) => other !== row && other.dataset.rank > row.dataset.rank);
  if (next) { next.before(row); return true; }
  if (document.querySelector("#rows .more")) return false;
  document.querySelector("#rows .empty")?.closest("li").remove();
  list().append(row);
  return true;
}

function renew(here, there) {
  const focused = here.contains(document.activeElement);
  const stays = focused || here.dataset.case === openCase() || here.matches(":hover") || here.dataset.rank === there.dataset.rank;
  here.replaceWith(there);
  if (!stays && !put(there)) { there.remove(); return; }
  htmx.process(there);
  if (focused) there.querySelector("a").focus({ preventScroll: true });
}

function leave(row) {
  if (row.dataset.case === openCase()) row.classList.add("left"); else row.remove();
}

function tell(came) {
  const top = list().getBoundingClientRect().top;
  for (const row of came) if (row.getBoundingClientRect().top < top) above.add(row.dataset.case);
  showBar();
  if (came.length + beyond.size) announce(words(came.length + beyond.size));
}

const words = (count) => {
  const { wordsOne, wordsMany } = document.getElementById("new-bar").dataset;
  return count === 1 ? wordsOne : wordsMany.replace("%s", count);
};

function showBar() {
  const bar = document.getElementById("new-bar");
  if (!bar) return;
  const top = list().getBoundingClientRect().top;
  for (const id of above) if (!rowOf(id) || rowOf(id).getBoundingClientRect().top >= top) above.delete(id);
  for (const id of beyond) if (rowOf(id)) beyond.delete(id);
  const count = above.size + beyond.size;
  bar.querySelector("span").textContent = words(count);
  bar.hidden = count === 0;
}

/** To the top, where the new lines are; those that are not in this list yet are the first of the newest. */
function toNew() {
  if (!above.size) { location.assign(`${desk.dataset.home}?${desk.dataset.query}&sort=newest`); return; }
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  list().scrollTo({ top: 0, behavior: calm ? "instant" : "smooth" });
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

/** Something may have been missed: the lines that are shown, the top of the list, the open case and the counts. */
async function refreshAll() {
  refreshCase();
  refreshCounts();
  const shown = rowList().map((row) => row.dataset.case).slice(0, MOST);
  if (shown.length) await refreshRows(shown);
  const first = await fetchRows(`${desk.dataset.list}?${desk.dataset.query}`);
  if (first) bring([...first.keys()].filter((id) => !rowOf(id)), first);
}

function hear(event) {
  changed.add(event.data);
  timer ||= setTimeout(refresh, Math.max(0, lookedAt + CALM - performance.now()));
}

/** The stream was refused for good. Signed out, here or from afar: the whole page goes. Otherwise it is tried again. */
async function refused() {
  const answer = await fetch(desk.dataset.queues, { redirect: "manual" }).catch(() => null);
  if (answer?.type === "opaqueredirect" || answer?.status === 403) location.reload();
  else setTimeout(listen, 5000);
}

function listen() {
  const stream = new EventSource(desk.dataset.live);
  stream.addEventListener("case", hear);
  stream.addEventListener("presence", (event) => document.dispatchEvent(new CustomEvent("rabta:presence", { detail: event.data })));
  stream.addEventListener("refresh", refreshAll);
  stream.addEventListener("open", () => { if (lost) refreshAll(); lost = false; });
  stream.addEventListener("error", () => {
    lost = true;
    if (stream.readyState === EventSource.CLOSED) refused();
  });
  addEventListener("pagehide", () => stream.close(), { once: true });
}

export function start() {
  document.addEventListener("click", (event) => { if (event.target.closest("#new-bar")) toNew(); });
  document.addEventListener("scroll", (event) => { if (event.target.id === "rows" && above.size + beyond.size) showBar(); }, true);
  document.addEventListener("rabta:seen", refreshCounts);
  document.addEventListener("rabta:behind", refreshCase);
  listen();
}
