// Begins the page: every part listens first, and then the line to the server is opened.

import { api } from "./base/api.js";
import { one } from "./base/dom.js";
import { connect, refresh } from "./base/events.js";
import { tellWrong } from "./base/messages.js";
import { store } from "./base/store.js";
import * as keys from "./keys.js";
import * as details from "./panel/details.js";
import * as otherForms from "./panel/other_forms.js";
import * as paint from "./panel/paint.js";
import * as pictures from "./panel/pictures.js";
import * as steer from "./panel/steer.js";
import * as steering from "./panel/steering.js";
import * as tabs from "./panel/tabs.js";
import * as titlebar from "./panel/titlebar.js";
import * as editor from "./preset/editor.js";
import * as forms from "./preset/forms.js";
import { learn } from "./preset/schema.js";
import * as rail from "./runs/rail.js";
import * as welcome from "./runs/welcome.js";
import * as compare from "./stage/compare.js";
import * as curves from "./stage/curves.js";
import * as painting from "./stage/painting.js";
import * as picking from "./stage/picking.js";
import * as picture from "./stage/picture.js";
import * as timeline from "./stage/timeline.js";
import * as transport from "./stage/transport.js";
import * as view from "./stage/view.js";

/** The run that is shown stands in the address: it is there again after a reload, and the browser goes back to the one before. */
function remember() {
  store.on("selected", (id) => {
    document.documentElement.classList.remove("rail-open");
    const hash = id ? `#${encodeURIComponent(id)}` : "";
    if (hash !== location.hash) history.pushState(null, "", hash || location.pathname);
    refresh();
  });
  addEventListener("hashchange", recall);
}

function recall() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (!id) store.select(null);
  else if (store.runs.has(id)) store.select(id);
}

function drawer() {
  const root = document.documentElement;
  one("#rail-open").addEventListener("click", () => {
    const isOpen = root.classList.toggle("rail-open");
    one("#rail-open").setAttribute("aria-expanded", String(isOpen));
  });
  one("#scrim").addEventListener("click", () => root.classList.remove("rail-open"));
}

async function begin() {
  steering.begin();
  for (const part of [view, painting, picking, picture, transport, timeline, curves, compare, rail, titlebar, otherForms, steer, pictures, paint, details, tabs, forms, editor, welcome, keys]) part.begin();
  remember();
  drawer();
  try {
    learn(await api.schema());
    store.begin(await api.state());
  } catch (error) {
    tellWrong(error);
  }
  recall();
  connect();
  document.documentElement.classList.add("ready");
}

begin();
