// Keys for the review: J and K through the list, A accept, R reject, O order again. Off while somebody types.
document.documentElement.classList.add("s-live");

for (const select of document.querySelectorAll("select[data-submit]"))
  select.addEventListener("change", () => select.form.requestSubmit());

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
  const key = event.key.toLowerCase();
  if (key === "j" || key === "k") return move(key === "j" ? 1 : -1);
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (key === "r" && !target.form.elements.remark.value.trim()) return target.form.elements.remark.focus();
  if (target.matches("summary")) { target.parentElement.open = true; return target.parentElement.querySelector("textarea").focus(); }
  target.focus();
  target.form.requestSubmit(target);
});

function move(step) {
  const rows = [...document.querySelectorAll(".s-row")];
  const next = rows[rows.indexOf(document.activeElement) + step] ?? (step > 0 ? rows[0] : rows.at(-1));
  next?.focus();
}
