/* The page kiosk: one tap per service, or two where there is something to read or to answer. The slip comes out of the
 * kiosk it stands for. What it does is what kiosk/flow.py does, but that it has no numbers of its own. */

import { ticketToken } from "./chance.js";
import { COUNTED_FROM, MOST_DOSSIERS, closureOfRefusal, closureOfService, mayCancel } from "./kiosk_rules.js";
import { Touches } from "./kiosk_touches.js";
import { kioskView } from "./kiosk_view.js";
import { Page } from "./page.js";
import { PROTOCOL } from "./session.js";

/* How long a page stays: of a number without proof of paper (this page hears of none), of one that is no more, of a
 * sentence that explains something, of the question whether a number is given up. */
const UNPROVEN_MS = 30000;
const TICKET_MS = 12000;
const NOTICE_MS = 15000;
const RECONSIDER_MS = 20000;

/* So long the server is waited for; then the request is withdrawn, so that nobody gets its number later. */
const SLOW_MS = 5000;
const GIVE_UP_MS = 15000;
const CANCEL_GIVE_UP_MS = 12000;

/* Nobody touches the page for this long: the next person is greeted in the first language. */
const IDLE_MS = 60000;

/* So long before a page leaves it asks whether somebody is still there. */
const WARNING_MS = 20000;
const LEAVING_MS = 10000;

const GREETING = { kind: "greeting" };
const CHOOSING = { kind: "choosing" };
const IDLE_SCENES = new Set(["choosing", "checking"]);

const root = document.getElementById("kiosk");
const { device, language } = root.dataset;
/* The hall it stands in, as `/kiosk?hall=ground-floor`; without one it offers what any counter serves. */
const hall = new URLSearchParams(location.search).get("hall");
const state = { menu: null, scene: CHOOSING, until: null, slow: false, prompt: false, device };
const touches = new Touches();
const timers = {};

const page = new Page({
  root,
  hello: () => ({ type: "kiosk_hello", protocol: PROTOCOL, device, hall, prints: false }),
  see(message) {
    if (message.type === "menu") {
      state.menu = message;
    }
  },
  view: () => kioskView(page, state),
});

/* Call `then` after a time; a timer of the same name is forgotten. */
function after(name, ms, then) {
  clearTimeout(timers[name]);
  timers[name] = ms === null ? null : setTimeout(then, ms);
}

/* Put a scene on the page; after `stays` milliseconds `then` follows, with null it stays. */
function turn(scene, stays = null, then = goHome) {
  state.scene = scene;
  state.slow = false;
  state.prompt = false;
  touches.turned(performance.now());
  stay(stays, then);
  after("prompt", scene.kind === "holding" ? stays - LEAVING_MS : null, ask);
  after("slow", null);
  watchIdle();
  page.draw();
}

function stay(ms, then) {
  state.until = ms === null ? null : performance.now() + ms;
  after("leave", ms, then);
}

/* Ask whether somebody is still there. */
function ask() {
  state.prompt = true;
  page.draw();
}

/* Let the page stay as long again. */
function moreTime() {
  if (state.scene.kind === "holding") {
    stay(UNPROVEN_MS, goHome);
    after("prompt", UNPROVEN_MS - LEAVING_MS, ask);
  }
  state.prompt = false;
  page.draw();
}

function watchIdle() {
  const isIdle = IDLE_SCENES.has(state.scene.kind);
  after("idle", isIdle ? IDLE_MS : null, () => greet());
  after("warn", isIdle ? IDLE_MS - WARNING_MS : null, ask);
}

function greet() {
  speak(language);
  turn(GREETING);
}

/* Make ready for the next person. */
function goHome() {
  speak(language);
  turn(CHOOSING);
}

function choose(service) {
  const card = cardOf(service);
  const closure = closureOfService(state.menu, card, page.clock.now());
  if (closure !== null) {
    turn({ kind: "closed", closure, service }, NOTICE_MS);
  } else if (!page.isLive()) {
    turn({ kind: "off" }, NOTICE_MS);
  } else if (state.menu.dossiers_per_turn || page.texts.pick(card.papers || {})) {
    turn({ kind: "checking", service, counted: null });
  } else {
    take(service, 1);
  }
}

async function take(service, dossiers) {
  const token = ticketToken();
  const command = { type: "take_ticket", service, token, language: page.texts.language, print_at: device, dossiers };
  const { answer, giveUp } = page.connection.begin(command);
  turn({ kind: "asking", service }, GIVE_UP_MS, () => {
    giveUp();
    page.ask({ type: "withdraw_take", token });
    turn({ kind: "off" }, NOTICE_MS);
  });
  after("slow", SLOW_MS, () => {
    state.slow = true;
    page.draw();
  });
  const result = await answer;
  if (result.type === "ticket_taken") {
    turn({ kind: "holding", ticket: result }, UNPROVEN_MS);
    return;
  }
  const closure = closureOfRefusal(result, state.menu);
  turn(closure === null ? { kind: "refused", result } : { kind: "closed", closure, service }, NOTICE_MS);
}

function doubt({ ticket }) {
  if (page.isLive() && mayCancel(state.menu, ticket, page.clock.now())) {
    turn({ kind: "reconsidering", ticket }, RECONSIDER_MS, () => keep({ ticket }));
  }
}

function keep({ ticket }) {
  turn({ kind: "holding", ticket }, UNPROVEN_MS);
}

async function cancel({ ticket }) {
  if (!touches.isCalm()) {
    return;
  }
  const { answer, giveUp } = page.connection.begin({ type: "cancel_ticket", ticket: ticket.ticket });
  turn({ kind: "cancelling", ticket }, CANCEL_GIVE_UP_MS, () => {
    giveUp();
    turn({ kind: "kept", ticket, sure: false }, NOTICE_MS);
  });
  const isDone = (await answer).type === "done";
  turn(
    isDone ? { kind: "cancelled", ticket } : { kind: "kept", ticket, sure: true },
    isDone ? TICKET_MS : NOTICE_MS,
    isDone ? () => turn(CHOOSING) : goHome,
  );
}

function answerDossiers(dossiers) {
  const { service } = state.scene;
  if (dossiers >= COUNTED_FROM) {
    turn({ kind: "checking", service, counted: dossiers });
  } else {
    take(service, dossiers);
  }
}

function step(by) {
  const counted = Math.min(Math.max(state.scene.counted + by, 1), MOST_DOSSIERS);
  state.scene = Object.assign({}, state.scene, { counted });
  page.draw();
}

function cardOf(service) {
  return state.menu.services.find((card) => card.service === service);
}

function speak(wanted) {
  if (page.texts.language !== wanted) {
    page.speak(wanted);
  }
}

const ACTS = {
  choose: (value) => choose(value),
  dossiers: (value) => answerDossiers(Number(value)),
  step: (value) => step(Number(value)),
  take: () => take(state.scene.service, state.scene.counted || 1),
  doubt: () => doubt(state.scene),
  keep: () => keep(state.scene),
  cancel: () => cancel(state.scene),
  turn: () => turn(Object.assign({}, CHOOSING, { page: (state.scene.page || 0) + 1 })),
  back: () => turn(CHOOSING),
  home: () => goHome(),
  more: () => moreTime(),
  language: (value) => speak(value),
};

/* What is on every page alike acts at once. */
const ALWAYS = new Set(["language", "more"]);

/* Take a touch: first where it was, then what it hit. */
function touch(event) {
  const now = performance.now();
  const unit = Math.min(window.innerWidth, window.innerHeight) / 1080;
  touches.note(now, event.detail === 0 ? null : { x: event.clientX / unit, y: event.clientY / unit });
  const element = event.target.closest("[data-action]");
  const action = element && element.getAttribute("aria-disabled") !== "true" ? element.dataset.action : null;
  if (state.scene.kind === "greeting") {
    turn(CHOOSING);
  } else if (IDLE_SCENES.has(state.scene.kind)) {
    watchIdle();
    state.prompt = false;
  }
  if (ALWAYS.has(action) || (action !== null && !touches.isDeaf(now))) {
    ACTS[action](element.dataset.value);
  } else if (action === null && state.scene.kind === "reconsidering" && !touches.isDeaf(now)) {
    keep(state.scene);
  }
}

root.addEventListener("click", touch);
page.start(language);
