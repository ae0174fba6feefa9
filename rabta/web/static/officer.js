// The phone page: what is done shows at once, waits on the phone, and goes out when there is a line.
const box = document.getElementById("outbox");
const queue = self.RabtaQueue;
const words = box?.dataset ?? {};
const PAUSES = [1, 5, 15, 30, 60];
let pause = 0, timer;
let seen = []; // what waited here: the worker may send it instead of the page, and the page shows the result all the same

if (box && queue && self.indexedDB) {
  document.documentElement.classList.add("o-live");
  for (const form of document.querySelectorAll("form[data-queue]")) prepare(form);
  box.querySelector("[data-retry]").addEventListener("click", () => flush());
  addEventListener("online", () => flush());
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  navigator.serviceWorker?.register(words.worker, { scope: "/officer/" }).catch(() => {});
  show().then(flush);
}

if (document.querySelector("#photos[data-preparing]")) awaitPhotos(2000);

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
  form.addEventListener("submit", (event) => { event.preventDefault(); keep(form); });
  if (!("atOnce" in form.dataset)) return;
  for (const input of form.querySelectorAll('input[type="file"]'))
    input.addEventListener("change", () => { if (input.files.length) keep(form); });
}

// Put the form into the outbox; what needs the place asks for it, and does without it when the phone says nothing.
async function keep(form) {
  const fields = [...new FormData(form)].filter(([, value]) => !(value instanceof File) || value.size);
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
  form.reset();
  form.closest("details")?.removeAttribute("open");
  if (!("atOnce" in form.dataset)) for (const button of form.querySelectorAll("button")) button.disabled = true;
  navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("outbox")).catch(() => {});
  await show();
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
  const before = (await queue.all()).filter((entry) => !entry.refused && entry.officer === words.officer);
  seen.push(...before.filter((entry) => !seen.some(({ key }) => key === entry.key)));
  if (before.length) {
    await show(true);
    await queue.flush(words.token);
  }
  await show();
  const left = new Set((await queue.all()).filter((entry) => !entry.refused).map(({ key }) => key));
  const gone = seen.filter(({ key }) => !left.has(key));
  seen = seen.filter(({ key }) => left.has(key));
  if (gone.some((entry) => entry.page === location.pathname)) return location.reload();
  pause = gone.length || !left.size ? 0 : Math.min(pause + 1, PAUSES.length - 1);
  if (left.size) timer = setTimeout(flush, PAUSES[pause] * 1000);
}

async function show(sending = false) {
  const entries = await queue.all();
  box.hidden = !entries.length;
  box.querySelector("ul").replaceChildren(...entries.map((entry) => line(entry, sending)));
}

function line(entry, sending) {
  const item = document.createElement("li");
  const files = entry.fields.filter(([, value]) => value instanceof Blob).length;
  const title = document.createElement("strong");
  title.textContent = files > 1 ? `${entry.label} × ${files}` : entry.label;
  const state = document.createElement("span");
  state.textContent = entry.refused ?? (entry.signIn ? words.login : sending ? words.sending : words.waiting);
  if (entry.refused) state.className = "error";
  item.append(title, " · ", state);
  if (entry.refused) item.append(" ", discard(entry));
  return item;
}

function discard(entry) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = words.discard;
  button.addEventListener("click", async () => { await queue.remove(entry.key); await show(); location.reload(); });
  return button;
}

function tell(text) {
  const item = document.createElement("li");
  item.className = "error";
  item.textContent = text;
  box.hidden = false;
  box.querySelector("ul").append(item);
}
