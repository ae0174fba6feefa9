// The map of a bulletin: a circle is chosen on it, or it shows how far something came. The fields and the table say the same.
const holder = document.getElementById("bulletin-map");
const field = (name) => document.querySelector(`[name="${name}"]`);
const spots = () => JSON.parse(document.getElementById("spots")?.textContent ?? "[]");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function leaflet() {
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `${holder.dataset.leaflet}leaflet.css` });
  const script = Object.assign(document.createElement("script"), { src: `${holder.dataset.leaflet}leaflet.js` });
  document.head.append(sheet, script);
  return new Promise((resolve, reject) => { script.onload = () => resolve(window.L); script.onerror = reject; });
}

function choosing(L, map) {
  let circle = null;
  const draw = () => {
    const [lat, lng, km] = ["lat", "lng", "radius_km"].map((name) => parseFloat(field(name).value));
    circle?.remove();
    if (Number.isFinite(lat) && Number.isFinite(lng)) {
      circle = L.circle([lat, lng], { radius: 1000 * (Number.isFinite(km) ? km : 5), color: colour("--accent-strong"), weight: 2, fillOpacity: 0.15 }).addTo(map);
    }
  };
  map.on("click", ({ latlng }) => {
    field("lat").value = latlng.lat.toFixed(4);
    field("lng").value = latlng.lng.toFixed(4);
    if (!field("radius_km").value) field("radius_km").value = "10";
    draw();
  });
  for (const name of ["lat", "lng", "radius_km"]) field(name).addEventListener("input", draw);
  draw();
}

function reaching(L, layer) {
  layer.clearLayers();
  const found = spots();
  const most = Math.max(1, ...found.map((one) => one.all));
  for (const one of found) {
    const share = one.all ? one.delivered / one.all : 0;
    const words = holder.dataset.kind === "claim" ? `${one.name}: ✓ ${one.delivered} · ✗ ${one.told} · ${one.all}` : `${one.name}: ${one.delivered} / ${one.all}${one.told ? ` · ${one.told} +` : ""}`;
    L.circleMarker([one.lat, one.lng], { radius: 6 + 14 * Math.sqrt(one.all / most), color: colour("--accent-strong"), weight: 2, fillColor: colour("--accent"), fillOpacity: 0.1 + 0.7 * share })
      .bindTooltip(Object.assign(document.createElement("span"), { textContent: words })).addTo(layer);
  }
}

async function ground() {
  const [L, areas] = await Promise.all([leaflet(), fetch(holder.dataset.areas).then((answer) => answer.json())]);
  holder.hidden = false;
  const map = L.map(holder, { attributionControl: false, minZoom: 5, maxZoom: 15, scrollWheelZoom: false });
  const outlines = L.geoJSON(areas, { style: { color: colour("--line-strong"), weight: 1, fillColor: colour("--sunken"), fillOpacity: 0.7 }, interactive: false }).addTo(map);
  const whole = outlines.getBounds();
  map.fitBounds(whole.isValid() ? whole : [[24, 61], [37, 78]]);
  return [L, map];
}

// Nothing is drawn before there is something to show; what comes later is drawn when the table renews itself.
function show() {
  let drawn = null;
  const layer = async () => {
    const [L, map] = await ground();
    map.fitBounds(L.latLngBounds(spots().map((one) => [one.lat, one.lng])).pad(0.3), { maxZoom: 12 });
    return [L, L.layerGroup().addTo(map)];
  };
  const renew = async () => {
    if (!spots().length) return;
    drawn ??= layer();
    reaching(...(await drawn));
  };
  document.addEventListener("htmx:afterSettle", renew);
  renew();
}

if (holder && field("radius_km")) ground().then(([L, map]) => choosing(L, map));
else if (holder) show();
