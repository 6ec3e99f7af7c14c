/* The page kiosk: one tap per service, or two where there is something to read or to answer. The slip comes out of the
 * kiosk it stands for. */

import { ticketToken } from "./chance.js";
import { COUNTED_FROM, MOST_DOSSIERS, closureOfRefusal, closureOfService } from "./kiosk_rules.js";
import { kioskView } from "./kiosk_view.js";
import { Page, listen } from "./page.js";
import { PROTOCOL } from "./session.js";

/* How long a number is shown: time to read it twice and reach for the slip. */
const TICKET_MS = 8000;

/* How long a sentence that explains something is shown. */
const NOTICE_MS = 15000;

/* After a screen changed under a finger, a second tap belongs to the screen before. */
const DEAD_MS = 600;

/* Nobody touches the page for this long: the next person is met in the first language. */
const IDLE_MS = 60000;

const CHOOSING = { kind: "choosing" };

const root = document.getElementById("kiosk");
const { device, language } = root.dataset;
/* The hall it stands in, as `/kiosk?hall=ground-floor`; without one it offers what any counter serves. */
const hall = new URLSearchParams(location.search).get("hall");
const state = { menu: null, scene: CHOOSING, until: null };
let deafUntil = 0;
let homeTimer = null;
let idleTimer = null;

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

/* Put a scene on the page; after `stays` milliseconds it goes home by itself, with null it stays. */
function turn(scene, stays = null) {
  clearTimeout(homeTimer);
  state.scene = scene;
  state.until = stays === null ? null : performance.now() + stays;
  homeTimer = stays === null ? null : setTimeout(goHome, stays);
  deafUntil = performance.now() + DEAD_MS;
  page.draw();
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
  } else if (state.menu.dossiers_per_turn || page.texts.pick(card.papers || {})) {
    turn({ kind: "checking", service, counted: null });
  } else {
    take(service, 1);
  }
}

async function take(service, dossiers) {
  turn({ kind: "asking", service });
  const result = await page.ask({
    type: "take_ticket",
    service,
    token: ticketToken(),
    language: page.texts.language,
    print_at: device,
    dossiers,
  });
  if (result.type === "ticket_taken") {
    turn({ kind: "holding", ticket: result }, TICKET_MS);
    return;
  }
  const closure = closureOfRefusal(result);
  turn(closure === null ? { kind: "refused", result } : { kind: "closed", closure, service }, NOTICE_MS);
}

async function cancel({ ticket }) {
  turn({ kind: "cancelling", ticket });
  const result = await page.ask({ type: "cancel_ticket", ticket: ticket.ticket });
  const isDone = result.type === "done";
  turn({ kind: isDone ? "cancelled" : "kept", ticket }, isDone ? TICKET_MS : NOTICE_MS);
}

function answer(dossiers) {
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
  dossiers: (value) => answer(Number(value)),
  take: () => take(state.scene.service, state.scene.counted || 1),
  cancel: () => cancel(state.scene),
  back: () => turn(CHOOSING),
  home: () => goHome(),
  language: (value) => speak(value),
};

function act(action, element) {
  clearTimeout(idleTimer);
  idleTimer = setTimeout(leaveIdle, IDLE_MS);
  if (action === "step") {
    step(Number(element.dataset.value));
  } else if (performance.now() >= deafUntil) {
    ACTS[action](element.dataset.value);
  }
}

/* Leave what nobody reads any more; what is on its way, or leaves by itself, is left alone. */
function leaveIdle() {
  if (state.scene.kind === "choosing" || state.scene.kind === "checking") {
    goHome();
  }
}

listen(root, act);
page.start(language);
