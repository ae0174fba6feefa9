// One stream of events for the page. After a break everyone is asked to load anew.

export function listen(onEvent, onReconnect) {
  const source = new EventSource("/phone/live");
  let broken = false;
  source.onmessage = (event) => onEvent(JSON.parse(event.data));
  source.onerror = () => {
    broken = true;
    document.body.classList.add("offline");
  };
  source.onopen = () => {
    document.body.classList.remove("offline");
    if (broken) onReconnect();
    broken = false;
  };
}
