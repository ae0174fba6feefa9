// Makes a key in the browser: the secret half goes into a file under a passphrase, the public half into the form.
import { Encrypter, generateX25519Identity, identityToRecipient } from "../vendor/age.js";
import { sha256 } from "./box.js";

const form = document.getElementById("make");
const said = document.getElementById("said");
const SHORTEST = 12;

function complain(text) {
  said.className = "v-bad";
  said.textContent = text;
}

function download(bytes, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

async function make() {
  const passphrase = document.getElementById("passphrase").value;
  if (passphrase.length < SHORTEST) return complain(form.dataset.short);
  if (passphrase !== document.getElementById("again").value) return complain(form.dataset.differ);
  said.className = "";
  said.textContent = form.dataset.working;
  await new Promise((resume) => setTimeout(resume, 30));
  const secret = await generateX25519Identity();
  const open = await identityToRecipient(secret);
  const sealer = new Encrypter();
  sealer.setPassphrase(passphrase);
  const print = (await sha256(new TextEncoder().encode(open))).slice(0, 24);
  download(await sealer.encrypt(`# ${open}\n${secret}\n`), `rabta-key-${print.slice(0, 8)}.age`);
  document.getElementById("public-key").value = open;
  for (const id of ["passphrase", "again"]) {
    document.getElementById(id).value = "";
    document.getElementById(id).required = false;
  }
  document.getElementById("make-button").classList.remove("btn-primary");
  document.getElementById("register-button").hidden = false;
  said.textContent = form.dataset.made;
}

document.getElementById("make-button").addEventListener("click", make);
