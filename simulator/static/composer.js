// Writing: text, files, places, contacts, replies.

import * as api from "./api.js";
import { askLocation, askText } from "./dialogs.js";
import { icon } from "./dom.js";
import { preview } from "./format.js";

const ACCEPT = { image: "image/*", camera: "image/*", audio: "audio/*,.ogg,.opus,.m4a,.mp3", video: "video/*", document: "*/*" };
const ICONS = {
  photo: "M4 5h16v14H4zM4 16l5-5 4 4 3-2 4 4M15.500 9h.01", camera: "M4 8h4l2-3h4l2 3h4v11H4zM12 17a4 4 0 100-8 4 4 0 000 8z",
  paper: "M6 3h8l4 4v14H6zM9 12h6M9 16h6", voice: "M12 15a3 3 0 003-3V6a3 3 0 10-6 0v6a3 3 0 003 3zM6 11a6 6 0 0012 0M12 17v4",
  film: "M4 6h11v12H4zM15 11l5-3v8l-5-3z", pin: "M12 21c-4-5-6-8-6-11a6 6 0 1112 0c0 3-2 6-6 11zM12 11h.01",
  card: "M12 12a4 4 0 100-8 4 4 0 000 8zM4 20c1-4 4-6 8-6s7 2 8 6", forward: "M13 6l6 6-6 6M19 12H9c-3 0-5 2-5 6",
};

export class Composer {
  constructor({ parts, trouble, where, places }) {
    Object.assign(this, { parts, trouble, where, places, quoted: null, forwarded: false });
    parts.attach.append(icon("M12 5v14M5 12h14"));
    parts.send.append(icon("M4 12l16-8-5 16-3-6zM12 14l8-10"));
    parts.replyto.querySelector("button").append(icon("M6 6l12 12M18 6L6 18"));
    parts.replyto.querySelector("button").addEventListener("click", () => this.replyTo(null));
    parts.composer.addEventListener("submit", (event) => { event.preventDefault(); this.sendText(); });
    parts.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.sendText(); }
    });
    parts.text.addEventListener("input", () => this.grow());
    parts.attach.addEventListener("click", () => this.toggleMenu());
    parts.file.addEventListener("change", () => this.sendFile());
    document.addEventListener("click", (event) => {
      if (this.sheet && !this.sheet.contains(event.target) && !parts.attach.contains(event.target)) this.closeMenu();
    });
  }

  clear() {
    this.parts.text.value = "";
    this.grow();
    this.replyTo(null);
    this.closeMenu();
  }

  /** Words to send with the next Enter. */
  fill(text) {
    this.parts.text.value = text;
    this.grow();
    this.parts.text.focus();
  }

  grow() {
    const area = this.parts.text;
    area.rows = Math.min(5, Math.max(1, area.value.split("\n").length, Math.ceil(area.value.length / 42)));
    this.parts.composer.classList.toggle("filled", area.value.trim() !== "");
  }

  replyTo(message) {
    this.quoted = message;
    this.parts.replyto.hidden = !message;
    this.parts.replyto.querySelector("span").textContent = message ? preview(message) : "";
    if (message) this.parts.text.focus();
  }

  /** Send with the reply and forward marks of the moment; true when it was taken. */
  async send(values, file) {
    const { phone, account } = this.where();
    const whole = { from: phone, account, ...values };
    if (this.quoted) whole.context_id = this.quoted.id;
    if (this.forwarded) whole.frequently_forwarded = true;
    try {
      await api.send(whole, file);
      this.forwarded = false;
      this.parts.composer.classList.remove("forwarding");
      this.parts.text.placeholder = "Message";
      this.replyTo(null);
      return true;
    } catch (error) {
      this.trouble(error);
      return false;
    }
  }

  async sendText() {
    const text = this.parts.text.value.trim();
    if (!text || this.busy) return;
    this.busy = true;
    if (await this.send({ type: "text", text })) {
      this.parts.text.value = "";
      this.grow();
    }
    this.busy = false;
    this.parts.text.focus();
  }

  async sendLocation() {
    const place = await askLocation(this.places());
    if (place) await this.send({ type: "location", ...place });
  }

  async sendContact() {
    const given = await askText({ title: "Send a contact", label: "Name, then number", value: "" });
    if (!given) return;
    const match = given.match(/^(.*?)[\s,:;]+(\+?[\d\s-]{6,})$/s);
    if (!match) return this.trouble(new Error("Write the name, a space and the number, as in: Akbar Khan +92 300 1234567"));
    await this.send({ type: "contacts", name: match[1].trim(), phone: match[2].trim() });
  }

  toggleMenu() {
    if (this.sheet) return this.closeMenu();
    this.sheet = document.getElementById("attach-menu").content.firstElementChild.cloneNode(true);
    for (const mark of this.sheet.querySelectorAll("i")) mark.append(icon(ICONS[mark.className]));
    this.sheet.addEventListener("click", (event) => {
      const button = event.target.closest("[data-attach]");
      if (button) this.attach(button.dataset.attach);
    });
    this.parts.composer.before(this.sheet);
    this.sheet.querySelector("button").focus();
    this.sheet.addEventListener("keydown", (event) => { if (event.key === "Escape") this.closeMenu(); });
  }

  closeMenu() {
    this.sheet?.remove();
    this.sheet = null;
  }

  attach(what) {
    this.closeMenu();
    if (what === "location") return this.sendLocation();
    if (what === "contact") return this.sendContact();
    if (what === "forwarded") {
      this.forwarded = !this.forwarded;
      this.parts.composer.classList.toggle("forwarding", this.forwarded);
      this.parts.text.placeholder = this.forwarded ? "Message, marked as forwarded many times" : "Message";
      return this.parts.text.focus();
    }
    const input = this.parts.file;
    input.accept = ACCEPT[what];
    if (what === "camera") input.setAttribute("capture", "environment");
    else input.removeAttribute("capture");
    this.kind = what === "camera" ? "image" : what;
    input.value = "";
    input.click();
  }

  async sendFile() {
    const file = this.parts.file.files[0];
    if (!file) return;
    const kind = this.kind || guess(file);
    this.kind = null;
    if (kind === "audio") return this.send({ type: "audio", voice: true }, file);
    const caption = await askText({ title: file.name, label: "Caption (may stay empty)", file });
    if (caption !== null) await this.send({ type: kind, caption }, file);
  }
}

function guess(file) {
  const kind = file.type.split("/")[0];
  return ["image", "audio", "video"].includes(kind) ? kind : "document";
}
