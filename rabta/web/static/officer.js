// The phone page: what is done shows at once, waits on the phone, and goes out when there is a line.
const box = document.getElementById("outbox");
const queue = self.RabtaQueue;
const words = box?.dataset ?? {};
const PAUSES = [0.3, 1, 5, 15, 30, 60]; // the first: the phone's worker has it in hand, and is quick on a good line
let pause = 0, timer;
let seen = []; // what waited here: the worker may send it instead of the page, and the page shows the result all the same

if (box && queue && self.indexedDB) {
  document.documentElement.classList.add("o-live");
  for (const form of document.querySelectorAll("form[data-queue]")) prepare(form);
  document.querySelectorAll("[data-fir]").forEach(askForFir);
  box.querySelector("[data-retry]").addEventListener("click", () => flush());
  addEventListener("online", () => flush());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  navigator.serviceWorker?.register(words.worker, { scope: "/officer/" }).catch(() => {});
  show().then(() => { if (location.pathname !== "/officer/") document.querySelector("#refused:not([hidden])")?.scrollIntoView({ block: "center" }); }).then(flush);
}

if ("kept" in document.documentElement.dataset) sayKept(new Date(document.documentElement.dataset.kept));
if (document.querySelector("#photos[data-preparing]")) awaitPhotos(2000);

// The line is gone or too slow, and this is the page as the phone kept it.
function sayKept(when) {
  const kept = document.getElementById("kept");
  if (!isNaN(when)) kept.append(" ", clock(when));
  kept.hidden = false;
}

// Photos that are still being prepared: looks again, less and less often, and puts only their part in its place.
function awaitPhotos(pause) {
  setTimeout(async () => {
    const page = document.hidden ? "" : await fetch(location.pathname, { headers: { Accept: "text/html" } }).then((answer) => answer.text()).catch(() => "");
    const fresh = new DOMParser().parseFromString(page, "text/html").getElementById("photos");
    if (fresh) document.getElementById("photos").replaceWith(document.adoptNode(fresh));
    if (document.querySelector("#photos[data-preparing]") && pause < 120_000) awaitPhotos(pause * 1.4);
  }, pause);
}

function prepare(form) {
  form.addEventListener("submit", (event) => { event.preventDefault(); keep(form, event.submitter); });
  if (!("atOnce" in form.dataset)) return;
  for (const input of form.querySelectorAll('input[type="file"]'))
    input.addEventListener("change", () => { if (input.files.length) keep(form); });
}

// What is sent without a line is refused hours later: "FIR registered" asks for the number while the officer is here.
function askForFir(radio) {
  const form = radio.form;
  form.addEventListener("change", () => { form.elements.number.required = radio.checked; });
}

// Put the form into the outbox; what needs the place asks for it, and does without it when the phone says nothing.
async function keep(form, pressed) {
  const data = new FormData(form);
  if (pressed?.name) data.append(pressed.name, pressed.value);
  const fields = [...data].filter(([, value]) => !(value instanceof File) || value.size);
  const taken = fields.map(([, value]) => value).find((value) => value instanceof File);
  const entry = {
    key: crypto.randomUUID?.() ?? fields.find(([name]) => name === "key")[1], at: Date.now(), url: form.action,
    label: form.dataset.queue, officer: words.officer, page: location.pathname,
    fields: fields.filter(([name]) => name !== "key").map(([name, value]) => (value instanceof File ? [name, value, value.name] : [name, value])),
  };
  entry.fields.push(["key", entry.key]);
  if (taken) entry.fields.push(["taken_at", String(taken.lastModified)]);
  if ("place" in form.dataset && taken) entry.fields.push(...(await place()));
  try { await queue.add(entry); } catch { return tell(words.full); }
  seen.push(entry); // from here on the worker may send it, before this page looks again
  if (form.dataset.mends) await queue.remove(form.dataset.mends);
  delete form.dataset.mends;
  form.reset();
  form.closest("details")?.removeAttribute("open");
  if (!("atOnce" in form.dataset)) for (const pressed of form.querySelectorAll("button")) pressed.disabled = true;
  navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("outbox")).catch(() => {});
  await show();
  box.scrollIntoView({ block: "center" });
  flush();
}

function place() {
  return new Promise((done) => {
    if (!navigator.geolocation) return done([]);
    const found = ({ coords }) => done([["lat", String(coords.latitude)], ["lng", String(coords.longitude)]]);
    navigator.geolocation.getCurrentPosition(found, () => done([]), { maximumAge: 60_000, timeout: 4000 });
  });
}

async function flush() {
  clearTimeout(timer);
  const before = (await queue.all()).filter((entry) => !queue.isRefused(entry) && entry.officer === words.officer);
  seen.push(...before.filter((entry) => !seen.some(({ key }) => key === entry.key)));
  if (before.length) {
    await show(true);
    await queue.flush(words.token);
  }
  await show();
  const kept = await queue.all(); // what was refused is still here: loading the page anew would take what somebody mends
  const left = new Set(kept.filter((entry) => !queue.isRefused(entry)).map(({ key }) => key));
  const gone = seen.filter((one) => !kept.some(({ key }) => key === one.key));
  seen = seen.filter(({ key }) => left.has(key));
  if (gone.some((entry) => entry.page === location.pathname)) return anew();
  if (gone.length || !left.size) pause = 0;
  if (!left.size) return;
  timer = setTimeout(flush, PAUSES[pause] * 1000);
  pause = Math.min(pause + 1, PAUSES.length - 1);
}

// The page as it is after the act: what was kept of it is older, and must not be shown in its place.
async function anew() {
  await self.caches?.open(queue.PAGES).then((cache) => cache.delete(location.href)).catch(() => {});
  location.reload();
}

async function show(sending = false) {
  const entries = await queue.all(), refused = document.getElementById("refused");
  const waiting = entries.filter((entry) => !queue.isRefused(entry)), bad = entries.filter(queue.isRefused);
  box.hidden = !waiting.length;
  box.querySelector("ul").replaceChildren(...waiting.map((entry) => line(entry, sending)));
  refused.hidden = !bad.length;
  refused.querySelector("ul").replaceChildren(...bad.map(notTaken));
}

function line(entry, sending) {
  const item = document.createElement("li");
  const state = document.createElement("span");
  state.textContent = entry.signIn ? words.login : sending ? words.sending : words.waiting;
  item.append(...title(entry), " · ", state);
  return item;
}

function title(entry) {
  const files = entry.fields.filter(([, value]) => value instanceof Blob).length;
  const what = document.createElement("strong");
  what.textContent = files > 1 ? `${entry.label} × ${files}` : entry.label;
  return [what, " ", clock(new Date(entry.at))];
}

function clock(moment) {
  const made = document.createElement("time");
  made.dateTime = moment.toISOString();
  made.textContent = moment.toLocaleString(`${document.documentElement.lang}-u-nu-latn`, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return made;
}

// What the server did not take: why, and a way on. Nothing of it is thrown away before somebody says so.
function notTaken(entry) {
  const item = document.createElement("li"), why = document.createElement("p"), row = document.createElement("p");
  why.className = "error";
  why.textContent = entry.refused || words.notTaken;
  row.className = "row";
  if (formOf(entry)) row.append(button(hasOnlyFiles(entry) ? words.again : words.mend, () => mend(entry)));
  else if (entry.page !== location.pathname) row.append(link(entry.page));
  row.append(button(words.discard, () => queue.remove(entry.key).then(() => show())));
  item.append(...title(entry), why, row);
  return item;
}

const hasOnlyFiles = (entry) => new URL(entry.url).pathname.endsWith("/evidence/");
const formOf = (entry) => [...document.querySelectorAll("form[data-queue]")].find((form) => form.action === entry.url);

// Back into the form that it came from, with all that was typed; a photo is taken anew. It stays here until it is handed in again.
function mend(entry) {
  const form = formOf(entry);
  form.dataset.mends = entry.key;
  if (hasOnlyFiles(entry)) return form.querySelector('input[type="file"]').click();
  for (const [name, value] of entry.fields) {
    if (value instanceof Blob || name === "key" || name === "csrfmiddlewaretoken" || !form.elements[name]) continue;
    form.elements[name].value = value;
  }
  for (const again of form.querySelectorAll("button")) again.disabled = false;
  form.closest("details")?.setAttribute("open", "");
  form.querySelector("textarea, input:not([type=hidden])")?.focus();
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

function link(address) {
  const made = document.createElement("a");
  made.className = "btn";
  made.href = address;
  made.textContent = words.open;
  return made;
}

function tell(text) {
  const item = document.createElement("li");
  item.className = "error";
  item.textContent = text;
  box.hidden = false;
  box.querySelector("ul").append(item);
}
