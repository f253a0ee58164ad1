"use strict";
// Before anything is drawn, so that the page does not flash in the other colours.
try {
  const kept = localStorage.getItem("artgen-theme");
  if (kept === "light" || kept === "dark") document.documentElement.dataset.theme = kept;
} catch {
  // Storage may be forbidden; the system's choice is followed.
}
document.documentElement.classList.add("scripted");
