// Keys of what members wrote: J and K from message to message; P pass on, D to the desk, R reasons on the one in focus.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") return move(key === "j" ? 1 : -1);
  const item = document.activeElement?.closest(".t-item");
  const target = item?.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.form) return target.form.requestSubmit(target);
  target.parentElement.open = true;
  target.parentElement.querySelector("button")?.focus();
});

function move(step) {
  const items = [...document.querySelectorAll(".t-item")];
  const next = items[items.indexOf(document.activeElement?.closest(".t-item")) + step] ?? (step > 0 ? items[0] : items.at(-1));
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
