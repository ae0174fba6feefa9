// Two phones side by side (one on a narrow screen), kept in the page's address: ?left= &right= &account=.

import * as api from "./api.js";
import { digits } from "./format.js";
import { listen } from "./live.js";
import { Phone } from "./phone.js";
import { showFaults, startSwitches } from "./switches.js";

const wide = matchMedia("(min-width: 860px)");
let given = new URLSearchParams(location.search);
let setup = { accounts: [], people: [], places: [], faults: {} };
const phones = [];

async function loadSetup() {
  setup = await api.setup();
  showFaults(setup.faults);
}

function remember() {
  const address = new URLSearchParams();
  for (const phone of phones) {
    if (phone.person) address.set(phone.side, phone.person);
    if (phone.account) address.set(`${phone.side}_account`, phone.account);
  }
  history.replaceState(null, "", `?${address}`);
}

const accountOf = (side) => {
  const wanted = given.get(`${side}_account`) || given.get("account");
  return setup.accounts.find((one) => one.id === wanted || (wanted && digits(one.number) === digits(wanted)))?.id;
};

function usualPerson(side) {
  const kind = side === "left" ? "citizen" : "officer";
  const taken = phones.map((phone) => phone.person);
  return (setup.people.find((one) => one.kind === kind) || setup.people.find((one) => !taken.includes(one.phone)))?.phone;
}

async function addPhone(side) {
  const phone = new Phone({ side, setup: () => setup, changed: async () => { remember(); await loadSetup(); } });
  phones.push(phone);
  document.getElementById("phones").append(phone.root);
  await phone.become(given.get(side) || usualPerson(side));
  const account = accountOf(side);
  if (account) await phone.show(account);
}

async function fitScreen() {
  if (wide.matches && phones.length < 2) await addPhone("right");
  if (!wide.matches && phones.length > 1) phones.pop().root.remove();
}

async function onEvent(event) {
  if (event.kind === "setup") await loadSetup();
  for (const phone of phones) await phone.receive(event);
}

async function reload() {
  await loadSetup();
  for (const phone of phones) await phone.reload();
}

/** A message to try: into the first phone, in the chat that is open or the first one. */
async function take(text) {
  const [phone] = phones;
  if (!phone.account && setup.accounts.length) await phone.show(setup.accounts[0].id);
  phone.composer.fill(text);
}

startSwitches();
await loadSetup();
// Whoever comes without an address of his own finds the two phones of the guide.
if (!location.search) given = new URLSearchParams((await api.guide()).phones || "");
listen(onEvent, reload);
await addPhone("left");
await fitScreen();
wide.addEventListener("change", fitScreen);
document.addEventListener("sample", (event) => take(event.detail));
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) for (const phone of phones) phone.chat.markRead();
});
document.body.dataset.ready = "true";
