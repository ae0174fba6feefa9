// Keys of the review: J and K from case to case; A accept, O order again, E pass up on the one that has the focus.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, button")) return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") return move(key === "j" ? 1 : -1);
  const item = document.activeElement?.closest(".l-item");
  if (!item) return;
  if (key === "enter" && event.target === item) return location.assign(item.dataset.href);
  const button = item.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!button) return;
  event.preventDefault();
  button.form.requestSubmit(button);
});

function move(step) {
  const items = [...document.querySelectorAll(".l-item")];
  const next = items[items.indexOf(document.activeElement?.closest(".l-item")) + step] ?? (step > 0 ? items[0] : items.at(-1));
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
