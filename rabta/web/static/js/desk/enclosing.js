// What goes with a reply: a file, a message that it quotes; and how long free text may still be sent.
const at = (id) => document.getElementById(id);

function quote(button) {
  const bar = at("quoting");
  bar.querySelector("[name=quotes]").value = button.dataset.quote;
  bar.querySelector(".said").textContent = button.dataset.words || "…";
  bar.hidden = false;
  document.querySelector("#composer [name=tab][value=reply]").click();
  at("composer-text").focus();
}

function unquote() {
  const bar = at("quoting");
  if (!bar) return;
  bar.hidden = true;
  bar.querySelector("[name=quotes]").value = "";
}

export function clear() {
  unquote();
  const file = at("composer-file");
  if (file) { file.value = ""; named(file); }
}

function named(input) {
  const words = input.closest("label").querySelector("[data-file-name]");
  words.textContent = input.files[0]?.name ?? words.dataset.none;
}

/* The countdown is in words. When it is over it says so, and the template that goes from then on is shown. */
function tick() {
  const held = at("window");
  if (!held?.dataset.until) return;
  const minutes = Math.floor((new Date(held.dataset.until) - Date.now()) / 60000);
  const over = minutes < 0;
  const left = held.querySelector("[data-left]");
  left.hidden = over;
  held.querySelector("[data-over]").hidden = !over;
  if (over) { delete held.dataset.until; at("window-over").hidden = false; return; }
  const words = minutes >= 60 ? held.dataset.hours : held.dataset.minutes;
  left.textContent = words.replace("{h}", Math.floor(minutes / 60)).replace("{m}", minutes % 60);
  left.classList.toggle("pill-ok", minutes >= 60);
  left.classList.toggle("pill-warn", minutes < 60);
}

export function start() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-quote]");
    if (button) quote(button);
    else if (event.target.closest("[data-unquote]")) unquote();
  });
  document.addEventListener("change", (event) => { if (event.target.id === "composer-file") named(event.target); });
  document.addEventListener("htmx:after:swap", tick);
  setInterval(tick, 15000);
  tick();
}
