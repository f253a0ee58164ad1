// Keys and clicks

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
  if (dialog.open) {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    // In what can be scrolled the arrows scroll, in a film they wind.
    if (way && !event.target.matches("pre, video, .scroll, .tile")) go(way);
  } else if (event.key === "/") {
    event.preventDefault();
    input.focus();
    input.select();
  } else if (event.target.closest?.(".card")) {
    walk(event, event.target.closest(".card"), all(".card"));
  } else if (event.key.startsWith("Arrow") && event.target === document.body) {
    event.preventDefault();
    one(".card a")?.focus();
  }
});

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("a, button");
  if (!target || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (target.matches(".card a")) {
    event.preventDefault();
    visit(target.hash.slice(1));
  } else if (target.matches(".tile")) {
    event.preventDefault();
    visit(target.hash.slice(1));
    sweep = opened;
  } else if (target.matches("[data-copy]")) copy(target);
  else if (target.matches("[data-close]")) closeDetail();
  else if (target.matches("#_back")) back();
  else if (target.matches("[data-go]")) go(Number(target.dataset.go));
});
addEventListener("popstate", follow);

follow();
update();
