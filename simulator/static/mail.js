// A citizen's mail program: whose it is, to which mailbox, what was written. Asked for anew every second and a half.
import { el } from "./dom.js";

const byId = (id) => document.getElementById(id);
const me = byId("me"), box = byId("box"), letters = byId("letters"), subject = byId("subject"), text = byId("text"), file = byId("file"), trouble = byId("trouble");
let shown = "", last = null, chosen = false;

async function ask(path, body) {
  const answer = await fetch(path, body ? { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } } : {});
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error ?? `HTTP ${answer.status}`);
  return found;
}

function options(select, rows) {
  const before = select.value;
  if (select.options.length === rows.length) return;
  select.replaceChildren(...rows.map(([value, words]) => new Option(words, value)));
  if (rows.some(([value]) => value === before)) select.value = before;
}

function letter(one) {
  const at = new Date(one.at * 1000).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  const who = one.author === "person" ? "You" : one.automatic ? "Police, by itself" : "Police";
  return el("li", { className: one.author === "person" ? "mine" : "", testid: "mail-letter" },
    el("h2", { dir: "auto" }, one.subject || "(no subject)"),
    el("small", {}, `${who} · ${at}${one.file ? ` · file: ${one.file}` : ""}`),
    el("p", { dir: "auto" }, one.text));
}

// What one writes is an answer to the newest letter, as long as nobody asked for a new subject.
function answerTo(one) {
  if (chosen || (document.activeElement === subject && subject.value)) return;
  subject.value = one ? (/^re:/i.test(one.subject) ? one.subject : `Re: ${one.subject}`) : "";
}

async function look() {
  try {
    const found = await ask(`/phone/mail?${new URLSearchParams({ person: me.value, box: box.value })}`);
    options(me, found.people.map((one) => [one.address, `${one.name} <${one.address}>`]));
    options(box, found.boxes.map((one) => [one.address, `${one.address} · ${one.name}`]));
    const now = JSON.stringify([me.value, box.value, found.letters]);
    if (now === shown) return;
    shown = now;
    const none = el("li", { className: "none" }, "No letters yet. Write what happened and where.");
    letters.replaceChildren(...(found.letters.length ? found.letters.map(letter) : [none]));
    letters.scrollTop = letters.scrollHeight;
    last = found.letters.filter((one) => one.author === "force").pop() ?? null;
    answerTo(last);
  } catch (error) {
    trouble.textContent = error.message;
  }
}

async function attached() {
  const one = file.files[0];
  if (!one) return null;
  const bytes = new Uint8Array(await one.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 32768) binary += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return { name: one.name, type: one.type, data: btoa(binary) };
}

async function send() {
  trouble.textContent = "";
  try {
    await ask("/sim/mail/send", { from: me.value, to: box.value, subject: subject.value, text: text.value, file: await attached() });
    text.value = file.value = "";
    chosen = false;
    await look();
  } catch (error) {
    trouble.textContent = error.message;
  }
}

byId("write").addEventListener("submit", (event) => { event.preventDefault(); if (text.value.trim() || subject.value.trim() || file.files.length) send(); });
byId("fresh").addEventListener("click", () => { chosen = true; subject.value = ""; subject.focus(); });
for (const select of [me, box]) select.addEventListener("change", () => { chosen = false; subject.value = ""; shown = ""; look(); });
await look();
await look();
setInterval(look, 1500);
