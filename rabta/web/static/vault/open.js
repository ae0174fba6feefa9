// The custodian: opens what was sealed to him and shows it on this page alone, or seals it anew for the keys of today.
import { Wrong, ask, onSubmit, open, seal, sha256, toBytes, toText, unlock, words } from "./box.js";

const form = document.getElementById("open");
const shown = document.getElementById("shown");
const label = (name) => shown.querySelector(`[data-label="${CSS.escape(name)}"]`)?.textContent ?? name;

async function opened(box, key) {
  const inner = await open(toBytes(box), key);
  return open(inner, key);
}

// How the person was reached, in words where the page has them.
const kind = (name) => shown.querySelector(`[data-kind="${CSS.escape(name)}"]`)?.textContent ?? name;

function line(list, name, value) {
  const term = document.createElement("dt"), said = document.createElement("dd");
  term.textContent = label(name);
  said.dir = "auto";
  said.append(value);
  list.append(term, said);
}

async function original(facts) {
  const response = await fetch(form.dataset.file.replace("/x/", `/${facts.file}/`));
  if (!response.ok || response.redirected) throw new Error(String(response.status));
  const bytes = await open(new Uint8Array(await response.arrayBuffer()), facts.key);
  if (await sha256(bytes) !== facts.sha256) return document.createTextNode(label("changed"));
  const medium = facts.mime.split("/")[0];
  const made = document.createElement({ image: "img", audio: "audio", video: "video" }[medium] ?? "a");
  const address = URL.createObjectURL(new Blob([bytes], { type: medium in { image: 1, audio: 1, video: 1 } ? facts.mime : "application/octet-stream" }));
  if (made.tagName === "A") Object.assign(made, { href: address, download: facts.name || "original", textContent: label("download") });
  else Object.assign(made, { src: address, controls: true, alt: label("original") });
  return made;
}

async function entry(facts) {
  const list = document.createElement("dl");
  list.className = "v-facts v-secret";
  if (facts.key && facts.file) line(list, "original", await original(facts));
  else for (const [name, value] of Object.entries(facts)) if (value && name !== "proof") line(list, name, name === "channel" ? kind(value) : String(value));
  return list;
}

// Whether the content is still what was sealed first: whoever sealed it anew could have put in something else.
async function compared(names, secrets, commitments) {
  const found = { same: [], differs: [] };
  for (const [at, name] of names.entries()) {
    found[await sha256(secrets[at]) === commitments[name] ? "same" : "differs"].push(name);
  }
  if (!found.differs.length) return found;
  await ask(form, form.dataset.opened, found);
  throw new Wrong(words(form, "differs"));
}

async function show(secrets, found) {
  const entries = [];
  for (const secret of secrets) entries.push(await entry(JSON.parse(new TextDecoder().decode(secret))));
  await ask(form, form.dataset.opened, found);
  document.getElementById("facts").replaceChildren(...entries);
  form.remove();
  document.getElementById("state").replaceChildren(document.getElementById("opened").content.cloneNode(true));
  shown.hidden = false;
  shown.scrollIntoView();
}

async function sealAnew(names, secrets, found, { custodians, approvers }) {
  if (!custodians) { // it is done, and this was the second look
    await ask(form, form.dataset.opened, found);
    form.querySelector("#said").textContent = words(form, "sameDone");
    return;
  }
  const sent = {};
  for (const [at, name] of names.entries()) sent[name] = toText(await seal(await seal(secrets[at], custodians), approvers));
  await ask(form, form.dataset.anew, { boxes: sent, same: found.same });
  form.querySelector("#said").textContent = words(form, "anewDone");
}

onSubmit(form, async () => {
  const key = await unlock(form);
  const taken = await ask(form, form.dataset.take, {});
  const names = Object.keys(taken.boxes), secrets = [];
  for (const name of names) secrets.push(await opened(taken.boxes[name], key).catch(() => { throw new Wrong(words(form, "notMine")); }));
  const found = await compared(names, secrets, taken.commitments);
  if (form.dataset.rotation) await sealAnew(names, secrets, found, taken);
  else await show(secrets, found);
});
