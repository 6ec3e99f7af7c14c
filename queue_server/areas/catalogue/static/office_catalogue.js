/* The catalogue as a text: read from a file into the form, and shown at the line that an error names. */

import { markBusy } from "./busy.js";
import { listen } from "./page.js";

/* A catalogue of forty services is a third of this. */
const MOST_CHARACTERS = 60000;

const form = document.getElementById("import");
const file = document.getElementById("file");
const text = form.elements.text;

if (file !== null) {
  file.addEventListener("change", () => read(file.files[0]));
}

listen(document.body, (action, element) => {
  if (action === "line") {
    select(Number(element.dataset.value));
  }
});
markBusy();

async function read(chosen) {
  if (chosen === undefined) {
    return;
  }
  const words = await chosen.text().catch(() => null);
  const wrong = words === null ? "unreadable" : words.length > MOST_CHARACTERS ? "tooLong" : null;
  complain(wrong === null ? "" : form.dataset[wrong]);
  if (wrong === null) {
    text.value = words;
    text.focus();
  }
}

function complain(words) {
  const place = document.getElementById("file-error");
  place.textContent = words;
  place.hidden = words === "";
}

/* Select a line, counted from 1, and bring it into view. */
function select(line) {
  const lines = text.value.split("\n");
  const begin = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  text.focus();
  text.setSelectionRange(begin, begin + (lines[line - 1] || "").length);
  text.scrollTop = Math.max(0, (text.scrollHeight / lines.length) * (line - 3));
}
