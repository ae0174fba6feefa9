// The desk's page: puts the parts together. Each module does one thing and starts itself on what it finds.
import * as panes from "./panes.js";
import * as composer from "./composer.js";
import * as dialogs from "./dialogs.js";
import * as forms from "./forms.js";
import * as keys from "./keys.js";
import * as live from "./live.js";
import * as map from "./map.js";
import * as trouble from "./trouble.js";

document.documentElement.classList.add("js");
for (const part of [dialogs, forms, panes, composer, map, keys, live, trouble]) part.start();
