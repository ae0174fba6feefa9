// Who else is at the case, and telling them that somebody is here. Whoever says nothing for a while is gone.
import { openCase } from "./panes.js";

const AGAIN = 20000;
const WRITES_FOR = 45000; // after the last key
let here = null; // { address, token } of the case that is open
let doing = "";
let typedAt = 0;

const line = () => document.getElementById("presence");
const token = () => document.querySelector("#composer [name=csrfmiddlewaretoken]")?.value ?? "";

async function tell(what, to = here) {
  if (!to) return;
  doing = what;
  const body = new URLSearchParams({ doing: what, csrfmiddlewaretoken: to.token });
  const response = await fetch(to.address, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => null);
  if (what !== "gone") show(response, to);
}

async function show(response, to) {
  if (!response?.ok || to !== here || !line()) return;
  const html = await response.text();
  if (line().innerHTML.trim() !== html.trim()) line().innerHTML = html;
}

const wanted = () => (performance.now() - typedAt < WRITES_FOR && document.getElementById("composer-text")?.value.trim() && document.querySelector("#composer [name=tab]:checked")?.value !== "note" ? "replying" : "looking");

/** News of who is at the open case. */
export async function news(caseId) {
  if (here && caseId === openCase()) show(await fetch(here.address, { redirect: "manual" }).catch(() => null), here);
}

/** Another case was opened, or none. */
export function moved() {
  const address = line()?.dataset.here ?? "";
  if (here?.address === address) return;
  if (here) tell("gone", here);
  here = address ? { address, token: token() } : null;
  typedAt = 0;
  if (here) tell("looking");
}

export function typed() {
  typedAt = performance.now();
  if (doing !== wanted()) tell(wanted());
}

export function start() {
  document.addEventListener("htmx:after:swap", moved);
  setInterval(() => { if (!document.hidden) tell(wanted()); }, AGAIN);
  addEventListener("pagehide", () => tell("gone"));
  addEventListener("pageshow", (event) => { if (event.persisted && here) tell("looking"); });
  document.addEventListener("rabta:presence", (event) => news(event.detail));
  moved();
}
