// Places that repeat, over our own areas: nobody is asked for tiles. The table below the map says the same.
const holder = document.getElementById("places-map");
const points = JSON.parse(document.getElementById("places-points").textContent);

function leaflet() {
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `${holder.dataset.leaflet}leaflet.css` });
  const script = Object.assign(document.createElement("script"), { src: `${holder.dataset.leaflet}leaflet.js` });
  document.head.append(sheet, script);
  return new Promise((resolve, reject) => { script.onload = () => resolve(window.L); script.onerror = reject; });
}

async function draw() {
  if (!points.length) { holder.hidden = true; return; }
  const [L, areas] = await Promise.all([leaflet(), fetch(holder.dataset.areas).then((answer) => answer.json())]);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const map = L.map(holder, { attributionControl: false, minZoom: 6, maxZoom: 16, scrollWheelZoom: false });
  map.fitBounds(L.latLngBounds(points.map(([lat, lng]) => [lat, lng])).pad(0.3), { maxZoom: 14 }); // circles want a view
  L.geoJSON(areas, { style: { color: colour("--line-strong"), weight: 1, fillColor: colour("--sunken"), fillOpacity: 0.7 }, interactive: false }).addTo(map);
  const most = Math.max(...points.map(([, , number]) => number));
  for (const [lat, lng, number, kinds, cases] of points) {
    const radius = 8 + 14 * Math.sqrt(number / most);
    L.circleMarker([lat, lng], { radius, color: colour("--accent-strong"), weight: 2, fillColor: colour("--accent"), fillOpacity: 0.45 })
      .bindTooltip(Object.assign(document.createElement("span"), { textContent: `${number} · ${kinds}` }))
      .on("click", () => { location.href = cases; }).addTo(map);
  }
}

draw();
