// Dialogs: help, command bar, photo viewer, closing. The browser keeps the focus inside them and gives it back.
const byId = (id) => document.getElementById(id);

export function open(id) {
  const dialog = byId(id);
  if (dialog && !dialog.open) dialog.showModal();
}

function showPhoto(address, alt) {
  byId("viewer-image").src = address;
  byId("viewer-image").alt = alt;
  byId("viewer-original").href = address;
  open("viewer");
}

/* Command bar: queues, kept lists and pages by name; anything else is looked for as a reference number, name or words */
function findQueues() {
  const wanted = byId("bar-input").value.trim().toLowerCase();
  const places = document.querySelectorAll("#queues a, .topbar nav a, .topbar .menu-body a");
  const found = [...places].filter((a) => wanted && name(a).toLowerCase().includes(wanted));
  byId("bar-found").replaceChildren(...found.slice(0, 8).map((queue) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = queue.href;
    link.textContent = name(queue);
    item.append(link);
    return item;
  }));
}

const name = (link) => (link.querySelector(".queue-name") ?? link).textContent.trim();

export function start() {
  document.addEventListener("click", (event) => {
    const { target } = event;
    const opens = target.closest("[data-opens]");
    if (opens) open(opens.dataset.opens);
    if (target.closest("[data-closes]") || (target.tagName === "DIALOG" && target === event.target)) target.closest("dialog")?.close();
    const photo = target.closest("[data-photo]");
    if (photo) showPhoto(photo.dataset.photo, photo.querySelector("img").alt);
  });
  byId("bar-input").addEventListener("input", findQueues);
  byId("bar").addEventListener("submit", (event) => {
    const first = byId("bar-found").querySelector("a");
    if (first) { event.preventDefault(); first.click(); }
  });
}
