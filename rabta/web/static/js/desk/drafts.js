// Drafts: kept on the server for every machine, and here until the server has them. No tab overwrites another silently.
const PREFIX = "rabta.draft.";
const CALM = 700; // milliseconds without a key before it is saved
const LATE = 60_000; // a page may be under way for so long: what was saved meanwhile is not in it
const officer = document.getElementById("desk").dataset.officer;
const holder = () => document.getElementById("drafts");
const form = () => document.getElementById("composer");
const note = () => document.getElementById("draft-note");
let open = ""; // the case to which all of this belongs
let kept = {}; // by kind: the revision that the server has, and its words
let timer = null;
let busy = null;
let sending = false;

const local = (kind) => JSON.parse(localStorage.getItem(key(kind)) ?? "null");
const key = (kind) => `${PREFIX}${officer}.${open}.${kind}`;
const at = (kind) => (kept[kind] ??= { revision: 0, text: "" });

/** A case was opened: what the server had of it. */
export function begin(caseId) {
  if (timer) { clearTimeout(timer); timer = null; }
  [open, kept, busy, sending] = [caseId, {}, null, false];
  for (const one of holder()?.children ?? []) kept[one.dataset.kind] = { revision: Number(one.dataset.revision), text: one.textContent };
}

/** What was begun: the words here when the server has not got them yet, else the server's. */
export function of(kind) {
  const here = local(kind);
  form().draft.value = at(kind).revision;
  if (!here || here.text === at(kind).text) return at(kind).text;
  if (here.saved && (here.revision <= at(kind).revision || Date.now() - here.saved > LATE)) {
    localStorage.removeItem(key(kind));
    return at(kind).text;
  }
  if (here.saved) {
    at(kind).revision = form().draft.value = here.revision;
    return (at(kind).text = here.text);
  }
  if (here.revision !== at(kind).revision && at(kind).text) clash(kind, at(kind)); else later(kind);
  return here.text;
}

export function changed(kind, text) {
  if (text.trim() || at(kind).text) localStorage.setItem(key(kind), JSON.stringify({ text, revision: at(kind).revision }));
  else localStorage.removeItem(key(kind));
  say(text.trim() ? "here" : "");
  later(kind);
}

function later(kind) {
  if (timer) clearTimeout(timer);
  timer = setTimeout(() => save(kind), CALM);
}

const say = (which) => { if (note()) note().textContent = which ? note().dataset[which] : ""; };

/** One saving at a time; what was typed meanwhile is saved next. */
async function save(kind, keepalive = false) {
  const here = local(kind);
  if (!here || here.saved || !holder() || sending) return;
  if (busy && !keepalive) { await busy; later(kind); return; }
  const [case_, text] = [open, here.text];
  const body = new URLSearchParams({ kind, text, revision: at(kind).revision, csrfmiddlewaretoken: form().csrfmiddlewaretoken.value });
  busy = fetch(holder().dataset.save, { method: "POST", body, keepalive, redirect: "manual" }).catch(() => null);
  const response = await busy;
  busy = null;
  if (open !== case_ || !response) return;
  if (response.status === 409) { clash(kind, await response.json()); return; }
  if (!response.ok) return;
  at(kind).revision = (await response.json()).revision;
  at(kind).text = at(kind).revision ? text : "";
  form().draft.value = at(kind).revision;
  if (local(kind)?.text !== text) { later(kind); return; }
  if (text.trim()) localStorage.setItem(key(kind), JSON.stringify({ text, revision: at(kind).revision, saved: Date.now() }));
  else localStorage.removeItem(key(kind));
  say(text.trim() ? "saved" : "");
}

/* Another tab or machine saved something else: its words are shown, and somebody chooses. */
let other = null;

function clash(kind, theirs) {
  if (sending) return;
  at(kind).revision = theirs.revision;
  at(kind).text = theirs.text;
  form().draft.value = theirs.revision;
  if (!theirs.text) { later(kind); return; } // it was sent or thrown away there; these words are new
  other = { kind, text: theirs.text };
  const bar = document.getElementById("clash");
  bar.querySelector("q").textContent = theirs.text;
  bar.hidden = false;
}

function choose(whose) {
  document.getElementById("clash").hidden = true;
  if (!other) return;
  const { kind, text } = other;
  other = null;
  if (whose === "mine") { save(kind); return; }
  localStorage.removeItem(key(kind));
  const field = document.getElementById("composer-text");
  field.value = text;
  field.focus();
}

/** What is being sent is not saved any more; `done` when it has arrived or failed. */
export function leaving() { sending = true; if (timer) { clearTimeout(timer); timer = null; } }
export function arrived() { sending = false; }
export function resume(kind) { if (local(kind) && !local(kind).saved) later(kind); }

/** These words were sent: only what was typed since stays. */
export function sent(kind, text) {
  const here = local(kind);
  kept[kind] = { revision: 0, text: "" };
  form().draft.value = 0;
  if (!here || here.text === text) localStorage.removeItem(key(kind)); else later(kind);
}

/** Drafts are somebody's words about somebody: here they do not outlive the session. */
export function forget() {
  for (const one of Object.keys(localStorage)) if (one.startsWith(PREFIX)) localStorage.removeItem(one);
}

export function start(kindNow) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-clash]");
    if (button) choose(button.dataset.clash);
  });
  addEventListener("pagehide", () => { if (timer && holder()) save(kindNow(), true); });
  addEventListener("online", () => { if (holder()) save(kindNow()); });
}
