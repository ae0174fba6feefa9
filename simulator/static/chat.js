// The open chat of one phone: bubbles, ticks, what a tap does.

import * as api from "./api.js";
import { bubble } from "./bubble.js";
import { askText, choose } from "./dialogs.js";
import { el, icon } from "./dom.js";
import { clock, day } from "./format.js";

const EMOJIS = ["👍", "❤️", "🙏", "😢", "😮", "✅"];
const HIDDEN = new Set(["reaction", "edit", "revoke"]);
const EDIT_TIME = 15 * 60;

export class Chat {
  /** `parts` are the phone's elements; `composer` takes replies; `trouble` shows a sentence. */
  constructor({ parts, composer, trouble, onBack }) {
    Object.assign(this, { parts, composer, trouble });
    this.messages = new Map();
    this.phone = this.account = null;
    this.load = 0;
    parts.back.append(icon("M15 5l-7 7 7 7"));
    parts.menu.append(icon("M12 5h.01M12 12h.01M12 19h.01", "fat"));
    parts.down.append(icon("M6 9l6 6 6-6"));
    parts.back.addEventListener("click", onBack);
    parts.menu.addEventListener("click", () => this.openMenu());
    parts.down.addEventListener("click", () => this.toEnd());
    parts.bubbles.addEventListener("scroll", () => this.scrolled());
    this.follow = true;
    this.top = 0;
  }

  async open({ phone, account, unread = 0 }) {
    const load = ++this.load;
    Object.assign(this, { phone, account });
    this.parts.name.textContent = account.name;
    this.parts.state.textContent = account.number;
    this.composer.clear();
    const answer = await api.messages(phone, account.id);
    if (load !== this.load) return;
    this.messages = new Map(answer.messages.map((message) => [message.id, message]));
    this.firstUnread = this.unreadMark(unread);
    this.showWindow(answer.window_closes);
    this.draw();
    this.toEnd();
    this.markRead();
  }

  close() {
    this.load++;
    this.account = null;
    this.messages.clear();
    this.parts.bubbles.replaceChildren();
  }

  isOpen(phone, account) {
    return Boolean(this.account) && this.phone === phone && this.account.id === account;
  }

  unreadMark(count) {
    const theirs = [...this.messages.values()].filter((m) => m.author === "business" && !HIDDEN.has(m.type));
    const fresh = theirs.filter((message) => message.status === "delivered");
    return count && fresh.length ? fresh[0].id : null;
  }

  async refresh() {
    if (!this.account) return;
    const answer = await api.messages(this.phone, this.account.id);
    this.messages = new Map(answer.messages.map((message) => [message.id, message]));
    this.showWindow(answer.window_closes);
    this.draw();
    this.markRead();
  }

  /** A message came or changed. */
  receive(message) {
    const known = this.messages.has(message.id);
    this.messages.set(message.id, message);
    if (message.author === "person" && !known) this.showWindow(Date.now() / 1000 + 86400);
    if (message.author === "business") this.typing(false);
    this.draw();
    if (this.follow || (!known && message.author === "person")) this.toEnd();
    if (message.author === "business" && message.status === "delivered") this.markRead();
  }

  markRead() {
    if (!this.account || document.hidden) return;
    const waits = [...this.messages.values()].some((m) => m.author === "business" && m.status === "delivered");
    if (waits) api.read(this.phone, this.account.id).catch((error) => this.trouble(error));
  }

  typing(on) {
    clearTimeout(this.typingTimer);
    this.parts.state.textContent = on ? "typing…" : this.account?.number || "";
    if (on) this.typingTimer = setTimeout(() => this.typing(false), 25000);
  }

  /** Keep the elements whose message did not change: a playing voice message goes on, focus stays. */
  draw() {
    const list = this.parts.bubbles;
    const before = new Map([...list.children].map((node) => [node.dataset.key, node]));
    const nodes = [];
    let lastDay = "";
    for (const message of [...this.messages.values()].sort((a, b) => a.seq - b.seq)) {
      if (HIDDEN.has(message.type)) continue;
      const today = day(message.at);
      if (today !== lastDay) nodes.push(before.get(`day ${today}`) || separator(today));
      lastDay = today;
      if (message.id === this.firstUnread) nodes.push(before.get("unread") || unreadLine());
      const key = JSON.stringify([message.id, message.status, message.at, message.edited, message.revoked,
        message.reactions, message.context_id && this.messages.get(message.context_id)?.shown]);
      const node = before.get(key) || bubble(message, this);
      node.dataset.key = key;
      nodes.push(node);
    }
    if (!nodes.length) nodes.push(el("li", { className: "note", data: { key: "none" } }, el("span", {}, "No messages yet. Write the first one.")));
    const keep = new Set(nodes);
    for (const node of [...list.children]) if (!keep.has(node)) node.remove();
    nodes.forEach((node, index) => {
      if (list.children[index] !== node) list.insertBefore(node, list.children[index] || null);
    });
  }

  atEnd() {
    const list = this.parts.bubbles;
    return list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  }

  /** Whoever scrolls up stays there; at the end the chat follows what comes. */
  scrolled() {
    const top = this.parts.bubbles.scrollTop;
    if (this.atEnd()) this.follow = true;
    else if (top < this.top) this.follow = false;
    this.top = top;
    this.parts.down.hidden = this.follow;
  }

  toEnd() {
    const list = this.parts.bubbles;
    this.follow = true;
    list.scrollTop = list.scrollHeight;
    // A picture that loads later must not push the newest bubble out of sight.
    for (const image of list.querySelectorAll("img")) {
      if (!image.complete) {
        image.addEventListener("load", () => { if (this.follow) list.scrollTop = list.scrollHeight; }, { once: true });
      }
    }
  }

  showWindow(closes) {
    const line = this.parts.window;
    clearTimeout(this.windowTimer);
    const left = closes === null ? -1 : closes - Date.now() / 1000;
    line.classList.toggle("closed", closes !== null && left <= 0);
    line.dataset.open = String(left > 0);
    if (left > 0) {
      line.textContent = `The police may write freely until ${day(closes) === "Today" ? "" : "tomorrow "}${clock(closes)}`;
      this.windowTimer = setTimeout(() => this.showWindow(closes), Math.min(left * 1000 + 500, 2 ** 30));
    } else if (closes === null) {
      line.textContent = "Once this person writes, the police may write freely for 24 hours";
    } else {
      line.textContent = "24-hour window closed: only template messages arrive here";
    }
  }

  // What bubbles ask for --------------------------------------------------------------------------------------

  find(id) { return this.messages.get(id); }

  name() { return this.account.name; }

  reply(message) { this.composer.replyTo(message); }

  jump(id) {
    const node = this.parts.bubbles.querySelector(`[data-id="${CSS.escape(id)}"]`);
    node?.scrollIntoView({ block: "center", behavior: "smooth" });
    node?.classList.add("flash");
    setTimeout(() => node?.classList.remove("flash"), 1200);
  }

  async say(values) {
    try {
      await api.send({ from: this.phone, account: this.account.id, ...values });
    } catch (error) {
      this.trouble(error);
    }
  }

  async tap(button, message) {
    if (button.type === "location") return this.composer.sendLocation();
    if (button.type === "phone_number") return this.trouble(new Error(`The phone would now call ${button.phone_number}.`));
    if (button.type === "quick_reply") {
      return this.say({ type: "button", text: button.title, payload: button.payload, context_id: message.id });
    }
    return this.say({ type: "interactive", context_id: message.id,
      button_reply: { id: button.id, title: button.title } });
  }

  async list(message) {
    const row = await choose(message.shown.list.button, message.shown.list.sections);
    if (!row) return;
    const reply = { id: row.id, title: row.title };
    if (row.description) reply.description = row.description;
    await this.say({ type: "interactive", context_id: message.id, list_reply: reply });
  }

  async menu(message) {
    const own = message.author === "person";
    const young = Date.now() / 1000 - message.at < EDIT_TIME;
    const rows = [{ id: "reply", title: "Reply" }];
    if (own && young && message.type === "text") rows.push({ id: "edit", title: "Edit" });
    if (own) rows.push({ id: "revoke", title: "Delete for everyone" });
    const faces = EMOJIS.map((emoji) => ({ id: emoji, title: emoji }));
    if (message.reactions?.person) faces.push({ id: "none", title: "Take my reaction back" });
    const chosen = await choose("Message", [{ rows }, { title: "React", rows: faces }]);
    if (!chosen) return;
    if (chosen.id === "reply") this.reply(message);
    else if (chosen.id === "revoke") await this.say({ type: "revoke", message_id: message.id });
    else if (chosen.id === "edit") {
      const text = await askText({ title: "Edit message", label: "New text", value: message.shown.text });
      if (text) await this.say({ type: "edit", message_id: message.id, text });
    } else await this.say({ type: "reaction", message_id: message.id, emoji: chosen.id === "none" ? "" : chosen.id });
  }

  async openMenu() {
    const chosen = await choose("This chat", [{ rows: [
      { id: "clock", title: "Let 25 hours pass", description: "The last message becomes 25 hours old: the police may then only send templates." },
      { id: "unsupported", title: "Send a poll", description: "A kind of message that businesses cannot receive." },
      { id: "system", title: "Change my number", description: "The police are told that this person has a new number." },
    ] }]);
    try {
      if (chosen?.id === "clock") await api.rewind(this.phone, this.account.id);
      if (chosen?.id === "unsupported") await this.say({ type: "unsupported" });
      if (chosen?.id === "system") {
        const number = await askText({ title: "Change my number", label: "New number, with country code", value: "+92" });
        if (number) await this.say({ type: "system", new_phone: number });
      }
    } catch (error) {
      this.trouble(error);
    }
  }
}

const separator = (text) => el("li", { className: "day", data: { key: `day ${text}` } }, el("span", {}, text));
const unreadLine = () => el("li", { className: "day unread", data: { key: "unread" }, testid: "unread-line" },
  el("span", {}, "Unread messages"));
