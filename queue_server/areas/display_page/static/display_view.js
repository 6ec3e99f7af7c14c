/* The board as a function of its snapshot: the call, the calls before, who is served where, who was missed. */

import { linkBanner } from "./page.js";
import { button, counterWords, sign } from "./pieces.js";
import { inColumns, rowsShown, rowsTurn } from "./display_rows.js";
import { build, icon } from "./tree.js";

/* Calls in the row below the panel. */
const ROW = 4;

/* Return the children of the page's root. */
export function displayView(page, state, now) {
  const { texts } = page;
  if (state.board === null) {
    return [linkBanner(page), build("p", { class: "hint", key: "waiting" }, texts.say("page_loading"))];
  }
  const call = state.panel.shown;
  const counters = rowsShown(state.board.counters, call === null ? null : call.counter, now);
  return [
    staleBanner(page),
    build(
      "div",
      { class: `hall ${crowding(counters)} ${page.isLost() ? "stale" : ""}`, key: "hall" },
      panel(texts, call),
      earlier(texts, state.board, call),
      serving(texts, state.board, inColumns(counters), now),
      missed(texts, state.board),
      checkSlips(page, state.board),
    ),
    footer(page, state),
  ];
}

function staleBanner(page) {
  if (!page.isLost() || page.link === "refused" || page.lostAt === null) {
    return linkBanner(page);
  }
  const [hour, minute] = page.clock.timeOfDay(page.lostAt).split(":");
  const words = page.texts.say("board_stale", { hour, minute });
  return build("p", { class: "banner notice", role: "alert", key: "link" }, icon("wifi_off"), words);
}

function panel(texts, call) {
  if (call === null) {
    return build(
      "section",
      { class: "panel quiet", key: "panel" },
      build("p", { class: "welcome" }, texts.say("board_greeting")),
      build("p", null, texts.say("board_nobody_called")),
    );
  }
  const { number, counter, kind } = call;
  return build(
    "section",
    { class: "panel", key: "panel", "aria-live": "assertive" },
    build(
      "div",
      { class: "call", key: call.call.join(".") },
      build("strong", { class: "called-number" }, number),
      build("span", { class: "to" }, icon("arrow_right_bold"), counterWords(texts, counter)),
      build("p", { class: "caption" }, texts.say(`call_${kind}`, { number, counter })),
    ),
  );
}

function earlier(texts, board, current) {
  const others = board.calls.filter((call) => current === null || call.number !== current.number);
  const calls = others.filter((call) => !board.missed.includes(call.number)).slice(0, ROW);
  return build(
    "ol",
    { class: "earlier", key: "earlier", "aria-label": texts.say("board_latest") },
    ...calls.map((call) => build(
      "li",
      { key: call.number },
      build("strong", null, call.number),
      build("span", null, counterWords(texts, call.counter)),
    )),
  );
}

function serving(texts, board, columns, now) {
  const { part, parts } = rowsTurn(board.counters, now);
  const heading = parts === 1 ? "board_now_serving" : "board_now_serving_part";
  return build(
    "section",
    { class: "serving", key: "serving", "aria-labelledby": "serving-title" },
    build("h2", { id: "serving-title" }, texts.say(heading, { part, parts })),
    build(
      "div",
      { class: "columns" },
      ...columns.map((column, place) => build(
        "ul",
        { key: place },
        ...column.map((counter) => counterRow(texts, counter)),
      )),
    ),
  );
}

/* More than six counters are written smaller, more than ten in two columns: nobody can scroll a board. */
function crowding({ length }) {
  if (length > 10) {
    return "many two";
  }
  return length > 6 ? "many" : "";
}

function counterRow(texts, { counter, open, number, paused }) {
  const words = number || texts.say(counterWord(open, paused));
  return build(
    "li",
    { key: counter, class: open ? "" : "closed" },
    build("span", null, counterWords(texts, counter)),
    build(number ? "strong" : "span", { class: "at" }, words),
  );
}

/* Return the key of what stands at a counter without a ticket. */
function counterWord(open, paused) {
  if (!open) {
    return "board_counter_closed";
  }
  return paused ? "board_counter_paused" : "board_counter_free";
}

function missed(texts, board) {
  if (board.missed.length === 0) {
    return null;
  }
  return build(
    "p",
    { class: "missed", key: "missed" },
    build("span", null, texts.say("board_missed")),
    " ",
    build("strong", null, board.missed.join("  ")),
  );
}

/* Slips of a span that the server may not know, after a restore: who holds one is not in the line yet. */
function checkSlips({ texts, clock }, { slips_to_check: span }) {
  if (!span) {
    return null;
  }
  const [since, until] = [span.since, span.until].map((at) => clock.timeOfDay(at));
  const words = texts.say("check_slips", { since, until });
  return build("p", { class: "check-slips", key: "check-slips" }, icon("alert"), words);
}

function footer(page, state) {
  const { texts, welcome, clock } = page;
  return build(
    "footer",
    { class: "foot", key: "foot" },
    build("h1", { class: "center-name" }, welcome === null ? "" : texts.pick(welcome.center)),
    soundSign(texts, state),
    build("span", { class: "clock" }, welcome === null ? "" : clock.timeOfDay(clock.now())),
  );
}

function soundSign(texts, { sound, board, isSpeaker }) {
  if (sound === null) {
    return button(
      { action: "sound", kind: "primary", primary: true },
      icon("volume_high"),
      texts.say("page_display_sound_on"),
    );
  }
  if (isSpeaker) {
    return sign("plain", "volume_high", texts.say("page_display_speaks"));
  }
  return board.speaker === null
    ? sign("notice", "volume_off", texts.say("page_display_no_speaker"))
    : sign("plain", "volume_high", texts.say("page_display_other_speaks", { device: board.speaker }));
}
