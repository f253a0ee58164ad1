// Pictures of one's own: a run can begin with one, and while it is drawn one can be a prompt. Chosen, or dropped on the page.

import { api } from "../base/api.js";
import { one } from "../base/dom.js";
import { tellWrong, toast } from "../base/messages.js";
import { store } from "../base/store.js";
import { draft } from "../preset/draft.js";
import { items } from "../preset/prompts.js";
import { ready } from "../runs/welcome.js";
import { steer, wanted } from "./steering.js";

async function take(file) {
  if (!file) return;
  toast("The picture is taken in…");
  try {
    const { path } = await api.picture(file);
    await use(path);
  } catch (error) {
    tellWrong(error);
  }
}

/** As a prompt of the run that is shown; or as what the next run begins with. */
async function use(path) {
  if (store.selected && wanted()) {
    steer(["prompts"], [...items(wanted().prompts), { image: path }]);
  } else {
    await ready();
    draft.set(["start"], path);
    toast("The next picture begins with yours.");
  }
}

/** The first picture among what is dragged. */
const pictureIn = (data) => [...(data?.files ?? [])].find((file) => file.type.startsWith("image/"));
const isFile = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");

export function begin() {
  for (const name of ["#prompt-picture", "#start-picture"]) {
    one(`${name}-file`).addEventListener("change", (event) => {
      take(event.target.files[0]);
      event.target.value = "";
    });
    one(name).addEventListener("click", () => one(`${name}-file`).click());
  }
  const root = document.documentElement;
  addEventListener("dragover", (event) => {
    if (!isFile(event)) return;
    event.preventDefault();
    root.classList.add("dropping");
  });
  addEventListener("dragleave", (event) => event.relatedTarget ?? root.classList.remove("dropping"));
  addEventListener("drop", (event) => {
    root.classList.remove("dropping");
    if (!isFile(event)) return;
    event.preventDefault();
    const picture = pictureIn(event.dataTransfer);
    if (picture) take(picture);
    else toast("Only pictures can be dropped here.");
  });
  addEventListener("paste", (event) => {
    const picture = pictureIn(event.clipboardData);
    if (picture) take(picture);
  });
}
