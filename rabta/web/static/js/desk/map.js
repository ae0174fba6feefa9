// The map: our own areas as the background, nobody is asked for tiles. Leaflet is fetched when a map is opened.
const desk = document.getElementById("desk");
let loading = null;
let areas = null;
let map = null;
let marker = null;

const sheetAt = (href) => Object.assign(document.createElement("link"), { rel: "stylesheet", href });

function leaflet() {
  loading ??= new Promise((resolve, reject) => {
    const sheets = [`${desk.dataset.leaflet}leaflet.css`, new URL("../../css/desk_map.css", import.meta.url)].map(sheetAt);
    const script = document.createElement("script");
    script.src = `${desk.dataset.leaflet}leaflet.js`;
    script.onload = () => resolve(window.L);
    script.onerror = reject;
    document.head.append(...sheets, script);
  });
  return loading;
}

async function draw() {
  const frame = document.getElementById("map");
  if (!frame || frame.firstElementChild) return;
  // Without an id: what htmx puts in takes over the style of an element with the same id, as text, which the policy forbids.
  const holder = frame.appendChild(document.createElement("div"));
  const L = await leaflet();
  areas ??= await (await fetch(desk.dataset.areas)).json();
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  map = L.map(holder, { attributionControl: false, minZoom: 6, maxZoom: 16 });
  const few = areas.features.length <= 40; // more names than that hide the map
  const layer = L.geoJSON(areas, {
    style: { color: colour("--accent"), weight: 1.5, fillColor: colour("--accent-soft"), fillOpacity: 0.6 },
    onEachFeature: (feature, area) => area.bindTooltip(feature.properties.name, few ? { permanent: true, direction: "center", className: "area-name" } : { sticky: true }),
  }).addTo(map);
  marker = null;
  const { lat, lng } = frame.dataset;
  if (lat && lng) { set(Number(lat), Number(lng), "", false); map.setView([lat, lng], 10); }
  else if (areas.features.length) map.fitBounds(layer.getBounds());
  else map.setView([0, 0], 6);
  map.on("zoomend moveend", () => thin(holder));
  thin(holder);
  map.on("click", (event) => set(event.latlng.lat, event.latlng.lng, "", true));
}

/** Of names that would lie over each other, or over the edge, the first in the list stays. */
function thin(holder) {
  const edge = holder.getBoundingClientRect();
  const kept = [];
  for (const name of holder.querySelectorAll(".area-name")) {
    name.classList.remove("hidden-name");
    const box = name.getBoundingClientRect();
    const clear = kept.every((other) => box.right < other.left || other.right < box.left || box.bottom < other.top || other.bottom < box.top);
    const inside = box.left >= edge.left && box.right <= edge.right && box.top >= edge.top && box.bottom <= edge.bottom;
    if (clear && inside) kept.push(box); else name.classList.add("hidden-name");
  }
}

function set(lat, lng, name, chosen) {
  const icon = window.L.divIcon({ className: "map-pin", html: '<svg class="icon" viewBox="0 0 24 24"><path d="M12 21c4.5-5 6.5-8.2 6.5-11.200A6.5 6.5 0 0 0 5.5 9.800C5.5 12.8 7.5 16 12 21z"/><circle cx="12" cy="9.8" r="2.3"/></svg>', iconSize: [32, 32], iconAnchor: [16, 30] });
  marker ??= window.L.marker([lat, lng], { icon, keyboard: false }).addTo(map);
  marker.setLatLng([lat, lng]);
  const form = document.getElementById("place-form");
  if (!chosen) return;
  form.lat.value = lat.toFixed(6);
  form.lng.value = lng.toFixed(6);
  form.name.value = name;
  form.dataset.touched = "1";
  form.querySelector("[data-needs-place]").disabled = false;
}

/** Draw the map that is open; with a button that names a place, go there and take it. */
export async function show(button) {
  if (button) await choose(button); else await draw();
}

async function choose(button) {
  const box = document.getElementById("map-box");
  if (!box) return;
  document.querySelector('[data-shows="side"]')?.click();
  box.open = true;
  await draw();
  map.setView([button.dataset.lat, button.dataset.lng], 12);
  set(Number(button.dataset.lat), Number(button.dataset.lng), button.dataset.name, true);
  document.querySelector("[data-needs-place]").focus();
}
