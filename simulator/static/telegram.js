// The chats of a person at the simulated Telegram. Asked for anew every second.
import { el, icon } from "./dom.js";

const byId = (id) => document.getElementById(id);
const me = byId("me"), text = byId("text"), file = byId("file"), talk = byId("talk");
const PIN = "M12 21s7-6.3 7-11.5a7 7 0 0 0-14 0C5 14.7 12 21 12 21Zm0-9a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2Z";
const SHEET = "M7 3h7l4 4v14H7Zm7 0v4h4";
const GULBAHAR = { latitude: 34.009, longitude: 71.598 };
let state = { users: [], bots: [], groups: [], messages: [] };
let chat = 0; // 0: the chat with the bot; else a group
let answers = null;
let shown = "";
let atEnd = true; // whether the newest message is in sight

const bot = () => state.bots[0]?.id ?? 0;
const group = () => state.groups.find((one) => one.id === chat);
const nameOf = (id) => state.users.find((one) => one.id === id)?.first_name ?? state.bots.find((one) => one.id === id)?.name ?? "";

async function ask(path, body) {
  const form = body instanceof FormData;
  const options = body ? { method: "POST", body: form ? body : JSON.stringify(body), headers: form ? {} : { "Content-Type": "application/json" } } : {};
  const answer = await fetch(path, options);
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error ?? `HTTP ${answer.status}`);
  return found;
}

async function act(path, body) {
  byId("trouble").textContent = "";
  try {
    const found = await ask(path, body);
    await load();
    return found;
  } catch (error) {
    byId("trouble").textContent = error.message;
    return null;
  }
}

const HERE = { latitude: 34.0151, longitude: 71.5805 }; // where these telephones are: in Peshawar
const mine = () => ({ as: Number(me.value), bot: bot(), chat: chat || Number(me.value) });

// A pressed button is pale until the bot has answered that it heard it.
async function press(button, message, data) {
  button.setAttribute("aria-busy", "true");
  const made = await act("/telegram/press", { as: Number(me.value), message: message.seq, data });
  for (let tries = 0; made && tries < 15; tries += 1) {
    await new Promise((go) => setTimeout(go, 700));
    if ((await ask(`/telegram/pressed/${made.pressed}`)).answered) break;
  }
  button.removeAttribute("aria-busy");
}

function keys(message) {
  const markup = message.content.reply_markup;
  const rows = markup?.inline_keyboard ?? (markup?.keyboard ?? []);
  if (!rows.length) return null;
  const made = rows.flat().map((one) => {
    const button = el("button", { type: "button", dir: "auto" }, one.text);
    button.addEventListener("click", () => (one.request_location ? act("/telegram/write", { ...mine(), ...HERE }) : press(button, message, one.callback_data)));
    return button;
  });
  return el("div", { className: "tg-keys" }, ...made);
}

const words = ({ content }) => content.text ?? content.caption ?? content.venue?.title ?? "";

function attachment({ content }) {
  if (content.photo) {
    const photo = el("img", { src: `/telegram/file/${content.photo[0].file_id}`, alt: "Photo" });
    photo.addEventListener("load", () => { if (atEnd) talk.scrollTop = talk.scrollHeight; });
    return photo;
  }
  const other = content.document ?? content.voice ?? content.audio ?? content.video;
  if (other) return el("a", { href: `/telegram/file/${other.file_id}`, target: "_blank", rel: "noopener" }, icon(SHEET), other.file_name ?? "file");
  if (content.location) return el("span", {}, icon(PIN), `${content.location.latitude.toFixed(4)}, ${content.location.longitude.toFixed(4)}`);
  return null;
}

function react(message) {
  const emoji = message.reaction ? "" : "👍";
  act("/telegram/react", { as: Number(me.value), message: message.seq, emoji });
}

function foot(message) {
  const at = new Date(message.at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const made = el("span", { className: "tg-foot" }, message.reaction, message.edited ? "edited" : "", at);
  const button = (label, press) => {
    const one = el("button", { type: "button" }, label);
    one.addEventListener("click", press);
    made.prepend(one);
  };
  button("Answer", () => answer(message));
  if (message.author === Number(me.value) && words(message)) button("Edit", () => edit(message));
  else if (message.author === message.bot) button(message.reaction ? "Take back" : "👍", () => react(message));
  return made;
}

function edit(message) {
  const now = prompt("The message as it shall read", words(message));
  if (now?.trim()) act("/telegram/edit", { as: Number(me.value), message: message.seq, text: now.trim() });
}

function answer(message) {
  answers = message;
  byId("answering").hidden = !message;
  if (!message) return;
  byId("answering").firstElementChild.textContent = `Answer to ${nameOf(message.author)}: ${words(message).slice(0, 80)}`;
  text.focus();
}

function drawn(message) {
  const { content } = message;
  if (content.migrate_to_chat_id || content.migrate_from_chat_id) return el("li", { className: "tg-service" }, "The group is a large one now");
  const own = message.author === Number(me.value);
  const line = el("li", { className: own ? "mine" : "", data: { author: message.author === message.bot ? "bot" : "person" } });
  const said = el("div", { className: "tg-said" });
  if (group() && !own) said.append(el("span", { className: "tg-who", dir: "auto" }, nameOf(message.author)));
  const other = message.answers && state.messages.find((one) => one.number === message.answers);
  if (other) said.append(el("span", { className: "tg-quoted", dir: "auto" }, `${nameOf(other.author)}: ${words(other)}`));
  const carried = attachment(message);
  if (carried) said.append(carried);
  if (words(message)) said.append(el("div", { className: "tg-words", dir: "auto" }, words(message)));
  said.append(foot(message));
  line.append(said);
  const pressed = keys(message);
  if (pressed) line.append(pressed);
  return line;
}

function chatButton(id, title, about) {
  const face = el("span", { className: "tg-face", attrs: { "aria-hidden": "true" } }, title.slice(0, 1));
  const button = el("button", { type: "button", attrs: { "aria-pressed": String(id === chat) } }, face, el("b", { dir: "auto" }, title), el("small", {}, about));
  button.addEventListener("click", () => { chat = id; answer(null); shown = ""; load(); });
  return el("li", {}, button);
}

function drawChats() {
  const known = state.bots[0];
  if (!known) return;
  const rows = [chatButton(0, known.name, `@${known.username}, the police`)];
  rows.push(...state.groups.map((one) => chatButton(one.id, one.title, "group; the bot reads along")));
  byId("chats").replaceChildren(...rows);
  const now = group();
  byId("title").textContent = now ? now.title : known.name;
  byId("about").textContent = now ? "group · the bot is an administrator" : `@${known.username}`;
  byId("face").textContent = (now ? now.title : known.name).slice(0, 1);
  const started = state.standing === "started";
  byId("stop").hidden = Boolean(now) || !started;
  byId("begin").hidden = Boolean(now) || started;
  byId("start").textContent = state.standing === "stopped" ? "Restart" : "Start";
  byId("begin").firstElementChild.hidden = state.standing === "stopped";
}

async function load() {
  const chosen = me.value;
  const found = await ask(`/telegram/state?as=${chosen || 0}&bot=${bot()}&chat=${chat || chosen || 0}`);
  if (chosen !== me.value) return;
  state = found;
  if (me.options.length !== state.users.length) {
    me.replaceChildren(...state.users.map((one) => new Option(one.first_name, one.id)));
    me.value = chosen || state.users[0]?.id;
    return load();
  }
  const now = JSON.stringify([found, chat, me.value]);
  if (now === shown) return;
  shown = now;
  drawChats();
  atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80 || talk.dataset.chat !== `${me.value}:${chat}`;
  talk.replaceChildren(...state.messages.map(drawn));
  if (atEnd) talk.scrollTop = talk.scrollHeight;
  talk.dataset.chat = `${me.value}:${chat}`;
}

function attach() {
  byId("attached").hidden = !file.files.length;
  byId("attached").firstElementChild.textContent = file.files[0]?.name ?? "";
}

async function send() {
  const values = { ...mine(), text: text.value, ...(answers ? { answers: answers.number } : {}) };
  let body = values;
  if (file.files.length) {
    body = new FormData();
    for (const [name, value] of Object.entries(values)) body.append(name, value);
    body.append("file", file.files[0]);
  }
  if (!(await act("/telegram/write", body))) return;
  text.value = "";
  file.value = "";
  attach();
  answer(null);
  talk.scrollTop = talk.scrollHeight;
}

byId("write").addEventListener("submit", (event) => { event.preventDefault(); send(); });
text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); send(); }
});
file.addEventListener("change", attach);
byId("detach").addEventListener("click", () => { file.value = ""; attach(); });
byId("drop").addEventListener("click", () => answer(null));
byId("point").addEventListener("click", () => act("/telegram/write", { ...mine(), ...GULBAHAR }));
byId("start").addEventListener("click", () => act("/telegram/write", { ...mine(), text: "/start" }));
byId("stop").addEventListener("click", () => act("/telegram/stop", { as: Number(me.value), bot: bot() }));
me.addEventListener("change", () => { shown = ""; answer(null); load(); });
const keepUp = () => load().catch(() => {}).finally(() => setTimeout(keepUp, 1000));
keepUp();
