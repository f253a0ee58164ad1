// A menu below its button: it closes by Escape, which gives the focus back, and by a click elsewhere.

/** Joins a button and its menu; `opened` is called before it is shown. Gives a function that opens or closes it: true, false, or the other. */
export function dropdown(button, menu, opened = () => undefined) {
  const show = (open = menu.hidden) => {
    if (open) opened();
    menu.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    if (open) menu.querySelector("a, input:not(:disabled)")?.focus();
  };
  button.addEventListener("click", () => show());
  document.addEventListener("click", (event) => menu.hidden || menu.contains(event.target) || button.contains(event.target) || show(false));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    show(false);
    button.focus();
  });
  return show;
}
