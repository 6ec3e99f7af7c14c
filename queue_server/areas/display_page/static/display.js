/* The page display: shows the board, and after one tap says the calls when the server lets it speak. */

import { pageName } from "./chance.js";
import { Panel, Turns, isSpeakable } from "./display_calls.js";
import { displayView } from "./display_view.js";
import { Page, listen } from "./page.js";
import { PROTOCOL } from "./session.js";
import { Sound } from "./sound.js";

/* Remembered per tab, so that a reload is the same display. */
const NAME = "motcua-display";

/* Between two looks at whether a loudspeaker that failed works again. */
const LOOK_AGAIN_MS = 10000;

/* Between two looks at whose turn the panel is. */
const STEP_MS = 250;

const root = document.getElementById("display");
/* The hall it hangs in, as `/display?hall=ground-floor`; without one it shows all of the center. */
const hall = new URLSearchParams(location.search).get("hall");
const name = sessionStorage.getItem(NAME) || pageName();
sessionStorage.setItem(NAME, name);

const state = { board: null, panel: new Panel(), sound: null, isSpeaker: false, speaking: null };
const turns = new Turns();
let lastSpoken = null;

const page = new Page({
  root,
  hello: () => {
    state.isSpeaker = false;
    return {
      type: "display_hello",
      protocol: PROTOCOL,
      device: name,
      hall,
      sound: state.sound !== null,
      last_spoken: lastSpoken,
    };
  },
  see(message) {
    if (message.type === "board") {
      seeBoard(message);
    } else if (message.type === "call_announcement") {
      state.panel.announce(message, page.clock.now());
      turns.hear(message);
      sayOwn();
    }
    step();
  },
  view: () => displayView(page, state, performance.now()),
});

/* Let time pass for the panel, and report the call that has been large for its time. */
function step() {
  const now = performance.now();
  const shown = state.panel.tick(state.board, now, page.clock.now(), state.speaking);
  if (shown !== null) {
    page.ask({ type: "report_call", call: shown, outcome: "shown" });
  }
  state.panel.see(page.isLive() && document.visibilityState === "visible", now);
}

function seeBoard(board) {
  state.board = board;
  const own = (page.welcome && page.welcome.device) || name;
  state.isSpeaker = state.sound !== null && board.speaker === own;
  sayOwn();
  turns.leave();
}

function sayOwn() {
  if (state.isSpeaker) {
    turns.take().forEach(say);
  }
}

async function say(call) {
  const outcome = await state.sound.say(call.utterances, {
    stillTrue: () => isSpeakable(call, state.board, page.clock.now()),
    begin() {
      state.speaking = call.call;
    },
    end() {
      state.speaking = null;
    },
  });
  if (outcome === "spoken") {
    lastSpoken = call.call;
    page.ask({ type: "report_call", call: call.call, outcome: "spoken" });
  } else if (outcome === "failed") {
    fallSilent();
  }
}

/* ---- a loudspeaker that fails: the hall is told, the button is there again, and it is looked after */

let silent = null;

function fallSilent() {
  if (state.sound !== null) {
    silent = state.sound;
    state.sound = null;
    state.isSpeaker = false;
    page.ask({ type: "report_device", part: "speaker", state: "failed", reason: "no_sound" });
    setTimeout(lookAgain, LOOK_AGAIN_MS);
  }
}

async function lookAgain() {
  const works = state.sound === null && (await silent.works());
  if (state.sound !== null) {
    return;
  }
  if (works) {
    soundIs(silent);
  } else {
    setTimeout(lookAgain, LOOK_AGAIN_MS);
  }
}

function soundIs(sound) {
  state.sound = sound;
  if (silent !== null) {
    silent = null;
    page.ask({ type: "report_device", part: "speaker", state: "ready" });
  }
}

listen(root, (action) => {
  if (action === "sound" && state.sound === null) {
    soundIs(new Sound());
    page.connection.restart();
  }
});
page.start(root.dataset.language).then(() => setInterval(() => {
  step();
  page.draw();
}, STEP_MS));
