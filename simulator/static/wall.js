// A page as everybody sees it, and one person's private talk with it. Loaded anew at every event of the simulator.

import { el } from "./dom.js";
import { clock, day } from "./format.js";
import { listen } from "./live.js";

const byId = (id) => document.getElementById(id);
const page = byId("page"), me = byId("me"), given = new URLSearchParams(location.search);
let under = null;
let seen = "";

async function call(path, body) {
  const options = body instanceof FormData ? { method: "POST", body }
    : body ? { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } } : {};
  const answer = await fetch(path, options);
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(found.error?.message || found.error || `The simulator answered ${answer.status}.`);
  return found;
}

async function act(name, values, file) {
  byId("trouble").hidden = true;
  const facts = { by: me.value, ...values };
  let body = facts;
  if (file) {
    body = new FormData();
    for (const [key, value] of Object.entries(facts)) if (value) body.append(key, String(value));
    body.append("photo", file, file.name);
  }
  try {
    await call(`/sim/pages/${page.value}/${name}`, body);
    await load();
    return true;
  } catch (error) {
    byId("trouble").textContent = error.message;
    byId("trouble").hidden = false;
    return false;
  }
}

const time = (at) => `${day(at)} ${clock(at)}`;
function picture(name, film) {
  const src = `/social/files/${name}`, className = "wall-picture";
  if (!name) return null;
  return film ? el("video", { className, src, controls: true, preload: "metadata" }) : el("img", { className, src, alt: "Photo" });
}
const button = (words, press) => el("button", { type: "button", onclick: press }, words);

function drawnPost(post, depth) {
  const mine = post.author === me.value, ours = post.author === "page";
  const marks = [post.elsewhere && "elsewhere", post.hidden && "hidden by the page", post.edited_at && "edited"].filter(Boolean);
  const who = el("div", { className: "wall-who" },
    el("b", { dir: "auto" }, ours ? page.selectedOptions[0].textContent.replace(/^\w+: /, "") : post.name),
    el("span", {}, time(post.at)), ...marks.map((mark) => el("span", { className: "wall-mark" }, mark)));
  const acts = el("div", { className: "wall-acts" });
  if (!post.removed) {
    acts.append(button("Comment", () => choose(post)));
    if (!ours) acts.append(button(post.hidden ? "Page: show" : "Page: hide", () => act("hide", { post: post.id })));
    acts.append(button("Like", () => act("react", { post: post.id })));
    if (mine) acts.append(button("Edit", () => edit("edit", { post: post.id }, post.text)), button("Remove", () => act("remove", { post: post.id })));
  }
  const words = el("p", { className: "wall-words", dir: "auto" }, post.removed ? "Removed" : post.text);
  const name = [depth ? "reply" : "", depth > 1 ? "deeper" : "", post.removed ? "gone" : ""].filter(Boolean).join(" ");
  return el("li", { className: name, data: { post: post.id } }, who, words, post.removed ? null : picture(post.photo, post.film), acts);
}

function drawnMessage(message) {
  const mine = message.author === "person";
  const state = mine ? "" : { sent: "on its way", delivered: "delivered", read: "read" }[message.status] || "";
  const marks = [time(message.at), state, message.edits ? "edited" : "", message.reaction].filter(Boolean).join(" · ");
  const acts = el("div", { className: "wall-acts" });
  if (mine && !message.unsent) {
    acts.append(button("Edit", () => edit("edit-message", { message: message.id }, message.text)),
      button("Unsend", () => act("unsend", { message: message.id })));
  } else if (!mine) {
    acts.append(button(message.reaction ? "Take 👍 back" : "👍", () => act("react-message", { message: message.id, emoji: message.reaction ? "" : "👍" })));
  }
  const words = el("p", { className: "wall-words", dir: "auto" }, message.unsent ? "Unsent" : message.text);
  return el("li", { className: [mine ? "mine" : "", message.unsent ? "gone" : ""].join(" ").trim() },
    words, message.unsent ? null : picture(message.photo), el("small", {}, marks), acts);
}

function edit(name, values, before) {
  const text = prompt("New words", before);
  if (text) act(name, { ...values, text });
}

function choose(post) {
  under = post;
  byId("under").hidden = !post;
  byId("text-label").textContent = post ? "Your comment" : "Write on the page";
  if (!post) return;
  byId("under").firstElementChild.textContent = `Under: ${post.text.slice(0, 80) || "a photo"}`;
  byId("text").focus();
}

async function load() {
  if (!page.value) return;
  const found = await call(`/wall/shown?page=${page.value}&by=${me.value}`);
  const now = JSON.stringify(found) + me.value;
  if (now === seen) return;
  seen = now;
  const depth = {};
  for (const post of found.posts) depth[post.id] = post.parent ? Math.min(2, (depth[post.parent] ?? 0) + 1) : 0;
  byId("posts").replaceChildren(...found.posts.map((post) => drawnPost(post, depth[post.id])));
  byId("talk").replaceChildren(...found.talk.map(drawnMessage));
  if (!found.talk.length) byId("talk").append(el("li", { className: "wall-empty" }, "Nothing was written yet."));
  byId("talk").scrollTop = byId("talk").scrollHeight;
  if (found.talk.some((message) => message.author === "page" && message.status === "delivered") && !document.hidden) {
    await call(`/sim/pages/${page.value}/read`, { by: me.value });
  }
}

async function setUp() {
  const found = await call("/wall/setup");
  const chosen = [page.value || given.get("page"), me.value || given.get("me")];
  page.replaceChildren(...found.pages.map((one) =>
    new Option(`${one.kind === "instagram" ? "Instagram: " : "Facebook: "}${one.name}`, one.id)));
  me.replaceChildren(...found.people.map((one) => new Option(`${one.name}${one.role ? ` (${one.role})` : ""}`, one.phone)));
  if (found.pages.some((one) => one.id === chosen[0])) page.value = chosen[0];
  if (found.people.some((one) => one.phone === chosen[1])) me.value = chosen[1];
  await load();
}

function remember() {
  history.replaceState(null, "", `?${new URLSearchParams({ page: page.value, me: me.value })}`);
  choose(null);
  load();
}

for (const [input, name] of [["photo", "photo-name"], ["picture", "picture-name"]]) {
  byId(input).addEventListener("change", () => { byId(name).textContent = byId(input).files[0]?.name || ""; });
}
byId("where").addEventListener("change", remember);
byId("drop").addEventListener("click", () => choose(null));
byId("post").addEventListener("submit", async (event) => {
  event.preventDefault();
  const values = { text: byId("text").value.trim(), parent: under?.id, elsewhere: byId("elsewhere").checked, hide_author: byId("hidden-author").checked };
  if (await act("write", values, byId("photo").files[0])) {
    event.target.reset();
    byId("photo-name").textContent = "";
    choose(null);
  }
});
byId("say").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await act("say", { text: byId("words").value.trim() }, byId("picture").files[0])) {
    event.target.reset();
    byId("picture-name").textContent = "";
  }
});
await setUp();
listen((event) => (event.kind === "setup" ? setUp() : event.kind === "wall" ? (event.page ? load() : setUp()) : null), setUp);
document.addEventListener("visibilitychange", () => { if (!document.hidden) { seen = ""; load(); } });
document.body.dataset.ready = "true";
