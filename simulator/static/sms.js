// An old phone: whose it is, which number it writes to, and what was said. Asked for anew every second and a half.
const byId = (id) => document.getElementById(id);
const me = byId("me"), number = byId("number"), talk = byId("talk"), text = byId("text"), trouble = byId("trouble");
const wanted = new URLSearchParams(location.search);
const GSM = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà]*$/u;
let shown = "";

async function ask(path, body) {
  const answer = await fetch(path, body ? { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } } : {});
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error ?? `HTTP ${answer.status}`);
  return found;
}

function options(select, rows, chosen) {
  const before = select.value || chosen;
  if (select.options.length === rows.length) return;
  select.replaceChildren(...rows.map(([value, words]) => new Option(words, value)));
  if (rows.some(([value]) => value === before)) select.value = before;
}

function line(message) {
  const made = document.createElement("li");
  const words = document.createElement("span");
  const at = document.createElement("small");
  made.className = message.author === "person" ? "mine" : "";
  words.textContent = message.text;
  words.dir = "auto";
  at.textContent = new Date(message.at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })
    + (message.author === "person" ? (message.status === "delivered" ? " · taken" : " · on its way") : "");
  made.append(words, at);
  return made;
}

async function look() {
  try {
    const found = await ask(`/phone/sms?${new URLSearchParams({ phone: me.value, number: number.value })}`);
    options(me, found.people.map((one) => [one.phone, one.role ? `${one.name}, ${one.role}` : one.name]), wanted.get("me"));
    options(number, found.numbers.map((one) => [one.number, `${one.number} · ${one.name}`]), wanted.get("number"));
    const now = JSON.stringify([me.value, number.value, found.messages]);
    if (now === shown) return;
    shown = now;
    const none = document.createElement("li");
    none.className = "none";
    none.textContent = "No messages yet. Write what happened and where.";
    talk.replaceChildren(...(found.messages.length ? found.messages.map(line) : [none]));
    talk.scrollTop = talk.scrollHeight;
  } catch (error) {
    trouble.textContent = error.message;
  }
}

function measure() {
  const plain = GSM.test(text.value), length = text.value.length;
  const [single, part] = plain ? [160, 153] : [70, 67];
  const parts = length <= single ? 1 : Math.ceil(length / part);
  byId("length").textContent = length ? `${length} letters, ${parts} SMS` : "";
}

async function send(words) {
  trouble.textContent = "";
  try {
    await ask("/sim/sms/send", { from: me.value, to: number.value, text: words });
    text.value = "";
    measure();
    await look();
  } catch (error) {
    trouble.textContent = error.message;
  }
}

byId("write").addEventListener("submit", (event) => { event.preventDefault(); if (text.value.trim()) send(text.value); });
for (const word of document.querySelectorAll("[data-word]")) word.addEventListener("click", () => send(word.dataset.word));
text.addEventListener("input", measure);
for (const select of [me, number]) select.addEventListener("change", look);
await look();
await look();
setInterval(look, 1500);
