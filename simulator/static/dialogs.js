// The page's dialogs. Each `ask…` resolves with what was entered, or null.

import { el } from "./dom.js";

function finished(dialog) {
  return new Promise((resolve) => {
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
    dialog.showModal();
  });
}

const dialog = (id) => document.getElementById(id);

// A tap beside a dialog closes it.
for (const node of document.querySelectorAll("dialog")) {
  node.addEventListener("click", (event) => { if (event.target === node) node.close(""); });
}

export async function askLocation(places) {
  const node = dialog("location");
  const form = node.querySelector("form");
  form.reset();
  node.querySelector("[data-part=places]").replaceChildren(...places.map((place) => {
    const choice = el("button", { type: "button", className: "chip", testid: "place", dir: "auto" }, place.name);
    choice.addEventListener("click", () => {
      form.elements.name.value = place.name;
      form.elements.lat.value = place.lat;
      form.elements.lng.value = place.lng;
    });
    return choice;
  }));
  if ((await finished(node)) !== "ok") return null;
  const { name, lat, lng } = form.elements;
  return { name: name.value.trim(), latitude: Number(lat.value), longitude: Number(lng.value) };
}

export async function askPerson() {
  const node = dialog("person");
  const form = node.querySelector("form");
  form.reset();
  if ((await finished(node)) !== "ok") return null;
  return { name: form.elements.name.value.trim(), phone: form.elements.phone.value };
}

export async function askText({ title, label, value = "", file = null }) {
  const node = dialog("ask");
  const form = node.querySelector("form");
  node.querySelector("[data-part=title]").textContent = title;
  node.querySelector("[data-part=label]").textContent = label;
  form.elements.answer.value = value;
  const preview = node.querySelector("[data-part=preview]");
  const picture = file && file.type.startsWith("image/") ? URL.createObjectURL(file) : null;
  preview.replaceChildren(...(picture ? [el("img", { src: picture, alt: "" })] : []));
  const answer = await finished(node);
  if (picture) URL.revokeObjectURL(picture);
  return answer === "ok" ? form.elements.answer.value.trim() : null;
}

export function showPicture(address, text) {
  const node = dialog("picture");
  Object.assign(node.querySelector("img"), { src: address, alt: text || "Photo" });
  finished(node);
}

/** Choose one: `groups` is [{title, rows: [{id, title, description}]}]. */
export async function choose(title, groups) {
  const node = dialog("choices");
  node.querySelector("h2").textContent = title;
  node.querySelector("div").replaceChildren(...groups.flatMap((group) => [
    group.title ? el("h3", { dir: "auto" }, group.title) : null,
    ...group.rows.map((row) => el("button", { value: row.id, className: "choice", testid: "choice", dir: "auto" },
      el("b", {}, row.title), row.description ? el("span", {}, row.description) : null)),
  ]).filter(Boolean));
  const answer = await finished(node);
  return groups.flatMap((group) => group.rows).find((row) => row.id === answer) || null;
}
