// The desk's page: puts the parts together. Each module does one thing and starts itself on what it finds.
import * as alarm from "./alarm.js";
import * as panes from "./panes.js";
import * as dialogs from "./dialogs.js";
import * as forms from "./forms.js";
import * as keys from "./keys.js";
import * as live from "./live.js";
import * as trouble from "./trouble.js";

document.documentElement.classList.add("js");
for (const part of [dialogs, forms, panes, keys, alarm, live, trouble]) part.start();

// What only an open case needs is fetched with the first one; the map when it is asked for.
let withCase = null;
function fetchForCase() {
  if (panes.pane()) withCase ??= import("./composer.js").then((composer) => composer.start());
}
document.addEventListener("htmx:after:swap", fetchForCase);
fetchForCase();

for (const [kind, capture] of [["toggle", true], ["click", false]]) {
  document.addEventListener(kind, async (event) => {
    const wanted = event.target.id === "map-box" ? event.target.open : event.target.closest("[data-place]");
    if (wanted) (await import("./map.js")).show(event.target.closest("[data-place]"));
  }, capture);
}
