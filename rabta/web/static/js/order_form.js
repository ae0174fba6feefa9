// Choosing the posts of an order: what is typed is looked up, a press adds the post as a line of its own.
let timer;
const rows = (form) => form.querySelector(".order-rows");
const chosen = (form) => [...rows(form).querySelectorAll('[name="post"]')].map((input) => input.value);

document.addEventListener("input", (event) => {
  const field = event.target.closest("[data-posts]");
  if (!field) return;
  clearTimeout(timer);
  timer = setTimeout(() => find(field), 200);
});
document.addEventListener("focusin", (event) => { if (event.target.matches?.("[data-posts]") && !event.target.value) find(event.target); }); // the last ones
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.("[data-posts]")) return;
  event.preventDefault(); // the first that was found; the order itself is given by its button
  event.target.parentElement.querySelector(".found [data-add]:not([disabled])")?.click();
});
document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-orders] [data-add]");
  if (add) put(add.closest("form"), add.dataset);
  event.target.closest("[data-orders] [data-remove]")?.closest(".order-row").remove();
});

async function find(field) {
  const found = field.parentElement.querySelector(".found");
  const text = field.value.trim();
  const answer = text.length === 1 ? "" : await fetch(`${field.dataset.posts}?q=${encodeURIComponent(text)}`).then((got) => (got.ok ? got.text() : "")).catch(() => "");
  if (field.value.trim() === text) found.innerHTML = answer; // our own page, escaped by the server
}

document.addEventListener("change", (event) => { if (event.target.matches?.('.order-row select, [data-orders] [name="along"]')) rows(event.target.form).querySelectorAll(".order-row").forEach(besides); });

function besides(row) { // who is told as well when this post leads; along the chain he receives it himself
  const line = row.querySelector(".order-besides");
  const along = row.closest("form")?.querySelector('[name="along"]')?.checked;
  if (line) line.hidden = !line.querySelector("bdi").textContent || row.querySelector("select").value !== "lead" || along;
}

function put(form, { add, name, part, besides: told = "" }) {
  if (chosen(form).includes(add)) return;
  const row = form.querySelector("template").content.firstElementChild.cloneNode(true);
  row.querySelector('[name="post"]').value = add;
  row.querySelector(".order-name").textContent = name;
  const taken = [...rows(form).querySelectorAll('[name="part"]')].some((select) => select.value === "lead") || "leads" in form.dataset;
  row.querySelector("select").value = part || (taken ? "support" : "lead");
  row.querySelector(".order-besides bdi")?.replaceChildren(told);
  rows(form).append(row);
  besides(row);
  const field = form.querySelector("[data-posts]");
  field.value = "";
  field.parentElement.querySelector(".found").replaceChildren();
  row.querySelector("textarea").focus();
}
