// Keys and boxes: age in the browser (vendor/age.js). Secret keys live in variables of this page and nowhere else.
import { Decrypter, Encrypter } from "../vendor/age.js";

export const words = (form, name) => form.dataset[name];
const decoder = new TextDecoder();

export class Wrong extends Error {}

export const toBytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

export function toText(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

export async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The secret key in the chosen file, opened with the passphrase.
export async function unlock(form) {
  const [file] = form.querySelector("#key-file").files;
  const opener = new Decrypter();
  opener.addPassphrase(form.querySelector("#passphrase").value);
  let text;
  try {
    text = decoder.decode(await opener.decrypt(new Uint8Array(await file.arrayBuffer())));
  } catch {
    throw new Wrong(words(form, "wrongKey"));
  }
  const key = text.split("\n").find((line) => line.startsWith("AGE-SECRET-KEY-1"));
  if (!key) throw new Wrong(words(form, "wrongKey"));
  return key.trim();
}

export async function open(bytes, key) {
  const opener = new Decrypter();
  opener.addIdentity(key);
  return opener.decrypt(bytes);
}

export async function seal(bytes, publicKeys) {
  const sealer = new Encrypter();
  for (const key of publicKeys) sealer.addRecipient(key);
  return sealer.encrypt(bytes);
}

// Sends and receives JSON. What the server refuses is said in its words; a sign-in that is asked for again is gone to.
export async function ask(form, address, body) {
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body), headers: { "X-CSRFToken": token, "Content-Type": "application/json" } };
  const response = await fetch(address, options);
  if (response.redirected) location.reload();
  const told = await response.json().catch(() => ({}));
  if (told.refused) throw new Wrong(told.refused);
  if (!response.ok) throw new Error(String(response.status));
  return told;
}

// Runs the work of a form once, with words for whoever waits and for what goes wrong.
export function onSubmit(form, work) {
  const said = form.querySelector("#said");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button:not([type=button])");
    button.disabled = true;
    said.className = "";
    said.textContent = words(form, "working");
    await new Promise((resume) => setTimeout(resume, 30)); // so that the words are seen before the work
    try {
      await work();
    } catch (trouble) {
      button.disabled = false;
      said.className = "v-bad";
      said.textContent = trouble instanceof Wrong ? trouble.message : words(form, "trouble");
    }
  });
}
