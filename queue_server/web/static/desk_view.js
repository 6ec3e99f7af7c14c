/* The clerk's screen as a function of the desk snapshot, the link and the server's clock. */

import { MOVES, isMine, isOffered, primaryAction } from "./desk_moves.js";
import { between, stopwatch } from "./moments.js";
import { linkBanner } from "./page.js";
import { badge, button, counterWords, minutesWords, priorityMark, serviceNames, sign, waitingWords } from "./pieces.js";
import { build, icon } from "./tree.js";

/* Return the children of the page's root. */
export function deskView(page, state) {
  const { texts } = page;
  const { desk } = state;
  if (desk === null) {
    return [linkBanner(page), build("p", { class: "hint", key: "waiting" }, texts.say("page_loading"))];
  }
  const idle = !page.isLive() || state.asking !== null;
  const scene = { page, texts, desk, services: byId(desk.services), idle };
  return [linkBanner(page), notice(state), desk.counter !== null && isMine(desk) ? workplace(scene) : choice(scene)];
}

function byId(cards) {
  return new Map(cards.map((card) => [card.service, card]));
}

function notice({ notice: said }) {
  const words = said === null ? [] : [icon(said.kind === "good" ? "check_circle" : "alert"), said.words];
  const kind = said === null ? "empty" : said.kind;
  return build("div", { key: "notice", "aria-live": "assertive", class: `banner ${kind}`, id: "notice" }, ...words);
}

/* ---- choosing a counter */

function choice(scene) {
  const { texts, desk } = scene;
  return build(
    "section",
    { class: "choice", key: "choice", "aria-labelledby": "choice-title" },
    build("h1", { id: "choice-title" }, texts.say("desk_choose_counter")),
    build("p", { class: "hint" }, texts.say("desk_choose_hint")),
    build("ul", { class: "counters" }, ...desk.counters.map((counter) => counterCard(scene, counter))),
  );
}

function counterCard({ texts, desk, services, idle }, counter) {
  const mine = counter.clerk === desk.account;
  const taken = counter.clerk !== null && !mine;
  return build(
    "li",
    { key: counter.counter },
    button(
      { action: "open", value: counter.counter, kind: mine ? "primary" : "card", disabled: idle || taken },
      build("strong", { class: "large" }, counterWords(texts, counter.counter)),
      build("span", null, serviceNames(texts, counter.services, services)),
      build("span", { class: "state" }, occupant(texts, counter, mine)),
    ),
  );
}

function occupant(texts, { clerk }, mine) {
  if (mine) {
    return texts.say("desk_counter_continue");
  }
  return clerk === null ? texts.say("desk_counter_free") : texts.say("desk_counter_taken", { clerk });
}

/* ---- working at a counter */

function workplace(scene) {
  return build(
    "div",
    { class: "workplace", key: "workplace" },
    build("div", { class: "main" }, place(scene), currentCard(scene), troubles(scene), issueForm(scene)),
    lineCard(scene),
  );
}

function place({ texts, desk, services, idle }) {
  const { services: ids } = desk.counters.find((each) => each.counter === desk.counter);
  return build(
    "header",
    { class: "place", key: "place" },
    build("h1", null, counterWords(texts, desk.counter)),
    build("p", { class: "secondary" }, serviceNames(texts, ids, services)),
    speakerSign(texts, desk.speaker),
    button({ action: "close", disabled: idle }, icon("logout"), texts.say("desk_close_counter")),
  );
}

const SPEAKER = {
  ready: ["plain", "volume_high"],
  failed: ["danger", "volume_off"],
  unknown: ["notice", "volume_off"],
};

function speakerSign(texts, speaker) {
  const [kind, name] = SPEAKER[speaker];
  return sign(kind, name, texts.say(`page_speaker_${speaker}`));
}

function currentCard(scene) {
  const { desk } = scene;
  return build(
    "section",
    { class: "card current", key: "current", "aria-labelledby": "current-title" },
    desk.current === null ? emptyPlace(scene) : currentTicket(scene, desk.current),
    primaryButton(scene),
    build("div", { class: "moves", key: "moves" }, ...MOVES.map((move) => moveButton(scene, move))),
  );
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
  const { texts, services, desk } = scene;
  const card = services.get(current.service);
  return build(
    "div",
    { class: `ticket ${current.status}`, key: current.ticket },
    build(
      "h2",
      { id: "current-title" },
      texts.say(`desk_status_${current.status}`),
      priorityMark(texts, current.priority),
    ),
    build(
      "div",
      { class: "number-row" },
      build("strong", { class: "number", id: "current-number" }, current.number),
      build("p", { class: "service" }, card ? texts.pick(card.names) : ""),
    ),
    timers(scene, current),
    build("p", { class: "signs" }, heardSigns(texts, current, desk.speaker)),
  );
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

function heardSigns(texts, { shown, spoken, calls }, speaker) {
  const deaf = speaker !== "ready" && !spoken;
  return [
    calls > 1 ? sign("plain", "bullhorn", texts.count("desk_calls", calls)) : null,
    shown ? sign("good", "check", texts.say("desk_shown")) : sign(
      "plain",
      "clock_outline",
      texts.say("desk_not_shown"),
    ),
    spoken ? sign("good", "check", texts.say("desk_spoken")) : sign(...notSpoken(texts, deaf)),
  ];
}

function notSpoken(texts, deaf) {
  return deaf ? ["notice", "volume_off", texts.say("desk_call_aloud")] : [
    "plain",
    "clock_outline",
    texts.say("desk_not_spoken"),
  ];
}

const PRIMARY_WORDS = {
  next: ({ texts, desk, page }) => {
    const [first] = desk.line;
    const waited = minutesWords(texts, page.clock.since(first.issued_at));
    return [texts.say("desk_call", { number: first.number }), texts.say("desk_call_waited", { waited })];
  },
  start: ({ texts, desk }) => [texts.say("desk_start_number", { number: desk.current.number }), null],
  finish: ({ texts, desk }) => [
    texts.say("desk_finish_number", { number: desk.current.number }),
    texts.say("nobody_waiting"),
  ],
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
  return button(
    { action: move.action, disabled: idle || !offered },
    icon(move.icon),
    build("span", null, texts.say(`desk_${move.action}`), offered ? countdown(move, desk.current, page.clock) : ""),
    build("kbd", null, move.letter),
  );
}

/* A recall is refused for some seconds after a call; the button says how many are left. */
function countdown(move, current, clock) {
  const left = Math.ceil((Date.parse(current.recall_from) - clock.now()) / 1000);
  return move.action === "recall" && left > 0 ? ` · ${left} s` : "";
}

/* ---- the line */

function lineCard(scene) {
  const { texts, desk } = scene;
  return build(
    "section",
    { class: "card line", key: "line", "aria-labelledby": "line-title" },
    build("h2", { id: "line-title" }, waitingWords(texts, desk.waiting)),
    desk.line.length === 0 ? nobody(texts) : lineList(scene),
  );
}

function nobody(texts) {
  return build("p", { class: "hint", key: "nobody" }, texts.say("desk_line_empty"));
}

function lineList(scene) {
  const { texts, desk } = scene;
  const more = desk.waiting - desk.line.length;
  return [
    build(
      "ol",
      { key: "list", tabindex: "0", "aria-labelledby": "line-title" },
      ...desk.line.map((row) => lineRow(scene, row)),
    ),
    more > 0 ? build("p", { class: "hint", key: "more" }, texts.count("desk_line_more", more)) : null,
  ];
}

function lineRow({ texts, services, page }, row) {
  const card = services.get(row.service);
  const waited = minutesWords(texts, page.clock.since(row.issued_at));
  return build(
    "li",
    { key: row.ticket },
    card ? badge(card) : null,
    build("strong", null, row.number),
    build("span", { class: "service" }, card ? texts.pick(card.names) : "", priorityMark(texts, row.priority)),
    build("span", { class: "why" }, texts.say("desk_line_row", { time: page.clock.timeOfDay(row.issued_at), waited })),
  );
}

/* ---- slips in doubt, and tickets issued here */

function troubles({ texts, desk }) {
  if (desk.slips.length === 0) {
    return null;
  }
  return build(
    "section",
    { class: "card notice", key: "slips", "aria-labelledby": "slips-title" },
    build("h2", { id: "slips-title" }, icon("printer_alert"), texts.say("desk_slips_title")),
    build("ul", { class: "plain-list" }, ...desk.slips.map((slip) => slipRow(texts, slip))),
  );
}

function slipRow(texts, { ticket, number, state }) {
  return build("li", { key: ticket }, build("strong", null, number), " ", texts.say(`page_slip_${state}`));
}

function issueForm(scene) {
  const { texts, desk } = scene;
  return build(
    "form",
    { class: "card issue", id: "issue", key: "issue", "aria-labelledby": "issue-title" },
    build("h2", { id: "issue-title" }, texts.say("desk_issue_title")),
    build(
      "div",
      { class: "options" },
      priorityChoice(texts),
      printerChoice(texts, desk.printers),
      languageChoice(scene),
    ),
    build("div", { class: "services" }, ...desk.services.map((card) => serviceButton(scene, card))),
  );
}

function priorityChoice(texts) {
  return build(
    "label",
    { class: "check" },
    build("input", { type: "checkbox", name: "priority" }),
    texts.say("desk_issue_priority"),
  );
}

function printerChoice(texts, printers) {
  const options = [["", texts.say("desk_issue_no_paper")]].concat(printers.map((name) => [
    name,
    texts.say("desk_issue_print", { name }),
  ]));
  return choiceOf("print_at", texts.say("desk_issue_paper"), options);
}

function languageChoice({ texts, page }) {
  const languages = page.welcome === null ? [texts.language] : page.welcome.languages;
  const options = languages.map((language) => [language, texts.say(`page_language_${language}`)]);
  return choiceOf("language", texts.say("desk_issue_language"), options);
}

function choiceOf(name, label, options) {
  return build(
    "label",
    { class: "select" },
    build("span", null, label),
    build(
      "select",
      { name },
      ...options.map(([value, words]) => build("option", { value, key: value || "none" }, words)),
    ),
  );
}

function serviceButton({ texts, idle }, card) {
  return button(
    { action: "issue", value: card.service, key: card.service, kind: "card", disabled: idle || !card.open },
    badge(card),
    build("span", { class: "service" }, texts.pick(card.names)),
    build("span", { class: "secondary" }, card.open ? String(card.waiting) : texts.say("kiosk_service_closed")),
  );
}
