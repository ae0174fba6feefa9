// On every page of a keyholder: an urgent request that waits for this officer is said at once, with a sound.
const EVERY = 15_000;
const bar = document.getElementById("ringing");
let known = new Set();
let audio = null; // browsers give no sound before somebody has touched the page

function tone(at) {
  const source = audio.createOscillator();
  const volume = audio.createGain();
  source.frequency.value = 880;
  volume.gain.setValueAtTime(0.2, at);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
  source.connect(volume).connect(audio.destination);
  source.start(at);
  source.stop(at + 0.25);
}

function ring() {
  if (audio?.state === "running") for (let n = 0; n < 3; n += 1) tone(audio.currentTime + n * 0.28);
}

async function look() {
  const response = await fetch(bar.dataset.address, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!response?.ok || response.redirected || response.headers.get("HX-Redirect")) return;
  const holder = document.createElement("template");
  holder.innerHTML = await response.text();
  const now = [...holder.content.querySelectorAll("[data-ring]")];
  const came = now.some((one) => !known.has(one.dataset.ring));
  if (came || now.length !== known.size) bar.replaceChildren(...now);
  known = new Set(now.map((one) => one.dataset.ring));
  if (came) ring();
}

for (const kind of ["pointerdown", "keydown"]) {
  document.addEventListener(kind, () => { audio ??= new AudioContext(); audio.resume(); }, { once: true });
}
look();
setInterval(look, EVERY);
