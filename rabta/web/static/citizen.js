// The public pages are complete without this file. It shows the photos, finds the place, and keeps what was typed.
document.documentElement.classList.add("c-live");

const LARGEST = 20 * 1024 * 1024;
const NEAR = 11, MOST_LABELS = 150; // names on the map from this zoom on, and only where they are not too many
let form;
begin();
if (document.getElementById("code")?.tagName === "BDI") prepareReceipt();
if (document.getElementById("said")) follow();

function begin() {
  for (const part of document.querySelectorAll(".c-script")) part.hidden = false;
  form = document.querySelector(".c-form");
  if (form) prepare(form);
  if (document.getElementById("here")) preparePlace();
}

function prepare(form) {
  const photos = form.elements.photos, previews = document.getElementById("previews");
  photos.addEventListener("change", () => preview(photos, previews));
  const button = form.querySelector("button.btn-primary"), words = button.lastChild.textContent;
  const busy = (is) => { button.disabled = is; button.lastChild.textContent = is ? ` ${form.dataset.sending}` : words; };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    busy(true);
    if (!await handIn(form)) busy(false);
  });
  form.addEventListener("input", () => { if (form.dataset.perhaps) renew(form); });
  addEventListener("pageshow", () => busy(false));
  if ("draft" in form.dataset) keepDraft(form);
}

// Sends the form; whether the page goes on. Without a line all stays as it is, and the same form sent again has one effect.
async function handIn(form) {
  const unsent = document.getElementById("unsent");
  unsent.hidden = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    if (!answer.headers.get("content-type")?.includes("json")) return show(await answer.text());
    const { go, detail, hint } = await answer.json();
    if (go) location.assign(go);
    else unsent.textContent = `${detail} ${hint}`;
    unsent.hidden = Boolean(go);
    return Boolean(go);
  } catch {
    form.dataset.perhaps = "1";
    unsent.textContent = form.dataset.noLine;
    unsent.hidden = false;
    return false;
  }
}

// A page of the server's, as of a field to be corrected, takes the place of this one.
function show(page) {
  const main = new DOMParser().parseFromString(page, "text/html").querySelector("main");
  document.querySelector("main").replaceWith(document.adoptNode(main));
  scrollTo(0, 0);
  main.focus();
  begin();
  return true;
}

// What is changed after it was perhaps taken is another message: as a repetition it would be left out.
function renew(form) {
  delete form.dataset.perhaps;
  if (crypto.randomUUID) form.elements.key.value = crypto.randomUUID();
}

function preview(photos, previews) {
  const large = [...photos.files].find((file) => file.size > LARGEST);
  photos.setCustomValidity(large ? `${form.dataset.tooLarge} (${large.name})` : "");
  if (large) photos.reportValidity();
  previews.replaceChildren(...[...photos.files].map(figure));
  previews.hidden = !photos.files.length;
}

function figure(file) {
  const made = document.createElement("figure");
  if (file.type.startsWith("image/")) {
    const image = document.createElement("img");
    image.src = URL.createObjectURL(file);
    image.alt = file.name;
    image.onload = () => URL.revokeObjectURL(image.src);
    made.append(image);
  } else {
    const caption = document.createElement("figcaption");
    caption.textContent = file.name;
    made.append(caption);
  }
  return made;
}

// What was typed survives a change of language and a reload of this tab; it goes when the form was taken.
function keepDraft(form) {
  const names = ["text", "place", "category", "name", "phone"];
  const saved = JSON.parse(sessionStorage.getItem("draft") ?? "{}");
  for (const name of names) if (saved[name] && !form.elements[name].value) form.elements[name].value = saved[name];
  form.addEventListener("input", () => sessionStorage.setItem("draft", JSON.stringify(Object.fromEntries(names.map((name) => [name, form.elements[name].value])))));
}

function preparePlace() {
  const said = document.getElementById("place-said"), away = document.getElementById("no-place");
  const { lat, lng } = form.elements;
  let map, marker;

  function mark(at, words) {
    lat.value = at ? at.lat.toFixed(6) : "";
    lng.value = at ? at.lng.toFixed(6) : "";
    said.textContent = words ?? (at ? `${form.dataset.placeTaken}` : "");
    away.hidden = !at;
    if (!map) return;
    marker?.remove();
    if (at) { marker = window.L.marker(at, { icon: pinIcon() }).addTo(map); map.setView(at, Math.max(map.getZoom(), 12)); }
  }

  document.getElementById("here").addEventListener("click", () => {
    const fail = () => { said.textContent = form.dataset.noPlace; };
    if (!navigator.geolocation) return fail();
    navigator.geolocation.getCurrentPosition(({ coords }) => mark({ lat: coords.latitude, lng: coords.longitude }), fail, { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 });
  });
  away.addEventListener("click", () => mark(null));

  const opener = document.getElementById("open-map"), box = document.getElementById("map");
  opener.addEventListener("click", async () => {
    box.hidden = !box.hidden;
    opener.setAttribute("aria-expanded", String(!box.hidden));
    if (map || box.hidden) return;
    map = await openMap(opener.dataset, box);
    map.on("click", (event) => mark(event.latlng));
    if (lat.value) mark({ lat: +lat.value, lng: +lng.value });
  });
  if (lat.value) mark({ lat: +lat.value, lng: +lng.value });
}

function pinIcon() {
  return window.L.divIcon({ className: "c-pin", html: "", iconSize: [18, 18], iconAnchor: [9, 9] });
}

async function openMap({ areas, leaflet, leafletStyle }, box) {
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = leafletStyle;
  document.head.append(style);
  await new Promise((done, fail) => {
    const script = document.createElement("script");
    script.src = leaflet;
    script.onload = done;
    script.onerror = fail;
    document.head.append(script);
  });
  const map = window.L.map(box, { attributionControl: false });
  const shapes = await (await fetch(areas)).json();
  const labels = shapes.features.length <= MOST_LABELS ? { permanent: true, direction: "center", className: "c-area" } : { sticky: true };
  const layer = window.L.geoJSON(shapes, { style: { weight: 1.5, fillOpacity: 0.12 }, onEachFeature: (feature, part) => part.bindTooltip(feature.properties.name, labels) }).addTo(map);
  map.on("zoomend", () => box.classList.toggle("c-near", map.getZoom() >= NEAR));
  map.fitBounds(layer.getBounds());
  return map;
}

function prepareReceipt() {
  sessionStorage.removeItem("draft");
  const copy = document.getElementById("copy");
  copy.addEventListener("click", async () => {
    await navigator.clipboard?.writeText(document.getElementById("code").textContent);
    copy.querySelector("span").textContent = copy.dataset.done;
  });
  document.getElementById("print").addEventListener("click", () => print());
  const address = document.querySelector("[data-poll]")?.dataset.poll;
  if (address) poll(address, 1000);
}

// Asks for the reference number, less and less often.
async function poll(address, pause) {
  const answer = await fetch(address).then((response) => response.json()).catch(() => ({}));
  if (!answer.reference) return pause < 60_000 && setTimeout(() => poll(address, pause * 1.4), pause);
  const number = document.createElement("bdi");
  number.dir = "ltr";
  number.className = "reference";
  number.textContent = answer.reference;
  document.getElementById("reference").replaceChildren(number);
}

// The status page stays true: asks for a few letters that change with the page, and only then for the page itself.
// What somebody is writing below is left alone. Less and less often, and not while nobody looks.
function follow() {
  const QUICK = 2000, SLOW = 60_000;
  let pause = QUICK, timer;

  async function look() {
    const shown = document.getElementById("said");
    if (!shown) return;
    const { pulse } = await fetch(shown.dataset.ask).then((answer) => answer.json()).catch(() => ({ pulse: shown.dataset.pulse }));
    if (pulse !== shown.dataset.pulse) {
      pause = QUICK;
      if (!shown.dataset.pulse) return location.reload();
      const page = await fetch(shown.dataset.address).then((answer) => answer.text()).catch(() => "");
      const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("said");
      if (fresh) shown.replaceWith(document.adoptNode(fresh));
    }
    again();
  }

  function again() {
    clearTimeout(timer);
    timer = setTimeout(() => (document.hidden ? again() : look()), pause);
    pause = Math.min(pause * 1.3, SLOW);
  }

  document.addEventListener("visibilitychange", () => { if (!document.hidden) { pause = QUICK; again(); } });
  again();
}
