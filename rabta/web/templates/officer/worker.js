{% load static %}// The phone page without a line: keeps the pages that were opened, and sends what waits when the line is back.
importScripts("{% static 'officer_queue.js' %}");
const PAGES = RabtaQueue.PAGES, PARTS = "rabta-parts", OFFLINE = "{% url 'officer_offline' %}";
const SHELL = [
  "{% static 'css/app.css' %}", "{% static 'css/fonts.css' %}", "{% static 'officer.css' %}", "{% static 'officer.js' %}",
  "{% static 'officer_queue.js' %}", "{% static 'js/app.js' %}", "{% static 'icons.svg' %}",
];
const PATIENCE = 8000;

self.addEventListener("install", (event) => event.waitUntil(caches.open(PARTS).then((cache) => cache.addAll([...SHELL, OFFLINE])).then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("sync", (event) => { if (event.tag === "outbox") event.waitUntil(RabtaQueue.flush()); });

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname === "{% url 'officer_shared' %}") return; // what was shared stays on the server only
  if (event.request.mode === "navigate") event.respondWith(page(event.request));
  else if (url.pathname.startsWith("{% get_static_prefix %}")) event.respondWith(part(event.request));
});

// The newest page if the line gives it in time, else the one that was kept.
async function page(request) {
  const cache = await caches.open(PAGES);
  const kept = await cache.match(request);
  try {
    const answer = await inTime(fetch(request), kept ? PATIENCE : 60_000);
    if (answer.type === "opaqueredirect" || answer.redirected) await signedOut(cache);
    else if (answer.ok) { await cache.put(request, answer.clone()); await limit(cache); }
    else if (answer.status === 404 || answer.status === 403) await cache.delete(request);
    return answer;
  } catch {
    return kept ? asKept(kept) : ((await caches.match(OFFLINE)) ?? Response.error());
  }
}

// A page from the phone says so: what it shows may be done by now.
async function asKept(answer) {
  const page = (await answer.text()).replace("<html", `<html data-kept="${answer.headers.get("date") ?? ""}"`);
  return new Response(page, { headers: answer.headers });
}

// Sent to the sign-in page: nothing of the last officer stays on the phone.
async function signedOut(cache) {
  for (const key of await cache.keys()) await cache.delete(key);
}

async function limit(cache) {
  const keys = await cache.keys();
  for (const key of keys.slice(0, Math.max(0, keys.length - 30))) await cache.delete(key);
}

async function part(request) {
  const cache = await caches.open(PARTS);
  const kept = await cache.match(request);
  const fresh = fetch(request).then((answer) => { if (answer.ok && answer.status === 200) cache.put(request, answer.clone()); return answer; });
  if (!kept) return fresh;
  fresh.catch(() => {});
  return kept;
}

function inTime(promise, milliseconds) {
  return Promise.race([promise, new Promise((_, fail) => setTimeout(() => fail(new Error("slow")), milliseconds))]);
}
