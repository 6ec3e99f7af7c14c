/* The clerk's page: from clicks and keys to commands, from snapshots to the screen. */

import { ticketToken } from "./chance.js";
import { commandOf, actionOfKey, isMine } from "./desk_moves.js";
import { deskView } from "./desk_view.js";
import { Page, listen, refusalWords } from "./page.js";
import { PROTOCOL } from "./session.js";

/* How long the screen may lag behind an answer: a snapshot follows it at once, unless the link breaks just then. */
const LAG_MS = 1000;

/* Remembered per tab, so that a reload stays at the counter. */
const COUNTER = "motcua-counter";

const root = document.getElementById("desk");
const state = { desk: null, counter: Number(sessionStorage.getItem(COUNTER)) || null, asking: null, notice: null };
let seen = () => {};

const page = new Page({
  root,
  hello: () => ({ type: "desk_hello", protocol: PROTOCOL, counter: state.counter }),
  see(message) {
    if (message.type === "desk") {
      state.desk = message;
      seen();
    }
  },
  view: () => deskView(page, state),
});

function moveTo(counter) {
  state.counter = counter;
  if (counter === null) {
    sessionStorage.removeItem(COUNTER);
  } else {
    sessionStorage.setItem(COUNTER, String(counter));
  }
  page.connection.restart();
}

/* Ask one thing at a time: until the answer is here, and to be seen, every button waits. */
async function ask(action, command) {
  state.asking = action;
  state.notice = null;
  page.draw();
  const result = await page.ask(command);
  if (result.type === "refused") {
    state.notice = { kind: "danger", words: refusalWords(page.texts, result) };
  } else {
    await nextSnapshot();
  }
  state.asking = null;
  page.draw();
  return result;
}

/* Wait for the screen that shows what the answer said: until then a click would act on what has passed. */
function nextSnapshot() {
  return new Promise((resolve) => {
    seen = resolve;
    setTimeout(resolve, LAG_MS);
  });
}

async function open(counter) {
  moveTo(counter);
  await ask("open", { type: "open_counter", counter });
}

async function close() {
  const result = await ask("close", commandOf("close", state.desk));
  if (result.type === "done") {
    moveTo(null);
  }
}

/* Issue a ticket here, for where there is no kiosk or someone needs help. */
async function issue(service) {
  const form = document.getElementById("issue");
  const printAt = form.elements.print_at.value || null;
  const command = {
    type: "take_ticket",
    service,
    token: ticketToken(),
    priority: form.elements.priority.checked,
    language: form.elements.language.value,
    print_at: printAt,
  };
  const result = await ask("issue", command);
  if (result.type === "ticket_taken") {
    form.elements.priority.checked = false;
    const key = printAt === null ? "desk_issued" : "desk_issued_printing";
    state.notice = { kind: "good", words: page.texts.say(key, { number: result.number, printer: printAt }) };
    page.draw();
  }
}

function act(action, element) {
  if (!page.isLive() || state.asking !== null) {
    return;
  }
  const command = action === "close" ? null : commandOf(action, state.desk);
  if (command !== null) {
    ask(action, command);
  } else if (action === "close") {
    close();
  } else if (action === "open") {
    open(Number(element.dataset.value));
  } else if (action === "issue") {
    issue(element.dataset.value);
  } else if (action === "leave") {
    moveTo(null);
  }
}

/* A key that types, or that presses what has the focus, is not a shortcut. */
function isTaken(event) {
  const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
  const pressing = event.code === "Space" && event.target.closest("a, button, input, select");
  return Boolean(typing || pressing || event.ctrlKey || event.altKey || event.metaKey || event.repeat);
}

document.addEventListener("keydown", (event) => {
  const { desk } = state;
  if (isTaken(event) || desk === null || desk.counter === null || !isMine(desk)) {
    return;
  }
  const action = actionOfKey(event.code, desk);
  if (action !== null || event.code === "Space") {
    event.preventDefault();
  }
  if (action !== null) {
    act(action, null);
  }
});

listen(root, act);
root.addEventListener("submit", (event) => event.preventDefault());
page.start(root.dataset.language);
