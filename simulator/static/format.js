// Times, sizes and previews in words.

const sameDay = (a, b) => a.toDateString() === b.toDateString();

export const clock = (at) =>
  new Date(at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

export function day(at) {
  const date = new Date(at * 1000);
  const now = new Date();
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (sameDay(date, now)) return "Today";
  if (sameDay(date, yesterday)) return "Yesterday";
  return date.toLocaleDateString([], { day: "numeric", month: "long", year: "numeric" });
}

export const shortTime = (at) => (day(at) === "Today" ? clock(at) : day(at));

export function size(bytes) {
  if (!bytes) return "";
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

export const digits = (phone) => String(phone || "").replace(/\D/g, "");
export const readable = (phone) => `+${digits(phone)}`;

const KINDS = {
  image: "Photo", video: "Video", audio: "Voice message", document: "Document", sticker: "Sticker",
  location: "Location", contacts: "Contact",
};

const plain = (text) => text.replace(/(^|\s)([*_])(\S(?:[^*_\n]*\S)?)\2(?=\s|[.,:;!?]|$)/g, "$1$3");

/** One line about a message, for the list of chats and for quotes. */
export function preview(message) {
  if (!message) return "";
  if (message.revoked) return "This message was deleted";
  const { kind, text, filename, name } = message.shown;
  const label = KINDS[kind];
  return label ? [label, text || name || (kind === "document" ? filename : "")].filter(Boolean).join(": ") : plain(text || "");
}
