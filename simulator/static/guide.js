// What every page here has in common: the way to the other networks and to the desk, and what to try first.

import { el } from "./dom.js";

const NETWORKS = [["/", "WhatsApp"], ["/sms", "SMS"], ["/wall", "Facebook"], ["/x", "X"], ["/telegram", "Telegram"], ["/mail", "E-mail"]];
const wide = matchMedia("(min-width: 1240px)");

const away = (href, words) => el("a", { href, target: "_blank", rel: "noopener", className: "away" }, words);
const login = (guide, who) => el("span", { className: "login" }, "User ", el("code", {}, guide.logins[who]), ", password ", el("code", {}, guide.password));

function drawNetworks(guide) {
  const links = NETWORKS.map(([href, words]) => {
    const link = el("a", { href }, words);
    if (href === location.pathname) link.setAttribute("aria-current", "page");
    return link;
  });
  document.getElementById("networks").replaceChildren(...links, ...(guide.desk ? [away(guide.desk, "Police desk")] : []));
}

/** Buttons that put a message into the field where one writes; sending it is one key more. */
function samples(guide, take) {
  return el("div", { className: "samples", attrs: { role: "group", "aria-label": "Messages to try" } },
    ...guide.samples.map((one) => {
      const button = el("button", { type: "button", className: "chip", dir: "auto", title: one.text, testid: "sample" }, one.label);
      button.addEventListener("click", () => take(one.text));
      return button;
    }));
}

function drawSteps(guide, place) {
  const step = (title, ...rest) => el("li", {}, el("b", {}, title), ...rest);
  const take = (text) => {
    document.dispatchEvent(new CustomEvent("sample", { detail: text }));
    if (!wide.matches) place.open = false;
  };
  const first = place.hidden;
  place.replaceChildren(
    el("summary", {}, "Try it in a minute"),
    el("ol", {},
      step("Write as a citizen.", el("span", {}, "Choose a message and press Enter, or write your own. The answer with a reference number comes at once."), samples(guide, take)),
      step("See it at the desk.", away(guide.desk, "Open the police desk"), login(guide, "desk")),
      step("The order is on the officer’s phone.", el("span", {}, wide.matches ? "On the right phone" : "At the top of the phone choose ", wide.matches ? "" : el("b", {}, guide.officer), wide.matches ? "" : ". Then", " press Accept (قبول), then Done (مکمل), and write “2 ” and what was done.")),
      step("A superior verifies.", away(guide.review, "Open the review"), login(guide, "review")),
      step("The answer comes back", el("span", {}, "to the citizen’s phone."))));
  place.hidden = false;
  if (first) place.open = wide.matches;
}

function intoField(text) {
  const field = document.getElementById("text");
  const called = /@\w+/.exec(document.getElementById("to")?.selectedOptions[0]?.textContent ?? "");
  field.value = called ? `${called[0]} ${text}` : text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

const guide = await fetch("/phone/guide").then((answer) => answer.json()).catch(() => ({}));
drawNetworks(guide);
if (guide.desk) {
  const place = document.getElementById("guide"), field = document.getElementById("text");
  if (place) drawSteps(guide, place);
  else field?.closest("label, form").before(samples(guide, intoField));
}
