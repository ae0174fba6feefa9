// What is unseen: the number in the title, and emergencies: said at once, with a sound that can be switched off.
import { title } from "./panes.js";

const SWITCH = "rabta.sound";
const on = () => localStorage.getItem(SWITCH) !== "off";
const rings = () => document.getElementById("alarm-bar").dataset.rings.split(" ").filter(Boolean); // "0.publicid" …
let known = new Set();
let audio = null; // browsers give no sound before somebody has touched the page

function tone(at, pitch) {
  const source = audio.createOscillator();
  const volume = audio.createGain();
  source.frequency.value = pitch;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.25, at + 0.03);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
  source.connect(volume).connect(audio.destination);
  source.start(at);
  source.stop(at + 0.25);
}

/** Three high tones for an emergency, two lower ones for what is urgent. */
function sound(emergency) {
  if (!on() || audio?.state !== "running") return;
  for (let n = 0; n < (emergency ? 3 : 2); n += 1) tone(audio.currentTime + n * 0.28, emergency ? 880 : 587);
}

function listen() {
  const came = rings().filter((ring) => !known.has(ring));
  known = new Set([...known, ...came]);
  title();
  if (!came.length) return;
  const emergency = came.some((ring) => ring.startsWith("0."));
  sound(emergency);
  if (emergency) say();
}

function say() {
  const line = document.getElementById("announce-alarm");
  line.textContent = "";
  requestAnimationFrame(() => { line.textContent = line.dataset.words; });
}

function showSwitch() {
  document.querySelector("[data-sound]")?.setAttribute("aria-pressed", String(on()));
}

function wake() {
  audio ??= new AudioContext();
  audio.resume();
}

export function start() {
  known = new Set(rings());
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, wake, { once: true });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-sound]")) return;
    localStorage.setItem(SWITCH, on() ? "off" : "on");
    showSwitch();
    sound(false);
  });
  document.addEventListener("htmx:after:swap", () => { listen(); showSwitch(); });
  showSwitch();
}
