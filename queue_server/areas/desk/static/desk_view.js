/* The clerk's screen as a function of the desk snapshot, the link and the server's clock: its frame. */

import { issueForm } from "./desk_issue.js";
import { acceptedFold, awayFold, carriedFold, lineCard, troubles, unservedCard } from "./desk_lists.js";
import { MOVES, TAKE_BACK, isMine } from "./desk_moves.js";
import { fold, opener } from "./desk_pieces.js";
import { sheetView } from "./desk_sheets.js";
import { currentCard } from "./desk_ticket.js";
import { linkBanner } from "./page.js";
import { button, counterWords, serviceNames, sign } from "./pieces.js";
import { build, icon } from "./tree.js";

/* Return the children of the page's root. */
export function deskView(page, state) {
  const { texts } = page;
  const { desk } = state;
  if (desk === null) {
    return [linkBanner(page), build("p", { class: "hint", key: "waiting" }, texts.say("page_loading"))];
  }
  const idle = !page.isLive() || state.asking !== null;
  const scene = { page, texts, desk, state, services: byId(desk.services), idle };
  return [linkBanner(page), notice(state), alarmStrip(scene), body(scene), sheetView(scene)];
}

function byId(cards) {
  return new Map(cards.map((card) => [card.service, card]));
}

function notice({ notice: said }) {
  const words = said === null ? [] : [icon(said.kind === "good" ? "check_circle" : "alert"), said.words];
  const kind = said === null ? "empty" : said.kind;
  return build("div", { key: "notice", "aria-live": "assertive", class: `banner ${kind}`, id: "notice" }, ...words);
}

function body(scene) {
  const { desk, state } = scene;
  if (desk.counter !== null && isMine(desk)) {
    return workplace(scene);
  }
  return state.place === "floor" ? floor(scene) : choice(scene);
}

/* ---- choosing a counter */

function choice(scene) {
  const { texts, desk, idle } = scene;
  return build(
    "section",
    { class: "choice", key: "choice", "aria-labelledby": "choice-title" },
    build("h1", { id: "choice-title" }, texts.say("desk_choose_counter")),
    build("p", { class: "hint" }, choiceHint(texts, desk)),
    build("ul", { class: "counters" }, ...desk.counters.map((counter) => counterCard(scene, counter))),
    button({ action: "floor", disabled: idle }, icon("account_tie"), texts.say("desk_work_without_counter")),
  );
}

function choiceHint(texts, { counter, counters }) {
  const left = counters.find((each) => each.counter === counter && each.clerk !== null);
  return left === undefined
    ? texts.say("desk_choose_hint")
    : texts.say("desk_counter_lost", { counter, clerk: left.clerk });
}

/* A counter of somebody else can be taken over, which is asked about first. */
function counterCard({ texts, desk, services, idle }, counter) {
  const mine = counter.clerk === desk.account;
  const taken = counter.clerk !== null && !mine;
  const { counter: value } = counter;
  const words = [
    build("strong", { class: "large" }, counterWords(texts, value)),
    build("span", null, serviceNames(texts, counter.services, services)),
    build("span", { class: "state" }, occupant(texts, counter, mine)),
  ];
  const made = taken
    ? opener({ sheet: "take_over", value, key: value, kind: "card taken", disabled: idle }, ...words)
    : button({ action: "open", value, kind: mine ? "primary" : "card", disabled: idle }, ...words);
  return build("li", { key: value }, made);
}

function occupant(texts, { clerk }, mine) {
  if (mine) {
    return texts.say("desk_counter_continue");
  }
  return clerk === null ? texts.say("desk_counter_free") : texts.say("desk_counter_taken", { clerk });
}

/* ---- working at a counter, or without one */

function workplace(scene) {
  return build(
    "div",
    { class: "workplace", key: "workplace" },
    build(
      "div",
      { class: "main" },
      place(scene),
      currentCard(scene),
      unservedCard(scene),
      troubles(scene),
      issueForm(scene),
      keysFold(scene),
    ),
    build("div", { class: "aside", key: "aside" }, lineCard(scene), awayFold(scene), carriedFold(scene), acceptedFold(scene)),
  );
}

function floor(scene) {
  const { desk } = scene;
  return build(
    "div",
    { class: "workplace", key: "floor" },
    build("div", { class: "main" }, floorHeader(scene), unservedCard(scene), troubles(scene), issueForm(scene)),
    build(
      "div",
      { class: "aside", key: "aside" },
      desk.line.length ? lineCard(scene) : null,
      awayFold(scene),
      carriedFold(scene),
      acceptedFold(scene),
      desk.away.length + desk.carried.length + desk.line.length ? null : nobodyAway(scene),
    ),
  );
}

function nobodyAway({ texts }) {
  return build("p", { class: "card hint", key: "nobody-away" }, texts.say("desk_floor_empty"));
}

function floorHeader(scene) {
  const { texts, desk, state, idle } = scene;
  const choose = button({ action: "leave", disabled: idle }, icon("arrow_left"), texts.say("desk_choose_counter"));
  return build(
    "header",
    { class: "place", key: "place" },
    build("h1", null, texts.say("desk_floor")),
    build("p", { class: "secondary" }, texts.say("desk_floor_hint")),
    speakerSign(texts, desk.speaker),
    state.mayCall ? choose : null,
  );
}

function place({ texts, desk, services, idle }) {
  return build(
    "header",
    { class: "place", key: "place" },
    build("h1", null, counterWords(texts, desk.counter)),
    build("p", { class: "secondary" }, serviceNames(texts, desk.serves, services)),
    speakerSign(texts, desk.speaker),
    opener({ sheet: "serve", disabled: idle }, icon("format_list_checks"), words(texts.say("desk_serve"))),
    pauseButton(texts, desk, idle),
    button({ action: "close", disabled: idle }, icon("logout"), words(texts.say("desk_close_counter"))),
  );
}

function pauseButton(texts, { paused }, idle) {
  if (paused === null) {
    return opener({ sheet: "pause", disabled: idle }, icon("pause"), words(texts.say("desk_pause")));
  }
  const resume = { action: "resume_counter", key: "resume", disabled: idle };
  return button(resume, icon("play"), words(texts.say("desk_resume")));
}

/* The words of a button whose icon alone is seen on a small phone. */
function words(said) {
  return build("span", { class: "words" }, said);
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

/* ---- what staff should know */

/* With these nobody can be given a number or be called, or soon will not. */
const GRAVE = new Set(["storage", "disk_low", "journal_damaged"]);

/* One alarm at a time, the latest; it goes when somebody here has read it. */
function alarmStrip(scene) {
  const { texts, state, desk } = scene;
  const topics = desk.alarms.map(topic);
  const latest = desk.alarms.filter((alarm, place) => topics.indexOf(topic(alarm)) === place);
  const fresh = latest.filter((alarm) => !state.read.has(alarmId(alarm)));
  if (fresh.length === 0) {
    return null;
  }
  const more = fresh.length > 1 ? texts.count("desk_alarms_more", fresh.length - 1) : "";
  return build(
    "p",
    { class: `banner ${GRAVE.has(fresh[0].kind) ? "danger" : "notice"}`, key: "alarm", id: "alarm", role: "status" },
    icon("alert"),
    build("span", null, alarmWords(scene, fresh[0]), more),
    paperButton(scene, fresh[0]),
    button({ action: "read", value: alarmId(fresh[0]), kind: "plain small" }, texts.say("desk_alarm_read")),
  );
}

/* Whoever puts a new roll in says so where the alarm is; null for any other alarm. */
function paperButton({ texts, idle }, { kind, facts }) {
  if (kind !== "paper_low") {
    return null;
  }
  const roll = { sheet: "paper", value: facts.device, kind: "plain small", disabled: idle };
  return opener(roll, icon("printer"), texts.say("desk_paper_replaced"));
}

/* Of one thing that goes on, as many tickets taken at one kiosk, only the latest alarm is told. */
function topic({ kind, facts }) {
  return [kind, facts.device, facts.service, facts.counter].join(" ");
}

/* What lasts all day is known by what it is, what happened at a moment by the moment too. */
const LASTING = new Set(["left_yesterday", "journal_damaged"]);

function alarmId(alarm) {
  return LASTING.has(alarm.kind) ? alarm.kind : `${topic(alarm)} ${alarm.at}`;
}

function alarmWords({ texts, services, page }, { kind, at, facts }) {
  const card = services.get(facts.service);
  const told = Object.assign({}, facts, { time: page.clock.timeOfDay(at) });
  if (card !== undefined) {
    told.service = texts.pick(card.names);
  }
  if (facts.began_at) {
    told.began = page.clock.timeOfDay(facts.began_at);
  }
  return texts.say(`alarm_${kind}`, told);
}

/* ---- help */

const PAD_KEYS = [
  ["Enter", "desk_pad_next"],
  ["+", "desk_recall"],
  ["/", "desk_finish"],
  ["−", "desk_no_show"],
  ["*", "desk_pad_pause"],
];

function keysFold(scene) {
  const { texts } = scene;
  const keyboard = [[texts.say("desk_key_space"), texts.say("desk_pad_next")]].concat(
    MOVES.map((move) => [move.letter, texts.say(`desk_${move.action}`)]),
    [[TAKE_BACK.letter, texts.say("desk_take_back_key")]],
  );
  const pad = PAD_KEYS.map(([key, words]) => [key, texts.say(words)]);
  return fold(
    scene,
    "keys",
    texts.say("desk_keys"),
    build(
      "div",
      { class: "keys" },
      keyTable(texts.say("desk_keys_keyboard"), keyboard),
      keyTable(texts.say("desk_keys_pad"), pad),
    ),
  );
}

function keyTable(title, rows) {
  return build(
    "div",
    null,
    build("h3", null, title),
    build("dl", null, ...rows.map(([key, words]) =>
      build("div", null, build("dt", null, build("kbd", null, key)), build("dd", null, words)))),
  );
}
