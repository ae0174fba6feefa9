// What the server could not do is said in words, and nothing on the page is lost by it.
const words = document.getElementById("trouble");

export function say(kind) {
  const flash = words.content.firstElementChild.cloneNode(true);
  flash.querySelector(".words").textContent = words.dataset[kind];
  flash.querySelector("[data-dismiss]").hidden = false;
  document.getElementById("flashes").replaceChildren(flash);
}

export function start() {
  document.addEventListener("htmx:before:response", (event) => {
    const { raw } = event.detail.ctx.response;
    if (!raw.redirected || !new URL(raw.url).pathname.startsWith("/login/")) return;
    event.preventDefault(); // the session has ended: sign in again and come back here
    location.reload();
  });
  document.addEventListener("htmx:response:error", (event) => {
    const { status } = event.detail.ctx.response;
    if (status === 400) return; // said at the form
    say(status === 404 ? "gone" : "failed");
  });
  document.addEventListener("htmx:error", (event) => {
    if (event.detail.ctx) say("offline");
  });
}
