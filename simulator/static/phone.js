// One phone: whose it is, its list of chats, its open chat.

import * as api from "./api.js";
import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { askPerson } from "./dialogs.js";
import { el, icon, parts } from "./dom.js";
import { digits, preview, readable, shortTime } from "./format.js";

const NEW = "new";

export class Phone {
  /** `setup()` gives numbers, people and places; `changed()` is called when the address should remember a choice. */
  constructor({ side, setup, changed }) {
    Object.assign(this, { side, setup, changed, person: null, account: null });
    this.root = document.getElementById("phone-template").content.firstElementChild.cloneNode(true);
    this.root.dataset.side = side;
    this.root.id = `phone-${side}`;
    this.root.setAttribute("aria-label", side === "left" ? "First phone" : "Second phone");
    this.parts = parts(this.root);
    this.composer = new Composer({ parts: this.parts, trouble: (error) => this.trouble(error),
      where: () => ({ phone: this.person, account: this.account }), places: () => this.setup().places });
    this.chat = new Chat({ parts: this.parts, composer: this.composer, trouble: (error) => this.trouble(error),
      onBack: () => this.show(null) });
    this.parts.person.addEventListener("change", () => this.choosePerson());
    this.parts.flight.append(icon("M12 3v9M7 6a8 8 0 1010 0"), el("span", {}));
    this.parts.flight.addEventListener("click", () => this.toggleFlight());
  }

  async become(phone) {
    this.person = digits(phone) || null;
    this.drawPeople();
    await this.show(null);
  }

  async choosePerson() {
    const value = this.parts.person.value;
    if (value !== NEW) {
      await this.become(value);
    } else {
      const given = await askPerson();
      this.drawPeople();
      if (!given) return;
      try {
        const person = await api.addPerson(given);
        await this.changed();
        await this.become(person.phone);
      } catch (error) {
        this.trouble(error);
      }
    }
    this.changed();
  }

  drawPeople() {
    const { people } = this.setup();
    const group = (label, kind) => el("optgroup", { label }, ...people.filter((p) => p.kind === kind).map((person) =>
      el("option", { value: person.phone, selected: person.phone === this.person },
        [person.name, person.role].filter(Boolean).join(" · "))));
    const known = people.some((person) => person.phone === this.person);
    const stranger = this.person && !known ? [el("option", { value: this.person, selected: true }, readable(this.person))] : [];
    this.parts.person.replaceChildren(...stranger, group("Citizens", "citizen"), group("Officers", "officer"),
      el("option", { value: NEW }, "New person…"));
    const off = people.find((person) => person.phone === this.person)?.state !== "on" && known;
    this.root.classList.toggle("off", off);
    this.parts.screen.inert = off;
    this.parts.flight.setAttribute("aria-pressed", String(off));
    this.parts.flight.querySelector("span").textContent = off ? "Off" : "On";
  }

  async toggleFlight() {
    if (!this.person) return;
    const off = this.parts.flight.getAttribute("aria-pressed") === "true";
    try {
      await api.setState(this.person, off ? "on" : "off");
    } catch (error) {
      this.trouble(error);
    }
  }

  /** Show a chat (a phone_number_id) or, for null, the list. */
  async show(account) {
    this.quiet();
    const found = this.setup().accounts.find((one) => one.id === account);
    this.account = found ? found.id : null;
    this.parts.home.hidden = Boolean(found);
    this.parts.chat.hidden = !found;
    this.changed();
    try {
      if (found && this.person) {
        const line = this.lines?.find((one) => one.account === found.id);
        await this.chat.open({ phone: this.person, account: found, unread: line?.unread });
      } else {
        this.chat.close();
        await this.drawChats();
      }
    } catch (error) {
      this.trouble(error);
    }
  }

  async drawChats() {
    const { accounts } = this.setup();
    this.lines = this.person ? (await api.chats(this.person)).chats : [];
    const empty = el("li", { className: "empty" }, "No police number is set up yet.");
    this.parts.chats.replaceChildren(...(accounts.length ? accounts.map((account) => this.chatLine(account)) : [empty]));
  }

  chatLine(account) {
    const line = this.lines.find((one) => one.account === account.id) || { unread: 0, last: null };
    const text = line.last ? (line.last.author === "person" ? "You: " : "") + preview(line.last) : "Write to the police";
    const button = el("button", { type: "button", testid: "chat", data: { account: account.id } },
      el("span", { className: "avatar police", attrs: { "aria-hidden": "true" } }, shield()),
      el("span", { className: "about" },
        el("span", { className: "top" }, el("b", { dir: "auto" }, account.name),
          el("time", {}, line.last ? shortTime(line.last.at) : "")),
        el("span", { className: "number" }, el("bdi", { dir: "ltr" }, account.number)),
        el("span", { className: "last" }, el("span", { dir: "auto" }, text),
          line.unread ? el("span", { className: "unread", testid: "unread" }, String(line.unread)) : null)));
    button.addEventListener("click", () => this.show(account.id));
    return el("li", {}, button);
  }

  /** An event of the live stream. */
  async receive(event) {
    if (event.kind === "setup") {
      this.drawPeople();
      if (!this.account) await this.drawChats();
      return;
    }
    if (event.phone !== this.person) return;
    const open = this.chat.isOpen(event.phone, event.account);
    if (event.kind === "clock") return open && this.chat.refresh();
    if (event.kind === "typing") return open && this.chat.typing(true);
    const visible = event.message.author === "person" || ["delivered", "read", "failed"].includes(event.message.status);
    if (open && visible) this.chat.receive(event.message);
    else if (!this.account) await this.drawChats();
  }

  async reload() {
    this.drawPeople();
    if (this.account) await this.chat.refresh();
    else await this.drawChats();
  }

  trouble(error) {
    this.parts.trouble.textContent = error.message;
    this.parts.trouble.hidden = false;
    clearTimeout(this.quietTimer);
    this.quietTimer = setTimeout(() => this.quiet(), 8000);
  }

  quiet() {
    this.parts.trouble.hidden = true;
  }
}

function shield() {
  return icon("M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4");
}
