// The timeline: who I am, what I write, and what stands there. Asked for anew every second and a half.
const byId = (id) => document.getElementById(id);
const me = byId("me"), to = byId("to"), text = byId("text"), about = byId("about");
let state = { users: [], posts: [], accounts: [], private: [] };
let chosen = null; // { relation, post }
let shown = "";

const user = (id) => state.users.find((one) => one.id === id) ?? { name: id, username: id, kind: "" };

async function ask(path, body) {
  const answer = await fetch(path, body ? { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } } : {});
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error ?? `HTTP ${answer.status}`);
  return found;
}

function part(tag, name, words, dir = "auto") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (words) made.textContent = words;
  made.dir = dir;
  return made;
}

function options(select, people) {
  const before = select.value;
  if (select.options.length === people.length) return;
  select.replaceChildren(...people.map((one) => new Option(`${one.name} (@${one.username})`, one.id)));
  if (people.some((one) => one.id === before)) select.value = before;
}

function choose(relation, post) {
  chosen = relation ? { relation, post } : null;
  about.hidden = !chosen;
  if (chosen) about.firstElementChild.textContent = `${relation === "reply" ? "Reply to" : "Quoting"} ${user(post.author).name}: ${post.text.slice(0, 80)}`;
  if (chosen) text.focus();
}

async function act(path, body) {
  byId("trouble").textContent = "";
  try { await ask(path, body); await load(); return true; }
  catch (error) { byId("trouble").textContent = error.message; return false; }
}

function button(words, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = words;
  made.addEventListener("click", press);
  return made;
}

function drawn(post) {
  const line = document.createElement("li"), author = user(post.author);
  line.dataset.post = post.id;
  const who = part("div", "x-who");
  const kinds = { commander: "police officer", force: "police" };
  who.append(part("b", "", author.name), part("span", "", `@${author.username}`, "ltr"));
  if (kinds[author.kind]) who.append(part("span", "x-kind", kinds[author.kind], "ltr"));
  who.append(part("span", "", new Date(post.at * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }), "ltr"));
  line.append(who);
  if (post.relation === "repost") line.append(part("p", "x-words", "reposted", "ltr"));
  if (post.text) line.append(part("p", "x-words", post.text, /^\s*(@\w+\s*)+[\u0590-\u08ff]/.test(post.text) ? "rtl" : "auto"));
  for (const one of post.media) {
    const film = one.mime.startsWith("video/");
    const seen = document.createElement(film ? "video" : "img");
    seen.src = `/x/media/${one.id}`;
    seen.className = "x-media";
    if (film) seen.controls = true; else seen.alt = one.alt;
    line.append(seen);
    if (one.alt) line.append(part("p", "x-other", `ALT: ${one.alt}`));
  }
  const other = state.posts.find((one) => one.id === post.other);
  if (other) line.append(part("p", "x-other", `${{ reply: "Replying to", quote: "Quoting", repost: "" }[post.relation]} ${user(other.author).name}: ${other.text}`));
  const acts = part("div", "x-acts");
  acts.append(
    button("Reply", () => choose("reply", post)),
    button("Quote", () => choose("quote", post)),
    button("Repost", () => act("/x/post", { as: me.value, relation: "repost", other: post.id })),
  );
  if (post.author === me.value) acts.append(button("Delete", () => act("/x/delete", { as: me.value, post: post.id })));
  line.append(acts);
  return line;
}

async function load() {
  const found = await ask(`/x/state?as=${encodeURIComponent(me.value)}`);
  const now = JSON.stringify([found.posts, found.private, me.value]);
  const order = ["citizen", "commander", "force"];
  found.users.sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind));
  state = found;
  options(me, state.users);
  options(to, state.users.filter((one) => state.accounts.includes(one.id)));
  if (now === shown) return;
  shown = now;
  byId("posts").replaceChildren(...state.posts.map(drawn));
  byId("private").replaceChildren(...state.private.map((one) => part("li", one.author === me.value ? "mine" : "", one.text)));
}

byId("write").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = { as: me.value, text: text.value };
  if (chosen) Object.assign(body, { relation: chosen.relation, other: chosen.post.id });
  if (await act("/x/post", body)) { text.value = ""; choose(null); }
});
byId("tell").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await act("/x/message", { as: me.value, to: to.value, text: byId("words").value })) byId("words").value = "";
});
byId("drop").addEventListener("click", () => choose(null));
me.addEventListener("change", () => { shown = ""; load(); });
const keepUp = () => load().catch(() => {}).finally(() => setTimeout(keepUp, 1500));
keepUp();
