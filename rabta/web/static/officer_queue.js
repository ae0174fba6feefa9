// What an officer did, kept on the phone until the line takes it. Used by the page and by its worker.
// Every entry has a key: sent twice it has one effect.
const RabtaQueue = (() => {
  const STORE = "waiting";
  const PAGES = "rabta-pages"; // the pages that the worker keeps

  function database() {
    return new Promise((done, fail) => {
      const asked = indexedDB.open("rabta-outbox", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
  }

  async function run(mode, work) {
    const opened = await database();
    try {
      return await new Promise((done, fail) => {
        const transaction = opened.transaction(STORE, mode);
        const asked = work(transaction.objectStore(STORE));
        transaction.oncomplete = () => done(asked.result);
        transaction.onerror = transaction.onabort = () => fail(transaction.error);
      });
    } finally { opened.close(); }
  }

  const isRefused = (entry) => entry.refused !== undefined;
  const add = (entry) => run("readwrite", (store) => store.put(entry));
  const remove = (key) => run("readwrite", (store) => store.delete(key));
  const all = async () => (await run("readonly", (store) => store.getAll())).sort((a, b) => a.at - b.at);

  // Sends what waits, oldest first; returns what went out. Stops at the first entry that finds no line.
  // One page or worker at a time: the others find the lock taken and leave it to that one.
  function flush(token) {
    if (!navigator.locks) return sendAll(token);
    return navigator.locks.request("rabta-outbox", { ifAvailable: true }, (lock) => (lock ? sendAll(token) : []));
  }

  async function sendAll(token) {
    const sent = [];
    for (const entry of await all()) {
      if (isRefused(entry)) continue;
      const answer = await send(entry, token);
      if (answer === "no line") break;
      if (answer === "sign in") { await add({ ...entry, signIn: true }); break; }
      if (isRefused(answer)) { await add({ ...entry, signIn: false, refused: answer.refused }); continue; }
      await remove(entry.key);
      sent.push({ ...entry, said: answer.said });
    }
    return sent;
  }

  async function send(entry, token) {
    const body = new FormData();
    for (const [name, value, fileName] of entry.fields) {
      if (name === "csrfmiddlewaretoken" && token) continue;
      if (value instanceof Blob) body.append(name, value, fileName); else body.append(name, value);
    }
    if (token) body.append("csrfmiddlewaretoken", token);
    try {
      const answer = await fetch(entry.url, { method: "POST", body, credentials: "same-origin", headers: { Accept: "application/json", "X-Rabta-Officer": entry.officer } });
      if (answer.redirected || answer.status === 401 || answer.status === 403) return "sign in";
      if (answer.status >= 500 || answer.status === 408) return "no line";
      const json = (answer.headers.get("content-type") ?? "").includes("json") ? await answer.json() : {};
      if (answer.ok) return json;
      return { refused: json.refused || [json.detail, json.hint].filter(Boolean).join(" ") }; // empty: the page has words
    } catch { return "no line"; }
  }

  return { PAGES, add, remove, all, flush, isRefused };
})();
self.RabtaQueue = RabtaQueue;
