/* Everybody who is not at the counter: the line, who is away, slips in trouble or of an earlier day, the unserved. */

import { notesOn } from "./desk_notes.js";
import { askButton, fold, menuButton, opener } from "./desk_pieces.js";
import { accidentMarks, badge, button, minutesWords, priorityMark, waitingWords } from "./pieces.js";
import { build, icon } from "./tree.js";

/* Return the line of this counter, in the order in which it would call. */
export function lineCard(scene) {
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

function lineRow(scene, row) {
  const { texts, page } = scene;
  const waited = minutesWords(texts, page.clock.since(row.issued_at));
  const taken = texts.say("desk_line_row", { time: page.clock.timeOfDay(row.issued_at), waited });
  const dossiers = row.dossiers > 1 ? ` · ${texts.count("desk_dossiers", row.dossiers)}` : "";
  return ticketRow(scene, row, taken + dossiers, menuButton(scene, row));
}

/* A row about a ticket: its badge and number, what it is for, a small line of words, and what can be done. */
function ticketRow(scene, row, words, ...acts) {
  const { texts, services } = scene;
  const card = services.get(row.service);
  return build(
    "li",
    { key: row.ticket },
    card ? badge(card) : build("span", null),
    build("strong", null, row.number),
    build("span", { class: "service" }, card ? texts.pick(card.names) : ""),
    build("span", { class: "acts" }, ...acts),
    build("span", { class: "why" }, words, priorityMark(texts, row.priority), accidentMarks(texts, row)),
    notesOn(scene, row.ticket),
  );
}

/* Return who may come back, folded; null: nobody is away. */
export function awayFold(scene) {
  const { texts, desk } = scene;
  if (desk.away.length === 0) {
    return null;
  }
  const rows = desk.away.map((row) => awayRow(scene, row));
  return fold(scene, "away", texts.count("desk_away", desk.away.length), build("ul", { class: "rows" }, ...rows));
}

function awayRow(scene, row) {
  const { texts, page, idle } = scene;
  const time = page.clock.timeOfDay(row.since);
  const missed = row.reason === null;
  const since = missed
    ? texts.say("desk_away_missed", { time })
    : texts.say("desk_away_held", { time, reason: texts.say(`hold_${row.reason}`) });
  const words = row.may_return ? since : `${since} ${texts.say("desk_away_no_return")}`;
  const back = askButton(
    {
      ticket: row.ticket,
      action: missed ? "return" : "resume",
      kind: "quiet small",
      disabled: idle || !row.may_return,
    },
    texts.say("desk_back"),
  );
  return ticketRow(scene, row, words, back, menuButton(scene, row));
}

/* Return the slips of an earlier day that go first today, folded; null: there are none. */
export function carriedFold(scene) {
  const { texts, desk } = scene;
  if (desk.carried.length === 0) {
    return null;
  }
  const rows = desk.carried.map((row) => carriedRow(scene, row));
  const hint = build("p", { class: "hint" }, texts.say("desk_carried_hint"));
  return fold(scene, "carried", texts.count("desk_carried", desk.carried.length), hint, build(
    "ul",
    { class: "rows" },
    ...rows,
  ));
}

function carriedRow(scene, row) {
  const { texts, idle } = scene;
  const [year, month, day] = row.day.split("-");
  const words = texts.say("desk_carried_row", { day, month, year });
  const honour = button({ action: "honour", value: row.token, kind: "quiet small", disabled: idle }, texts.say(
    "desk_honour",
  ));
  return ticketRow(scene, Object.assign({ ticket: row.token, priority: false }, row), words, honour);
}

/* Return who is still to be served when the day was ended; null while it goes on. */
export function unservedCard(scene) {
  const { texts, desk } = scene;
  if (!desk.ended) {
    return null;
  }
  const rows = desk.unserved.map((row) => unservedRow(scene, row));
  return build(
    "section",
    { class: "card ended", key: "ended", "aria-labelledby": "ended-title" },
    build("h2", { id: "ended-title" }, texts.say("desk_ended")),
    build("p", { class: "hint" }, texts.say(rows.length ? "desk_ended_hint" : "desk_ended_nobody")),
    build("ul", { class: "rows" }, ...rows),
  );
}

function unservedRow(scene, row) {
  const { texts, idle } = scene;
  const carry = opener(
    { sheet: "carry_over", ticket: row.ticket, kind: "quiet small", disabled: idle },
    icon("printer"),
    texts.say("desk_carry_over"),
  );
  return ticketRow(scene, row, texts.say(`desk_unserved_${row.status}`), carry);
}

/* Return the slips whose holder may stand there without paper; null: there are none. */
export function troubles(scene) {
  const { texts, desk } = scene;
  const slips = desk.slips.filter(({ state }) => state !== "accepted");
  if (slips.length === 0) {
    return null;
  }
  return build(
    "section",
    { class: "card notice", key: "slips", "aria-labelledby": "slips-title" },
    build("h2", { id: "slips-title" }, icon("printer_alert"), texts.say("desk_slips_title")),
    build("ul", { class: "plain-list" }, ...slips.map((slip) => slipRow(scene, slip))),
  );
}

/* Return the latest slips of a printer that never answers, folded: no trouble by themselves; null: there are none. */
export function acceptedFold(scene) {
  const { texts, desk } = scene;
  const slips = desk.slips.filter(({ state }) => state === "accepted");
  if (slips.length === 0) {
    return null;
  }
  const rows = slips.map((slip) => slipRow(scene, slip));
  return fold(scene, "accepted", texts.say("desk_slips_accepted"), build("ul", { class: "plain-list" }, ...rows));
}

/* With one printer the slip is printed at once; with several it is asked where. */
function slipRow({ texts, desk, idle }, { ticket, number, state }) {
  const [only] = desk.printers;
  const words = texts.say("desk_reprint");
  const again = desk.printers.length === 1
    ? askButton({ ticket, action: "reprint", value: only, kind: "quiet small", disabled: idle }, words)
    : opener({ sheet: "reprint", ticket, kind: "quiet small", disabled: idle || !desk.printers.length }, words);
  return build("li", { key: ticket }, build("strong", null, number), ` ${texts.say(`page_slip_${state}`)} `, again);
}
