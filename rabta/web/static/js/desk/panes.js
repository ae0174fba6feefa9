// Which case is open, which line is chosen, and which pane a narrow screen shows.
const desk = document.getElementById("desk");
let last = ""; // the case that was open before a swap

export const pane = () => document.getElementById("case-pane");
export const openCase = () => pane()?.dataset.case ?? "";
export const rowOf = (id) => document.getElementById(`row-${id}`);
export const rowList = () => [...document.querySelectorAll("#rows .case-row")];

export function announce(words) {
  document.getElementById("announce").textContent = words;
}

export function mark() {
  const id = openCase();
  for (const row of rowList()) {
    const chosen = row.dataset.case === id;
    row.toggleAttribute("aria-current", chosen);
    if (chosen) { row.setAttribute("aria-current", "true"); row.classList.remove("unread"); row.querySelector(".dot")?.remove(); }
  }
}

/** Change the list without moving what somebody looks at: the open line, the focused one, the one under the pointer. */
export function still(change) {
  const rows = document.getElementById("rows");
  const id = anchor(rows)?.dataset.case;
  const before = id && rowOf(id).getBoundingClientRect().top;
  change();
  const after = id && rowOf(id);
  if (after) rows.scrollTop += after.getBoundingClientRect().top - before;
}

function anchor(rows) {
  const { top, bottom } = rows.getBoundingClientRect();
  const shown = rowList().filter((row) => { const at = row.getBoundingClientRect(); return at.bottom > top && at.top < bottom; });
  const wanted = (row) => row.dataset.case === openCase() || row.contains(document.activeElement) || row.matches(":hover");
  return shown.find(wanted) ?? (rows.scrollTop > 0 ? shown[0] : null);
}

/** The title of the page: how many cases are unseen, and where one is. */
export function title() {
  const news = document.querySelector("#queues [data-news]")?.dataset.news;
  const where = desk.dataset.view === "case" && pane() ? pane().dataset.reference : desk.dataset.title;
  document.title = `${news ? `(${news}) ` : ""}${where} · Rabta`;
}

/** Open the next (1) or previous (-1) line; it keeps the focus, so that the keys go on from there. */
export function step(by) {
  const rows = rowList();
  const at = rows.findIndex((row) => row.dataset.case === openCase());
  const next = at < 0 ? (by > 0 ? rows[0] : rows.at(-1)) : rows[at + by];
  if (!next) return false;
  const link = next.querySelector("a");
  link.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  link.click();
  return true;
}

function toBottom() {
  const talk = document.getElementById("conversation");
  if (talk) talk.scrollTop = talk.scrollHeight;
}

function opened() {
  desk.dataset.view = "case";
  const news = seen();
  mark();
  still(() => { for (const row of document.querySelectorAll(".case-row.left:not([aria-current])")) row.remove(); });
  toBottom();
  if (!pane()) return;
  title();
  if (news) document.dispatchEvent(new CustomEvent("rabta:seen"));
  announce(document.getElementById("case-heading")?.textContent ?? "");
  if (matchMedia("(max-width: 48rem)").matches) document.getElementById("case-heading")?.focus();
}

/** Whether the case that was just opened counted as unseen. */
function seen() {
  return rowOf(openCase())?.classList.contains("unread") || document.querySelector(`[data-alarm="${openCase()}"]`) !== null;
}

function show(button) {
  pane().dataset.show = button.dataset.shows;
  for (const one of document.querySelectorAll("[data-shows]")) one.setAttribute("aria-pressed", String(one === button));
}

function back(event) {
  if (!matchMedia("(max-width: 48rem)").matches) return;
  event.preventDefault();
  desk.dataset.view = "list";
  history.pushState({}, "", event.target.closest("a").href);
  rowOf(openCase())?.querySelector("a").focus();
  document.getElementById("case").replaceChildren(); // so that the same case can be opened again
  last = "";
  mark();
  title();
}

// Only a conversation that was read to its end follows what is new.
let atEnd = true;
function remember() {
  const talk = document.getElementById("conversation");
  atEnd = !talk || talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80;
}

export function start() {
  last = openCase();
  document.addEventListener("click", (event) => {
    const shows = event.target.closest("[data-shows]");
    if (shows) show(shows);
    if (event.target.closest("[data-back]")) back(event);
  });
  document.addEventListener("htmx:before:swap", remember);
  document.addEventListener("htmx:after:swap", () => {
    if (openCase() !== last) { last = openCase(); opened(); } else { mark(); if (atEnd) toBottom(); }
  });
  setTimeout(() => { for (const done of document.querySelectorAll("#flashes .flash-success")) done.remove(); }, 8000);
  mark();
  toBottom();
}
