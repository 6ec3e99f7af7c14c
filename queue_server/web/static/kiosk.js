/* The page kiosk: one tap per service. The slip comes out of the kiosk it stands for. */

import { ticketToken } from "./chance.js";
import { kioskView } from "./kiosk_view.js";
import { Page, listen, refusalWords } from "./page.js";
import { PROTOCOL } from "./session.js";

/* How long a number is shown: time to read it twice and reach for the slip. */
const SHOW_MS = 8000;

/* After a screen changed under a finger, a second tap belongs to the screen before. */
const DEAD_MS = 600;

/* Nobody touches the page for this long: the next person is met in the first language. */
const IDLE_MS = 60000;

const root = document.getElementById("kiosk");
const { device, language } = root.dataset;
const state = { menu: null, asking: null, ticket: null, refusal: null };
let deafUntil = 0;
let homeTimer = null;
let idleTimer = null;

const page = new Page({
  root,
  hello: () => ({ type: "kiosk_hello", protocol: PROTOCOL, device, prints: false }),
  see(message) {
    if (message.type === "menu") {
      state.menu = message;
    }
  },
  view: () => kioskView(page, state),
});

async function take(service) {
  state.asking = service;
  page.draw();
  const result = await page.ask({
    type: "take_ticket",
    service,
    token: ticketToken(),
    language: page.texts.language,
    print_at: device,
  });
  state.asking = null;
  if (result.type === "ticket_taken") {
    state.ticket = result;
  } else {
    state.refusal = refusalWords(page.texts, result);
  }
  turn();
  homeTimer = setTimeout(goHome, SHOW_MS);
}

function goHome() {
  clearTimeout(homeTimer);
  state.ticket = null;
  state.refusal = null;
  speak(language);
  turn();
}

function turn() {
  deafUntil = performance.now() + DEAD_MS;
  page.draw();
}

function speak(wanted) {
  if (page.texts.language !== wanted) {
    page.speak(wanted);
  }
}

function act(action, element) {
  if (performance.now() < deafUntil) {
    return;
  }
  clearTimeout(idleTimer);
  idleTimer = setTimeout(() => state.ticket === null && speak(language), IDLE_MS);
  if (action === "take" && state.asking === null) {
    take(element.dataset.value);
  } else if (action === "home") {
    goHome();
  } else if (action === "language") {
    speak(element.dataset.value);
  }
}

listen(root, act);
page.start(language);
