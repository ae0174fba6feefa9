// Requests to the simulator. Every function throws an Error with a sentence when it is refused.

async function call(method, path, body) {
  const options = { method };
  if (body instanceof FormData) options.body = body;
  else if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { "Content-Type": "application/json" };
  }
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("The simulator does not answer. Is it still running?");
  }
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(data.error || `The simulator answered ${answer.status}.`);
  return data;
}

const query = (values) => new URLSearchParams(values).toString();

export const setup = () => call("GET", "/phone/setup");
export const guide = () => call("GET", "/phone/guide");
export const chats = (phone) => call("GET", `/phone/chats?${query({ phone })}`);
export const messages = (phone, account) => call("GET", `/phone/messages?${query({ phone, account })}`);
export const read = (phone, account) => call("POST", "/phone/read", { phone, account });
export const rewind = (phone, account) => call("POST", "/phone/clock", { phone, account, hours: 25 });
export const addPerson = (person) => call("POST", "/sim/people", person);
export const templates = () => call("GET", "/sim/templates");
export const setTemplate = (name, state) => call("PUT", `/sim/templates/${name}/state`, { state });
export const setState = (phone, state) => call("PUT", `/sim/people/${phone}/state`, { state });
export const setFaults = (faults) => call("PUT", "/sim/faults", faults);
export const mediaUrl = (id) => `/phone/media/${id}`;

/** Send as a person; `file` is an optional File. */
export function send(values, file) {
  if (!file) return call("POST", "/sim/send", values);
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) if (value != null) form.append(name, String(value));
  form.append("media", file, file.name);
  return call("POST", "/sim/send", form);
}
