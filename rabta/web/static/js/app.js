// On every page: menus close by themselves, messages can be dismissed, spans of time stay true.
const units = [["d", 86400, "day"], ["h", 3600, "hour"], ["min", 60, "minute"]];

export function spanOf(seconds, language = document.documentElement.lang) {
  const [sign, size, unit] = units.find(([, size]) => seconds >= size * (size === 86400 ? 2 : 1)) ?? [];
  if (!unit) return null;
  if (language === "en") return `${Math.floor(seconds / size)} ${sign}`; // as the server writes it
  return new Intl.NumberFormat(`${language}-u-nu-latn`, { style: "unit", unit, unitDisplay: "short" }).format(Math.floor(seconds / size));
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
}

document.addEventListener("click", (event) => {
  closeMenus(event.target.closest("details.menu"));
  event.target.closest("[data-dismiss]")?.closest(".flash")?.remove();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});

function showDismiss() {
  for (const button of document.querySelectorAll("[data-dismiss][hidden]")) button.hidden = false;
}

// A script may have opened something since the page came: the other language shows what is open now.
document.addEventListener("submit", (event) => {
  if (event.target.matches("form.languages")) event.target.elements.next.value = location.pathname + location.search;
});

// Signing out, on whatever page: what the phone kept of this officer's orders (officer/worker.js) goes first.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.action?.endsWith("/logout/") || !self.caches) return;
  event.preventDefault();
  await caches.delete("rabta-pages").catch(() => {});
  form.submit();
});

// On a telephone the pages of a bar go on beside the screen: where one is, is seen.
for (const nav of document.querySelectorAll(".topbar nav, .g-tabs")) {
  const here = nav.querySelector("[aria-current]")?.getBoundingClientRect(), bar = nav.getBoundingClientRect();
  if (here && (here.left < bar.left || here.right > bar.right)) nav.scrollLeft += (here.left + here.right - bar.left - bar.right) / 2;
}

// The server writes the first words; from then on they are kept true once a minute.
function refreshTimes() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const words = spanOf((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (words) time.textContent = words;
  }
}

showDismiss();
document.addEventListener("htmx:after:swap", showDismiss);
setInterval(refreshTimes, 60_000);
