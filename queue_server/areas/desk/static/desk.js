/* The clerk's page: from clicks and keys to commands, from snapshots to the screen. */

import { commandId, ticketToken } from "./chance.js";
import { answeredAs, commandOf } from "./desk_commands.js";
import { actionOfKey, isDeskKey, isMine } from "./desk_moves.js";
import { sendForm } from "./desk_notes.js";
import { isSheetGood, numberOf } from "./desk_sheets.js";
import { deskView } from "./desk_view.js";
import { Page, listen, refusalWords } from "./page.js";
import { PROTOCOL } from "./session.js";

/* How long the screen may lag behind an answer: a snapshot follows it at once, unless the link breaks just then. */
const LAG_MS = 1000;

/* Remembered per tab, so that a reload stays where it was: a counter's number or "floor"; the printer of slips. */
const PLACE = "motcua-counter";
const PRINTER = "motcua-printer";

/* What is done and not to be seen on the page is said: each has the sentence `desk_done_<action>`. */
const SAID = new Set(["transfer", "requeue", "reissue", "reprint", "carry_over", "void", "replace_paper", "take_back"]);

const root = document.getElementById("desk");
const roles = (root.dataset.roles || "clerk").split(" ");
const mayCall = roles.includes("clerk") || roles.includes("manager");

const state = {
  desk: null,
  roles,
  mayCall,
  place: mayCall ? sessionStorage.getItem(PLACE) : "floor",
  printer: sessionStorage.getItem(PRINTER),
  asking: null,
  notice: null,
  sheet: null,
  folds: new Set(["carried"]),
  read: new Set(),
};
let seen = () => {};

const page = new Page({
  root,
  hello: () => ({ type: "desk_hello", protocol: PROTOCOL, counter: Number(state.place) || null }),
  see(message) {
    if (message.type === "desk") {
      state.desk = message;
      if (state.sheet !== null && !isSheetGood(message, state.sheet)) {
        state.sheet = null;
      }
      seen();
    }
  },
  view: () => deskView(page, state),
});

/* Go to a counter, to the floor of the hall, or with null to the choice between them. */
function moveTo(place) {
  state.place = place;
  if (place === null) {
    sessionStorage.removeItem(PLACE);
  } else {
    sessionStorage.setItem(PLACE, place);
  }
  page.connection.restart();
}

/* ---- asking the server */

/* Ask one thing at a time: until the answer is here, and to be seen, every button waits. */
async function ask(action, command, number = "") {
  state.asking = action;
  state.notice = null;
  page.draw();
  const result = await page.ask(command);
  if (result.type === "refused") {
    refused(result, command);
  } else {
    await nextSnapshot();
    told(action, command, result, number);
  }
  state.asking = null;
  if (state.sheet !== null && state.sheet.name !== "long") {
    closeSheet();
  }
  page.draw();
  showSheet();
  return result;
}

/* A service that took very long is asked about, and the same is asked for again with the answer. */
function refused(result, command) {
  if (result.code === "long_service") {
    closeSheet();
    state.sheet = { name: "long", ticket: null, value: null, command, facts: result.facts, shown: false };
  } else {
    state.notice = { kind: "danger", words: refusalWords(page.texts, result) };
  }
}

function told(action, command, result, number) {
  const { texts } = page;
  if (result.type === "ticket_taken") {
    const key = command.print_at === null ? "desk_issued" : "desk_issued_printing";
    state.notice = { kind: "good", words: texts.say(key, { number: result.number, printer: texts.box(command.print_at || "") }) };
  } else if (SAID.has(action)) {
    state.notice = { kind: "good", words: texts.say(`desk_done_${action}`, { number, device: command.device }) };
  }
}

/* Wait for the screen that shows what the answer said: until then a click would act on what has passed. */
function nextSnapshot() {
  return new Promise((resolve) => {
    seen = resolve;
    setTimeout(resolve, LAG_MS);
  });
}

/* ---- sheets */

function openSheet(element) {
  const { sheet: name, ticket } = element.dataset;
  const shown = state.sheet !== null && state.sheet.shown;
  state.sheet = { name, ticket: ticket || null, value: element.dataset.value || null, shown, form: commandId() };
  page.draw();
  showSheet();
}

/* A dialog is shown by a call, not by an attribute: only so does the rest of the page wait behind it. */
function showSheet() {
  const dialog = document.getElementById("sheet");
  if (dialog === null || state.sheet === null) {
    return;
  }
  if (!state.sheet.shown) {
    state.sheet.shown = true;
    dialog.showModal();
  } else if (!dialog.contains(document.activeElement) || document.activeElement === dialog) {
    (dialog.querySelector("[autofocus]") || dialog.querySelector("button, input, select")).focus();
  }
}

function closeSheet() {
  const dialog = document.getElementById("sheet");
  state.sheet = null;
  if (dialog !== null && dialog.open) {
    dialog.close();
  }
  page.draw();
}

/* ---- notes: no commands, and no part of the journal */

/* What each sends, and where to; `form` names the note, so that one sent twice is kept once. */
const NOTES = {
  note: ({ ticket, fields }) => ["/desk/notes", { remark: state.sheet.form, ticket, text: (fields.text || [""])[0] }],
  note_erase: ({ value }) => ["/desk/notes/erase", { remark: value }],
};

/* What was written stays on the sheet until the server has it. */
async function write(action, what) {
  state.asking = action;
  page.draw();
  const error = await sendForm(...NOTES[action](what));
  state.asking = null;
  if (error !== null && state.sheet !== null) {
    state.sheet.error = error;
  } else if (action === "note") {
    closeSheet();
  }
  page.draw();
}

/* ---- what a click or a key does */

/* What changes the page alone. These work without a server too. */
const HERE = {
  sheet: openSheet,
  sheet_close: closeSheet,
  fold({ dataset: { value } }) {
    if (!state.folds.delete(value)) {
      state.folds.add(value);
    }
    page.draw();
  },
  read({ dataset: { value } }) {
    state.read.add(value);
    page.draw();
  },
};

/* Where the page goes with an action: before it asks, or after it was done. */
const BEFORE = {
  open: ({ value }) => moveTo(value),
  take_over: ({ value }) => moveTo(value),
};
const AFTER = {
  close: () => moveTo(null),
  issue: () => clear(["priority", "dossiers", "appointment", "language"]),
};
const WALKS = { floor: () => moveTo("floor"), leave: () => moveTo(null) };

async function act(action, element) {
  if (action in HERE) {
    HERE[action](element);
  } else if (page.isLive() && state.asking === null) {
    if (action in WALKS) {
      WALKS[action]();
    } else if (action in NOTES) {
      await write(action, asked(element));
    } else {
      await work(action, asked(element));
    }
  }
}

async function work(action, what) {
  const command = action === "long_service"
    ? answeredAs(state.sheet.command, what.value)
    : commandOf(action, state.desk, what);
  if (command === null) {
    return;
  }
  if (action === "long_service") {
    closeSheet();
  }
  if (action in BEFORE) {
    BEFORE[action](what);
  }
  const result = await ask(action, command, numberOf(what.ticket || command.ticket || null));
  if (result.type !== "refused") {
    if (action in AFTER) {
      AFTER[action](what);
    }
    letGo();
  }
}

/* Leave the button that was pressed: from here on Space and Enter do what the page says they do, and not the same again.
 */
function letGo() {
  const { activeElement } = document;
  if (state.sheet === null && root.contains(activeElement) && activeElement.matches("button")) {
    (root.querySelector("[data-primary]") || root).focus({ preventScroll: true });
  }
}

/* Return what was asked with an element; null stands for a key. */
function asked(element) {
  const form = element === null ? null : element.closest("form") || document.getElementById("issue");
  const { ticket = null, value = null } = element === null ? {} : element.dataset;
  const { clock } = page;
  return {
    ticket,
    value,
    fields: fieldsOf(form),
    token: ticketToken(),
    localDay: clock.day(clock.now()),
    utcOffset: clock.utcOffset,
  };
}

function fieldsOf(form) {
  const fields = {};
  for (const [name, value] of form === null ? [] : new FormData(form)) {
    fields[name] = (fields[name] || []).concat(value);
  }
  return fields;
}

/* Set fields of the form back, so that the next person does not get what was meant for this one, and leave them, so
 * that keys are the desk's again.
 */
function clear(names) {
  const { elements } = document.getElementById("issue");
  for (const field of names.map((name) => elements[name])) {
    if (field.matches("select")) {
      field.selectedIndex = Math.max(0, Array.from(field.options).findIndex((option) => option.defaultSelected));
    } else {
      field.checked = field.defaultChecked;
      field.value = field.defaultValue;
    }
    field.blur();
  }
}

/* A key that types, or that presses what has the focus, is not a shortcut; behind a sheet nothing is. */
function isTaken(event) {
  const { target, code } = event;
  const letter = code.startsWith("Key");
  const typing = target.closest("select, textarea, input") && !(letter && target.matches("input[type=checkbox]"));
  const pressing = (code === "Space" || code === "NumpadEnter") && target.closest("a, button");
  const held = event.ctrlKey || event.altKey || event.metaKey || event.repeat;
  return Boolean(state.sheet !== null || typing || pressing || held);
}

document.addEventListener("keydown", (event) => {
  const { desk } = state;
  if (event.repeat && event.code !== "Tab" && event.target.closest("button")) {
    event.preventDefault();  // a held key presses once
  }
  if (isTaken(event) || desk === null || desk.counter === null || !isMine(desk)) {
    return;
  }
  const action = actionOfKey(event.code, desk, page.clock.now());
  if (action !== null || isDeskKey(event.code)) {
    event.preventDefault();
  }
  if (action !== null) {
    act(action, null);
  }
});

listen(root, act);
root.addEventListener("submit", (event) => event.preventDefault());
root.addEventListener("change", ({ target }) => {
  if (target.name === "print_at") {
    state.printer = target.value;
    sessionStorage.setItem(PRINTER, target.value);
  }
});

/* The Escape key closes a dialog by itself, and so does a click beside it; `close` does not bubble. */
root.addEventListener("close", () => state.sheet !== null && state.sheet.shown && closeSheet(), true);
root.addEventListener("click", ({ target }) => target.id === "sheet" && closeSheet());
page.start(root.dataset.language);
