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

export function start() {
  document.addEventListener("input", (event) => {
    const form = event.target.closest("#decide form");
    if (form) form.dataset.touched = "1";
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-submits-on-change]");
    if (form && event.target.value) form.requestSubmit();
  });
  document.addEventListener("htmx:after:swap", closedOne);
}
