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

// News may be under way when somebody opens a form: what was asked for then does not take it away now.
function keepTouched(event) {
  if (event.target.id !== "case" || !touched()) return;
  const { tasks } = event.detail;
  for (const id of ["decide", "related", "person"]) {
    const at = tasks.findIndex((task) => task.target?.id === id);
    if (at >= 0) tasks.splice(at, 1);
  }
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
  document.addEventListener("htmx:after:swap", closedOne);
}
