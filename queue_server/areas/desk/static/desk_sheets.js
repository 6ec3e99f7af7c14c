/* The small sheets over the clerk's page: each asks one thing before something is done. Functions of the snapshot. */

import { noteFields } from "./desk_notes.js";
import { ASKING, dossiersLeft, findTicket, leavings, menuOf } from "./desk_moves.js";
import { askButton, checkOf, choiceOf, countField, opener, printerChoice } from "./desk_pieces.js";
import { badge, button, counterWords, minutesWords } from "./pieces.js";
import { END_REASONS } from "./reasons.js";
import { build } from "./tree.js";

/* Reasons and outcomes of the protocol, in the order in which they are met. */
const HOLD_REASONS = ["stepped_out", "fetching_papers", "waiting_for_result", "other"];
const PAUSE_REASONS = ["break", "meeting", "paperwork", "technical", "other"];
const VOID_REASONS = ["mistake", "double", "left", "other"];
const OUTCOMES = ["done", "more_papers", "other_place"];

/* What each sheet holds; its heading is the text `desk_sheet_<name>`. */
const SHEETS = {
  ticket: menu,
  call,
  hold: (scene) => choices(scene, "hold", HOLD_REASONS, (reason) => scene.texts.say(`hold_${reason}`)),
  pause: (scene) => choices(scene, "pause", PAUSE_REASONS, (reason) => scene.texts.say(`pause_${reason}`)),
  void: (scene) => choices(scene, "void", VOID_REASONS, (reason) => scene.texts.say(`void_${reason}`)),
  note: (scene) => [...noteFields(scene), confirm(scene, "note", "desk_note_save")],
  change_service: changeService,
  transfer,
  outcome,
  requeue,
  reissue: (scene) => [
    hint(scene.texts.say("desk_reissue_hint")),
    printerChoice(scene, scene.desk.printers[0]),
    confirm(scene, "reissue", "desk_reissue"),
  ],
  reprint: (scene) => choices(scene, "reprint", scene.desk.printers, (name) =>
    scene.texts.say("desk_issue_print", { name: scene.texts.box(name) })),
  carry_over: carryOver,
  serve,
  take_over: (scene) => [
    hint(takeOverWords(scene)),
    confirm(scene, "take_over", "desk_take_over", {}, scene.state.sheet.value),
  ],
  paper: (scene) => [
    hint(scene.texts.say("desk_paper_hint")),
    confirm(scene, "replace_paper", "desk_paper_replaced", {}, scene.state.sheet.value),
  ],
  long: longService,
};

/* Sheets that are about a ticket, and go when the desk sees it no more; a note that is being written stays. */
const ABOUT_TICKET = new Set([
  "ticket",
  "call",
  "hold",
  "void",
  "change_service",
  "transfer",
  "outcome",
  "requeue",
  "reissue",
  "reprint",
  "carry_over",
]);

/* Say whether what a sheet is about is still there. */
export function isSheetGood(desk, { name, ticket }) {
  return !ABOUT_TICKET.has(name) || findTicket(desk, ticket) !== null;
}

/* Return the sheet that is open; null: none is. */
export function sheetView(scene) {
  const { sheet } = scene.state;
  if (sheet === null) {
    return null;
  }
  const found = ABOUT_TICKET.has(sheet.name) ? findTicket(scene.desk, sheet.ticket).ticket : {};
  return build(
    "dialog",
    { class: "sheet", key: "sheet", id: "sheet", open: sheet.shown, "aria-labelledby": "sheet-title" },
    build(
      "form",
      { key: `${sheet.name}-${sheet.ticket || ""}` },
      build("h2", { id: "sheet-title" }, heading(scene, found)),
      ...SHEETS[sheet.name](scene, found),
      button({ action: "sheet_close", kind: "plain" }, scene.texts.say("desk_sheet_close")),
    ),
  );
}

function heading({ texts, state, desk }, { number = numberOf(state.sheet.ticket) }) {
  const { name, value } = state.sheet;
  return texts.say(`desk_sheet_${name}`, { number, counter: value || desk.counter, device: value });
}

/* Return the number of a ticket, also of one that the desk sees no more. */
export function numberOf(ticket) {
  return ticket === null ? "" : ticket.split("-")[1];
}

/* ---- parts of sheets */

function hint(words, key = "hint") {
  return build("p", { class: "hint", key }, words);
}

/* One button for each value: pressing it is the answer. */
function choices(scene, action, values, words) {
  const { idle, state } = scene;
  return values.map((value) =>
    askButton({ ticket: state.sheet.ticket, action, value, key: value, disabled: idle }, words(value))
  );
}

/* The button that does what the sheet is for; the Enter key presses it too. */
function confirm({ texts, idle, state }, action, words, facts = {}, value = null) {
  const made = askButton(
    { ticket: state.sheet.ticket, action, value, key: "confirm", kind: "primary", disabled: idle },
    texts.say(words, facts),
  );
  made.setAttribute("type", "submit");
  return made;
}

/* ---- the sheets */

function menu(scene) {
  const { texts, desk, state, idle } = scene;
  const { ticket } = state.sheet;
  return menuOf(desk, findTicket(desk, ticket)).map((item) => {
    const words = texts.say(`desk_item_${item}`);
    return ASKING.has(item)
      ? opener({ sheet: item, ticket, disabled: idle }, words)
      : askButton({ ticket, action: item, disabled: idle }, words);
  });
}

/* Whoever is at the counter is decided on with the call: each answer is a button of its own. */
function call(scene, ticket) {
  const { texts, desk } = scene;
  if (desk.current === null) {
    return [hint(callWords(scene, ticket)), confirm(scene, "call", "desk_call", ticket)];
  }
  const { number } = desk.current;
  const words = (leaving) => texts.say(`desk_leaving_${leaving}`, { number, next: ticket.number });
  return [
    hint(callWords(scene, ticket)),
    hint(texts.say("desk_call_leaving", { number }), "leaving"),
    ...choices(scene, "call", leavings(desk), words),
  ];
}

function callWords({ texts, desk, page }, row) {
  const before = desk.line.findIndex((each) => each.ticket === row.ticket);
  const waited = row.issued_at ? minutesWords(texts, page.clock.since(row.issued_at)) : "";
  return before > 0 ? texts.count("desk_call_before", before, { waited }) : texts.say("desk_call_chosen");
}

function changeService(scene, ticket) {
  const { texts, desk, idle } = scene;
  const others = desk.services.filter((card) => card.service !== ticket.service);
  return others.map((card) =>
    askButton(
      {
        ticket: ticket.ticket,
        action: "change_service",
        value: card.service,
        key: card.service,
        kind: "card",
        disabled: idle,
      },
      badge(card),
      build("span", { class: "service" }, texts.pick(card.names)),
    )
  );
}

function transfer(scene) {
  const { texts, desk } = scene;
  const services = [["", texts.say("desk_transfer_same_service")]].concat(
    desk.services.map((card) => [card.service, texts.pick(card.names)]),
  );
  const counters = [["", texts.say("desk_transfer_any_counter")]].concat(
    desk.counters.map(({ counter, clerk }) => [String(counter), counterLabel(texts, counter, clerk)]),
  );
  return [
    choiceOf("service", texts.say("desk_transfer_service"), services),
    choiceOf("counter", texts.say("desk_transfer_counter"), counters),
    checkOf("checkbox", "first", "yes", texts.say("desk_transfer_first")),
    hint(texts.say("desk_transfer_hint")),
    confirm(scene, "transfer", "desk_transfer_now"),
  ];
}

function counterLabel(texts, counter, clerk) {
  const words = counterWords(texts, counter);
  return clerk === null ? `${words} · ${texts.say("desk_counter_closed")}` : words;
}

function outcome(scene, { number, service }) {
  const { texts, desk } = scene;
  const others = desk.services.filter((card) => card.service !== service);
  return [
    group(
      texts.say("desk_outcome_title"),
      OUTCOMES.map((each) => checkOf("radio", "outcome", each, texts.say(`outcome_${each}`), each === "done")),
    ),
    group(
      texts.say("desk_outcome_also"),
      others.map((card) => checkOf("checkbox", "also", card.service, texts.pick(card.names))),
      "several",
    ),
    confirm(scene, "outcome", "desk_finish_number", { number }),
  ];
}

function group(legend, fields, kind = null) {
  return build("fieldset", { key: legend, class: kind }, build("legend", null, legend), ...fields);
}

function requeue(scene) {
  const { texts, desk } = scene;
  const facts = { most: desk.dossiers_per_turn || "", left: dossiersLeft(desk) };
  return [
    hint(texts.say("desk_requeue_hint", facts)),
    countField("dossiers", texts.say("desk_requeue_left"), facts.left || 1),
    confirm(scene, "requeue", "desk_requeue"),
  ];
}

function carryOver(scene) {
  const { texts, desk } = scene;
  const reasons = END_REASONS.map((reason) => [reason, texts.say(`end_${reason}`)]);
  return [
    hint(texts.say("desk_carry_over_hint")),
    choiceOf("reason", texts.say("desk_carry_over_reason"), reasons),
    printerChoice(scene, desk.printers[0]),
    confirm(scene, "carry_over", "desk_carry_over"),
  ];
}

function serve(scene) {
  const { texts, desk, idle } = scene;
  return [
    hint(texts.say("desk_serve_hint")),
    build("ul", { class: "serve", key: "serve" }, ...desk.services.map((card) => serveRow(scene, card))),
    confirm(scene, "serve", "desk_serve_today"),
    button({ action: "serve_usual", disabled: idle }, texts.say("desk_serve_usual")),
  ];
}

function serveRow({ texts, desk }, card) {
  const preferred = checkOf(
    "checkbox",
    "preferred",
    card.service,
    texts.say("desk_serve_first"),
    desk.preferred.includes(card.service),
  );
  const label = `${texts.pick(card.names)}: ${texts.say("desk_serve_first")}`;
  preferred.querySelector("input").setAttribute("aria-label", label);
  return build(
    "li",
    { key: card.service },
    badge(card),
    checkOf("checkbox", "services", card.service, texts.pick(card.names), desk.serves.includes(card.service)),
    preferred,
  );
}

function takeOverWords({ texts, desk, state }) {
  const counter = desk.counters.find((each) => String(each.counter) === state.sheet.value);
  const { clerk, number } = counter;
  return number === null
    ? texts.say("desk_take_over_free", { clerk })
    : texts.say("desk_take_over_ticket", { clerk, number });
}

function longService(scene) {
  const { texts, state, idle } = scene;
  return [
    hint(texts.say("refused_long_service", state.sheet.facts)),
    ...["true", "forgotten"].map((value) =>
      button({ action: "long_service", value, key: value, disabled: idle }, texts.say(`desk_long_${value}`))
    ),
  ];
}
