// Forms of the case: what was touched is not replaced by news, a choice is enough to submit, closing goes on to the next.
import { rowOf, openCase, step } from "./panes.js";

export const touched = () => document.querySelector("#decide form[data-touched], #decide details[open]") !== null;

function closedOne() {
  const done = document.querySelector("#notice [data-closed]");
  if (!done) return;
  delete done.dataset.closed;
  document.getElementById("close-dialog")?.close();
  rowOf(openCase())?.classList.add("left");
  step(1);
}

const writingInHead = () => document.querySelector("#case-head dialog[open]") !== null;
let behind = false; // the head was kept as it is while its dialog was open

// News may come while somebody has a form open: they do not take it away.
function keepTouched(event) {
  if (event.target.id !== "case") return;
  const { tasks } = event.detail;
  const kept = [...(touched() ? ["decide", "related", "person"] : []), ...(writingInHead() ? ["case-head"] : [])];
  for (const id of kept) {
    const at = tasks.findIndex((task) => task.target?.id === id);
    if (at >= 0) tasks.splice(at, 1);
    if (at >= 0 && id === "case-head") behind = true;
  }
}

function catchUp(event) {
  if (!behind || event.target.id !== "close-dialog") return;
  behind = false;
  document.dispatchEvent(new CustomEvent("rabta:behind"));
}

export function start() {
  document.addEventListener("input", (event) => {
    const form = event.target.closest("#decide form");
    if (form) form.dataset.touched = "1";
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-submits-on-change]");
    if (form && event.target.value) form.requestSubmit();
  });
  document.addEventListener("htmx:before:swap", keepTouched);
  document.addEventListener("close", catchUp, true);
  document.addEventListener("htmx:after:swap", closedOne);
}
