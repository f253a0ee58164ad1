// A place holder: says what happens.
const main = document.querySelector("main");
const log = main.appendChild(document.createElement("pre"));
const events = new EventSource("/events");
for (const kind of ["run", "step", "note", "gone", "refused"]) {
  events.addEventListener(kind, (event) => {
    log.textContent = `${kind} ${event.data}\n${log.textContent}`.slice(0, 20000);
  });
}
