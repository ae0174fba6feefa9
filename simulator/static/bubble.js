// One message as a bubble.

import { mediaUrl } from "./api.js";
import { showPicture } from "./dialogs.js";
import { el, icon } from "./dom.js";
import { clock, preview, readable, size } from "./format.js";

const TICKS = {
  sent: ["M4 12.5l5 5L20 6.5", "sent"],
  delivered: ["M2 12.5l5 5L18 6.5M11 16.5l1.5 1.5L23 7", "delivered"],
  read: ["M2 12.5l5 5L18 6.5M11 16.5l1.5 1.5L23 7", "read"],
};

/** The list item for a message. `act` has: reply, menu, tap(button, message), list(message), jump(id), find(id). */
export function bubble(message, act) {
  const mine = message.author === "person";
  if (message.shown.kind === "note") return note(message.shown.text, message);
  if (message.fails_with) return failed(message);
  const inner = message.revoked ? [el("em", { className: "gone" }, "This message was deleted")] : content(message, act);
  const line = foot(message, mine);
  const box = el("div", { className: "bubble" }, ...inner, line);
  const emojis = Object.values(message.reactions || {}).filter(Boolean);
  if (emojis.length) box.append(el("span", { className: "reactions", testid: "reactions" }, emojis.join("")));
  if (!message.revoked) {
    const more = el("button", { type: "button", className: "more", attrs: { "aria-label": "Message options" },
      testid: "message-menu" }, icon("M6 9l6 6 6-6"));
    more.addEventListener("click", () => act.menu(message, more));
    line.prepend(more);
    box.addEventListener("dblclick", () => act.reply(message));
  }
  const item = el("li", { className: `line ${mine ? "mine" : "theirs"} kind-${message.shown.kind}`,
    testid: "bubble", data: { id: message.id, type: message.type, status: message.status, author: message.author } }, box);
  for (const button of message.revoked ? [] : message.shown.buttons || []) item.append(tapButton(button, message, act));
  if (message.shown.list && !message.revoked) {
    const open = el("button", { type: "button", className: "tap", testid: "list-open" },
      icon("M4 7h16M4 12h16M4 17h16"), message.shown.list.button);
    open.addEventListener("click", () => act.list(message));
    item.append(open);
  }
  return item;
}

function note(text, message) {
  return el("li", { className: "note", data: { id: message.id }, testid: "note" }, el("span", { dir: "auto" }, text));
}

function failed(message) {
  const reasons = { 131047: "more than 24 hours after this person's last message, only templates are allowed",
    131026: "this phone cannot be reached", 131053: "its picture or file could not be fetched" };
  const reason = reasons[message.fails_with] || "refused";
  const text = `The police wrote, but the provider did not deliver it: ${reason} (${message.fails_with}).`;
  const item = note(text, message);
  item.classList.add("refused");
  item.dataset.testid = "refused";
  return item;
}

function foot(message, mine) {
  const time = el("time", { dateTime: new Date(message.at * 1000).toISOString() }, clock(message.at));
  const line = el("span", { className: "foot" }, message.edited ? "edited " : "", time);
  if (mine) {
    const [path, name] = TICKS[message.status] || TICKS.sent;
    line.append(el("span", { className: `tick ${name}`, title: name, testid: "tick",
      attrs: { role: "img", "aria-label": name } }, icon(path)));
  }
  return line;
}

function content(message, act) {
  const shown = message.shown;
  const above = [];
  if (message.forwarded) {
    above.push(el("span", { className: "forwarded" }, message.forwarded > 1 ? "Forwarded many times" : "Forwarded"));
  }
  if (message.context_id) above.push(quote(message.context_id, act));
  if (shown.header) above.push(el("strong", { className: "header", dir: "auto" }, shown.header));
  const body = (BODIES[shown.kind] || (() => []))(shown);
  const below = shown.footer ? [el("small", { className: "footer", dir: "auto" }, shown.footer)] : [];
  const text = shown.text && shown.kind !== "contacts" ? [richText(shown.text)] : [];
  return [...above, ...body, ...text, ...below];
}

function quote(id, act) {
  const quoted = act.find(id);
  const box = el("button", { type: "button", className: "quote", testid: "quote" },
    el("b", {}, !quoted ? "Earlier message" : quoted.author === "person" ? "You" : act.name()),
    el("span", { dir: "auto" }, quoted ? preview(quoted) : "…"));
  box.addEventListener("click", () => act.jump(id));
  return box;
}

const BODIES = {
  image: (shown) => [picture(shown)],
  sticker: (shown) => [picture(shown)],
  video: (shown) => [el("video", { src: mediaUrl(shown.media), controls: true, preload: "metadata", className: "film" })],
  audio: (shown) => [el("audio", { src: mediaUrl(shown.media), controls: true, preload: "metadata", testid: "audio" })],
  document: (shown) => [documentCard(shown)],
  location: (shown) => [place(shown)],
  contacts: (shown) => shown.contacts.map((card) =>
    el("span", { className: "person-card" }, icon("M12 12a4 4 0 100-8 4 4 0 000 8zM4 20c1-4 4-6 8-6s7 2 8 6", "round"),
      el("span", {}, el("b", { dir: "auto" }, card.name), el("bdi", { dir: "ltr" }, card.phones.join(", "))))),
};

function picture(shown) {
  const image = el("img", { src: mediaUrl(shown.media), alt: shown.text || "Photo", loading: "lazy" });
  const open = el("button", { type: "button", className: "photo", testid: "photo",
    attrs: { "aria-label": "Enlarge the photo" } }, image);
  image.addEventListener("error", () => open.classList.add("broken"));
  open.addEventListener("click", () => showPicture(image.src, shown.text));
  return open;
}

function documentCard(shown) {
  const facts = [shown.filename.split(".").pop().slice(0, 5).toUpperCase(), size(shown.size)].filter(Boolean).join(" · ");
  return el("a", { className: "file", href: mediaUrl(shown.media), target: "_blank", rel: "noopener", testid: "document",
    download: shown.filename }, icon("M6 3h8l4 4v14H6zM14 3v4h4", "sheet-icon"),
  el("span", {}, el("b", { dir: "auto" }, shown.filename || "Document"), el("small", {}, facts)));
}

function place(shown) {
  const figures = `${shown.latitude.toFixed(5)}, ${shown.longitude.toFixed(5)}`;
  return el("span", { className: "place", testid: "location" },
    el("span", { className: "map" }, icon("M12 21c-4-5-6-8-6-11a6 6 0 1112 0c0 3-2 6-6 11z", "marker")),
    el("span", { className: "where" }, shown.name ? el("b", { dir: "auto" }, shown.name) : null,
      shown.address ? el("span", { dir: "auto" }, shown.address) : null, el("bdi", { dir: "ltr" }, figures)));
}

const LINK = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/;
const MARKS = /(\*[^*\s](?:[^*\n]*[^*\s])?\*|_[^_\s](?:[^_\n]*[^_\s])?_)/;

/** Text with links to tap, *bold* and _italic_. Each line finds its own direction. */
function richText(text) {
  const box = el("span", { className: "text", testid: "bubble-text" });
  for (const line of text.split("\n")) {
    const row = el("span", { className: "row", dir: "auto" });
    for (const piece of line.split(LINK)) {
      if (LINK.test(piece)) row.append(el("a", { href: piece, target: "_blank", rel: "noopener" }, piece));
      else row.append(...piece.split(MARKS).map(mark));
    }
    box.append(row.childNodes.length && line ? row : el("br"));
  }
  return box;
}

function mark(piece) {
  if (!MARKS.test(piece)) return piece;
  return el(piece[0] === "*" ? "b" : "i", {}, piece.slice(1, -1));
}

const BUTTON_ICONS = {
  url: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6", phone_number: "M6 3l3 5-2 2c1 3 3 5 6 6l2-2 5 3c0 3-2 4-4 4C9 21 3 14 3 7c0-2 1-4 3-4z",
};

function tapButton(button, message, act) {
  const drawn = icon(BUTTON_ICONS[button.type] || "M10 8l-5 4 5 4M5 12h9c3 0 5 2 5 5");
  if (button.type === "url") {
    return el("a", { className: "tap", href: button.url, target: "_blank", rel: "noopener", testid: "tap",
      dir: "auto" }, drawn, button.title);
  }
  const tap = el("button", { type: "button", className: "tap", testid: "tap", dir: "auto",
    title: button.type === "phone_number" ? readable(button.phone_number) : "" }, drawn, button.title);
  tap.addEventListener("click", () => act.tap(button, message));
  return tap;
}
