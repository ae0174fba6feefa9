// The drawer of provider switches.

import * as api from "./api.js";

const drawer = document.getElementById("switches");
const form = drawer.querySelector("form");
const inputs = [...form.querySelectorAll("input")];

function say(input) {
  if (input.type !== "range") return;
  const value = Number(input.value);
  const words = input.dataset.unit ? `${value / 1000} s` : `${Math.round(value * 100)} %`;
  input.closest("label").querySelector("output").textContent = value ? words : "never";
  if (input.dataset.unit && !value) input.closest("label").querySelector("output").textContent = "none";
}

/** Show the switches as they stand; mark the button while something is unusual. */
export function showFaults(faults) {
  for (const input of inputs) {
    if (input.type === "checkbox") input.checked = faults[input.name];
    else input.value = faults[input.name];
    say(input);
  }
  const unusual = inputs.some((input) => (input.type === "range" ? Number(input.value) > 0
    : input.checked !== (input.name === "limits")));
  document.querySelector("[data-open=switches]").classList.toggle("unusual", unusual);
}

async function change(faults) {
  try {
    showFaults(await api.setFaults(faults));
  } catch (error) {
    form.querySelector(".hint").textContent = error.message;
  }
}

const chosen = form.querySelector("[data-part=template]");
const told = form.querySelector("[data-part=template-state]");

async function listTemplates() {
  const before = chosen.value;
  const rows = await api.templates();
  chosen.replaceChildren(...rows.map((row) => new Option(
    `${row.name} (${row.language}): ${row.status.toLowerCase()}`, `${row.name}/${row.language}`)));
  if (rows.some((row) => `${row.name}/${row.language}` === before)) chosen.value = before;
}

async function decide(state) {
  try {
    await api.setTemplate(chosen.value, state);
    told.textContent = `${chosen.value}: ${state.toLowerCase()}. The software is told by a webhook.`;
    await listTemplates();
  } catch (error) {
    told.textContent = error.message;
  }
}

export function startSwitches() {
  document.querySelector("[data-open=switches]").addEventListener("click", () => { drawer.showModal(); listTemplates(); });
  for (const button of form.querySelectorAll("[data-state]")) button.addEventListener("click", () => decide(button.dataset.state));
  for (const input of inputs) {
    input.addEventListener("input", () => say(input));
    input.addEventListener("change", () => change({
      [input.name]: input.type === "checkbox" ? input.checked : Number(input.value) }));
  }
  form.querySelector("[data-part=reset]").addEventListener("click", () => change({ reset: true }));
}
