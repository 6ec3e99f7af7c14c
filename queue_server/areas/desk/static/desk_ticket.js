/* The card of the clerk's own counter: the current ticket, the one big key, and what else can be done. */

import {
  FURTHER,
  MOVES,
  TAKE_BACK,
  isOfStatus,
  isOffered,
  isUnheard,
  missCallsNext,
  primaryAction,
  takenBack,
} from "./desk_moves.js";
import { notesOn } from "./desk_notes.js";
import { opener } from "./desk_pieces.js";
import { reasonWords } from "./desk_reason.js";
import { between, stopwatch } from "./moments.js";
import { accidentMarks, button, minutesWords, priorityMark, sign, waitingWords } from "./pieces.js";
import { build, icon } from "./tree.js";

/* Return the card. */
export function currentCard(scene) {
  const { desk } = scene;
  return build(
    "section",
    { class: "card current", key: "current", "aria-labelledby": "current-title" },
    pausedStrip(scene),
    desk.current === null ? emptyPlace(scene) : currentTicket(scene, desk.current),
    primaryButton(scene),
    build("div", { class: "moves", key: "moves" }, ...MOVES.map((move) => moveButton(scene, move))),
    desk.current === null ? null : furtherRow(scene, desk.current),
    takeBackRow(scene),
  );
}

function pausedStrip({ texts, desk }) {
  if (desk.paused === null) {
    return null;
  }
  const words = texts.say("desk_paused", { reason: texts.say(`pause_${desk.paused}`) });
  return build("p", { class: "banner notice", key: "paused", id: "paused" }, icon("pause_circle"), words);
}

function emptyPlace({ texts, desk }) {
  return build(
    "div",
    { class: "ticket empty", key: "none" },
    build("h2", { id: "current-title" }, texts.say("desk_no_current")),
    build("p", { class: "secondary", id: "count" }, waitingWords(texts, desk.waiting)),
  );
}

function currentTicket(scene, current) {
  const { texts, services } = scene;
  const card = services.get(current.service);
  return build(
    "div",
    { class: `ticket ${current.status}`, key: current.ticket },
    build(
      "h2",
      { id: "current-title" },
      texts.say(`desk_status_${current.status}`),
      priorityMark(texts, current.priority),
      accidentMarks(texts, current),
    ),
    build(
      "div",
      { class: "number-row" },
      build("strong", { class: "number", id: "current-number" }, current.number),
      build("p", { class: "service" }, card ? texts.pick(card.names) : "", dossierWords(texts, current)),
    ),
    notesOn(scene, current.ticket),
    reason(scene, current),
    timers(scene, current),
    build("p", { class: "signs" }, ...signs(scene, current)),
  );
}

function dossierWords(texts, { dossiers }) {
  const words = dossiers > 1 ? texts.count("desk_dossiers", dossiers) : null;
  return words === null ? null : build("span", { class: "secondary" }, ` · ${words}`);
}

/* Who was passed may ask at once, so the sentence is there; otherwise it comes when it is asked for. */
function reason({ texts, state }, current) {
  const shown = current.passed.length > 0 || state.folds.has("reason");
  const words = build("p", { class: "reason", id: "reason", key: "reason" }, reasonWords(texts, current));
  const asking = button({ action: "fold", value: "reason", kind: "link", key: "why" }, texts.say("desk_why"));
  return shown ? words : asking;
}

function timers({ texts, page }, current) {
  const { clock } = page;
  const since = current.started_at || current.called_at;
  const label = current.status === "serving" ? "desk_timer_serving" : "desk_timer_called";
  return build(
    "dl",
    { class: "timers" },
    timer(texts.say("desk_timer_waited"), stopwatch(between(current.issued_at, current.called_at)), "waited"),
    timer(texts.say(label), stopwatch(clock.since(since)), "running"),
  );
}

function timer(label, value, id) {
  return build("div", null, build("dt", null, label), build("dd", { id: `timer-${id}` }, value));
}

function signs({ texts, page, desk }, current) {
  const { shown, spoken, calls } = current;
  const called = calls > 1 ? sign("plain", "bullhorn", texts.count("desk_calls", calls)) : null;
  if (isUnheard(current, page.clock.now())) {
    const mute = desk.speaker === "ready" ? null : notSpoken(texts, desk.speaker);
    return [called, sign("notice", "bullhorn", texts.say("desk_unheard")), mute];
  }
  return [called, shownSign(texts, shown), spoken ? good(texts.say("desk_spoken")) : notSpoken(texts, desk.speaker)];
}

function shownSign(texts, shown) {
  return shown ? good(texts.say("desk_shown")) : sign("plain", "clock_outline", texts.say("desk_not_shown"));
}

function good(words) {
  return sign("good", "check", words);
}

function notSpoken(texts, speaker) {
  return speaker === "ready"
    ? sign("plain", "clock_outline", texts.say("desk_not_spoken"))
    : sign("notice", "volume_off", texts.say("desk_call_aloud"));
}

/* What the primary button says, and the small words beside it. */
const PRIMARY_WORDS = {
  next: ({ texts, desk, page }) => {
    const [{ number, issued_at: issuedAt }] = desk.line;
    const waited = minutesWords(texts, page.clock.since(issuedAt));
    return desk.current === null
      ? [texts.say("desk_call", { number }), texts.say("desk_call_waited", { waited })]
      : [
        texts.say("desk_finish_and_call", { number: desk.current.number }),
        texts.say("desk_next_is", { number, waited }),
      ];
  },
  start: ({ texts, desk }) => [texts.say("desk_start_number", { number: desk.current.number }), null],
  finish: ({ texts, desk }) => [
    texts.say("desk_finish_number", { number: desk.current.number }),
    desk.line.length ? null : texts.say("nobody_waiting"),
  ],
  resume_counter: ({ texts, desk }) => [texts.say("desk_resume_counter"), waitingWords(texts, desk.waiting)],
};

function primaryButton(scene) {
  const { texts, desk, idle } = scene;
  const action = primaryAction(desk);
  const [words, detail] = action === null ? [texts.say("nobody_waiting"), null] : PRIMARY_WORDS[action](scene);
  return button(
    {
      action: action || "nothing",
      kind: "primary big",
      disabled: idle || action === null,
      primary: true,
      key: "primary",
    },
    build("span", { class: "words" }, words),
    detail === null ? null : build("span", { class: "detail", key: "detail" }, detail),
    build("kbd", { key: "key" }, texts.say("desk_key_space")),
  );
}

function moveButton({ texts, desk, page, idle }, move) {
  const offered = isOffered(move, desk.current);
  const urgent = move.action === "recall" && offered && isUnheard(desk.current, page.clock.now());
  return button(
    { action: move.action, disabled: idle || !offered, kind: urgent ? "urgent" : "quiet" },
    icon(move.icon),
    build("span", null, moveWords(texts, desk, move, offered), countdown(texts, move, desk.current, page.clock)),
    build("kbd", null, move.letter),
  );
}

/* The key that does two things says both. */
function moveWords(texts, desk, { action }, offered) {
  return action === "no_show" && offered && missCallsNext(desk)
    ? texts.say("desk_missed_and_call", { number: desk.current.number })
    : texts.say(`desk_${action}`);
}

/* What was finished just now may be taken back for a minute; it stands last, so that nothing moves under a finger. */
function takeBackRow({ texts, desk, page, idle }) {
  const finished = takenBack(desk, page.clock.now());
  if (finished === null) {
    return null;
  }
  const { number } = finished;
  const hint = desk.current === null
    ? texts.say("desk_take_back_hint", { number })
    : texts.say("desk_take_back_returns", { number, called: desk.current.number });
  const left = Math.ceil((Date.parse(finished.until) - page.clock.now()) / 1000);
  return build(
    "div",
    { class: "take-back", key: "take-back", id: "take-back" },
    build("span", null, hint),
    button(
      { action: TAKE_BACK.action, disabled: idle, kind: "quiet" },
      icon("undo"),
      build("span", null, `${texts.say("desk_take_back", { number })} · ${left} s`),
      build("kbd", null, TAKE_BACK.letter),
    ),
  );
}

/* A recall is refused for some seconds after a call, a no-show before the last call: the button says how many are left.
 */
function countdown(texts, move, current, clock) {
  if (!isOfStatus(move, current)) {
    return "";
  }
  if (move.action === "no_show" && current.calls_left > 0) {
    return ` · ${texts.count("desk_calls_left", current.calls_left)}`;
  }
  const left = Math.ceil((Date.parse(current.recall_from) - clock.now()) / 1000);
  return move.action === "recall" && left > 0 ? ` · ${left} s` : "";
}

function furtherRow(scene, { ticket, number }) {
  const { texts, desk, idle } = scene;
  const offered = FURTHER.filter((each) => each.isOffered(desk)).map(({ sheet, icon: name }) => {
    const words = build("span", null, texts.say(`desk_${sheet}`));
    return opener({ sheet, ticket, kind: "plain", disabled: idle }, icon(name), words);
  });
  const more = opener(
    { sheet: "ticket", ticket, kind: "plain", disabled: idle },
    icon("dots_horizontal"),
    build("span", null, texts.say("desk_more")),
  );
  more.setAttribute("aria-label", texts.say("desk_menu", { number }));
  return build("div", { class: "further", key: "further" }, ...offered, more);
}
