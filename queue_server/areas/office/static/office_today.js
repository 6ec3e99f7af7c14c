/* Today: its hours and how to change them, its end, and who is still to be served then. */

import { ticketToken } from "./chance.js";
import { dayState, fitTogether } from "./office_hours.js";
import { printersOf } from "./office_rolls.js";
import { refusalWords } from "./page.js";
import { badge, button, priorityMark, sign } from "./pieces.js";
import { END_REASONS } from "./reasons.js";
import { build, icon } from "./tree.js";

/* The protocol takes no more sessions in a day. */
const MOST_SESSIONS = 4;

/* Where a day without hours is closed and opened again by hand. */
const WHOLE_DAY = [{ opens: "00:00", closes: "23:59" }];

const SIGNS = {
  always: ["good", "check_circle"],
  open: ["good", "check_circle"],
  before: ["plain", "clock_outline"],
  break: ["plain", "clock_outline"],
  over: ["plain", "clock_outline"],
  closed: ["notice", "clock_outline"],
  ended: ["notice", "clock_outline"],
};

export class Today {
  /* `page` gives words, clock and the way to ask; its root has the forms. */
  constructor(page) {
    this.page = page;
    this.sheet = null;
    this.sessions = [];
    this.told = null;
    this.busy = false;
    this.made = 0;
    this.reason = END_REASONS[0];
    page.root.addEventListener("submit", (event) => this.submit(event));
  }

  /* Do what a click on a `data-action` asks for, if it is one of these. */
  act(action, element, office) {
    const acts = {
      hours: () => this.openHours(office),
      end: () => this.show("end"),
      shut: () => this.show(null),
      usual: () => this.takeUsual(),
      none: () => this.setSessions([]),
      add: () => this.setSessions(this.typed().concat([{ opens: "", closes: "" }])),
      drop: () => this.setSessions(this.typed().filter((_, place) => place !== Number(element.dataset.value))),
      carry: () => this.carryOver(element.dataset.value),
    };
    if (action in acts) {
      acts[action]();
    }
  }

  show(sheet) {
    this.sheet = sheet;
    this.told = null;
    this.page.draw();
  }

  openHours({ sessions }) {
    const { clock } = this.page;
    const times = sessions === null ? WHOLE_DAY : sessions.map(({ opens_at, closes_at }) => ({
      opens: clock.timeOfDay(opens_at),
      closes: clock.timeOfDay(closes_at),
    }));
    this.show("hours");
    this.setSessions(times);
  }

  /* Each row of the form has a key of its own, so that a row that goes takes no other's times along. */
  setSessions(times) {
    this.sessions = times.map((each) => Object.assign({ key: `session-${this.made += 1}` }, each));
    this.page.draw();
  }

  typed() {
    const value = (name, place) => this.page.root.querySelector(`[name="${name}-${place}"]`).value;
    return this.sessions.map((_, place) => ({ opens: value("opens", place), closes: value("closes", place) }));
  }

  async takeUsual() {
    const { clock } = this.page;
    const response = await fetch("/office/today.json").catch(() => null);
    if (response === null || !response.ok) {
      this.tell("danger", this.page.texts.say("page_no_answer"));
      return;
    }
    const { sessions } = await response.json();
    const times = sessions === null ? WHOLE_DAY : sessions.map(([opens, closes]) => ({
      opens: clock.timeOfDay(opens),
      closes: clock.timeOfDay(closes),
    }));
    this.setSessions(times);
  }

  submit(event) {
    event.preventDefault();
    if (event.target.id === "hours-form") {
      this.changeHours(this.typed());
    } else if (event.target.id === "end-form") {
      this.reason = event.target.elements.reason.value;
      this.ask({ type: "end_day", reason: this.reason }, "office_end_done");
    }
  }

  changeHours(sessions) {
    if (fitTogether(sessions)) {
      this.ask({ type: "change_today", sessions }, "office_hours_done");
    } else {
      this.tell("danger", this.page.texts.say("office_hours_wrong"));
    }
  }

  carryOver(ticket) {
    const value = (name) => this.page.root.querySelector(`[name="${name}"]`).value;
    const command = { type: "carry_over", ticket, token: ticketToken(), reason: value("carry-reason") };
    const number = ticket.split("-")[1];
    this.ask(Object.assign(command, { print_at: value("carry-printer") || null }), "office_carried", { number });
  }

  /* Ask the server; the form goes when it is done, and stays with the reason when it is not. */
  async ask(command, key, facts = {}) {
    if (this.busy) {
      return;
    }
    this.busy = true;
    this.page.draw();
    const result = await this.page.ask(command);
    this.busy = false;
    if (result.type === "refused") {
      this.tell("danger", refusalWords(this.page.texts, result));
    } else {
      this.sheet = null;
      this.tell("good", this.page.texts.say(key, facts));
    }
  }

  tell(kind, words) {
    this.told = { kind, words };
    this.page.draw();
  }

  /* Return the panel of today as it stands. */
  view(office) {
    const { texts, clock } = this.page;
    const day = dayState(office, clock.now());
    return build(
      "section",
      { class: "card today", key: "today", "aria-labelledby": "today-title" },
      build(
        "div",
        { class: "today-head", key: "head" },
        build("h2", { id: "today-title" }, texts.say("office_today")),
        stateSign(this.page, day),
        becauseWords(this.page, office),
        build("span", { class: "secondary" }, hoursWords(this.page, office)),
        ...this.buttons(day),
      ),
      told(this.told),
      this.sheet === "hours" ? hoursForm(this) : null,
      this.sheet === "end" ? endForm(this, office) : null,
      isLate(day) && office.unserved.length ? unservedList(this, office) : null,
    );
  }

  buttons({ state }) {
    const { texts } = this.page;
    if (this.sheet !== null) {
      return [];
    }
    const end = button({ action: "end" }, texts.say("office_end"));
    return [button({ action: "hours" }, texts.say("office_hours")), state === "ended" ? null : end];
  }
}

/* ---- where the day stands */

function isLate({ state }) {
  return ["over", "ended", "closed"].includes(state);
}

function stateSign({ texts, clock }, { state, session }) {
  const [kind, name] = SIGNS[state];
  const facts = session === null
    ? {}
    : { opens: clock.timeOfDay(session.opens_at), closes: clock.timeOfDay(session.closes_at) };
  return sign(kind, name, texts.say(`office_today_${state}`, facts));
}

function hoursWords({ clock }, { sessions }) {
  return (sessions || []).map((each) => `${clock.timeOfDay(each.opens_at)}–${clock.timeOfDay(each.closes_at)}`).join(" · ");
}

/* Why the day was ended; null: it goes on. */
function becauseWords({ texts }, { ended_because: reason }) {
  const words = reason ? texts.say("office_ended_because", { reason: texts.say(`end_${reason}`) }) : null;
  return words === null ? null : build("span", { key: "because" }, words);
}

function told(said) {
  const live = { key: "told", id: "today-told", "aria-live": "polite" };
  const kind = said === null ? "empty" : said.kind;
  return build("p", Object.assign({ class: `banner ${kind}` }, live), said === null ? "" : said.words);
}

/* ---- the hours of today */

function hoursForm(today) {
  const { texts } = today.page;
  const none = build("p", { class: "banner notice", key: "none" }, texts.say("office_hours_none"));
  const more = today.sessions.length < MOST_SESSIONS;
  return build(
    "form",
    { class: "sheet", id: "hours-form", key: "hours", "aria-label": texts.say("office_hours") },
    build("p", { class: "hint", key: "hint" }, texts.say("office_hours_hint")),
    today.sessions.length ? null : none,
    ...today.sessions.map((session, place) => sessionRow(texts, session, place)),
    build(
      "div",
      { class: "acts", key: "fill" },
      more ? button({ action: "add" }, texts.say("office_hours_add")) : null,
      button({ action: "usual" }, texts.say("office_hours_usual")),
      button({ action: "none" }, texts.say("office_hours_close")),
    ),
    sheetButtons(today, "office_hours_save", "primary"),
  );
}

function sessionRow(texts, { key, opens, closes }, place) {
  const time = (name, value) => build(
    "label",
    { class: "select" },
    build("span", null, texts.say(`office_hours_${name}`)),
    build("input", { type: "time", name: `${name}-${place}`, value, required: true }),
  );
  return build(
    "div",
    { class: "session", key },
    time("opens", opens),
    time("closes", closes),
    button({ action: "drop", value: String(place), key: "drop" }, texts.say("office_hours_drop")),
  );
}

function sheetButtons(today, key, kind) {
  const { texts } = today.page;
  return build(
    "div",
    { class: "acts", key: "acts" },
    build(
      "button",
      { class: `button ${kind}`, type: "submit", "aria-disabled": today.busy ? "true" : null },
      texts.say(today.busy ? "office_busy" : key),
    ),
    button({ action: "shut" }, texts.say("page_cancel")),
  );
}

/* ---- the end of the day */

function endForm(today, office) {
  const { texts } = today.page;
  const left = office.unserved.length;
  return build(
    "form",
    { class: "sheet", id: "end-form", key: "end", "aria-label": texts.say("office_end") },
    build("p", { key: "hint" }, left ? texts.count("office_end_left", left) : texts.say("office_end_nobody")),
    reasonSelect(today, "reason", today.reason),
    sheetButtons(today, "office_end", "danger"),
  );
}

function reasonSelect({ page }, name, reason) {
  const { texts } = page;
  return select(texts.say("office_end_reason"), name, END_REASONS.map((each) => [each, texts.say(`end_${each}`)]), reason);
}

function select(label, name, options, chosen = null) {
  return build(
    "label",
    { class: "select", key: name },
    build("span", null, label),
    build(
      "select",
      { name },
      ...options.map(([value, words]) => build("option", { value, key: value, selected: value === chosen }, words)),
    ),
  );
}

function unservedList(today, office) {
  const { texts } = today.page;
  const printers = printersOf(office.devices).map((device) => [device, device]);
  const choices = printers.concat([["", texts.say("office_carry_no_paper")]]);
  // The reason for which the day ended is likely the one for which a person is not served.
  const reason = office.ended_because || today.reason;
  return build(
    "div",
    { class: "unserved", key: "unserved" },
    build("h3", { id: "unserved-title", key: "title" }, texts.count("office_unserved", office.unserved.length)),
    build("p", { class: "hint", key: "hint" }, texts.say("office_unserved_hint")),
    build(
      "div",
      { class: "acts", key: "choices" },
      reasonSelect(today, "carry-reason", reason),
      select(texts.say("office_carry_printer"), "carry-printer", choices),
    ),
    build(
      "ul",
      { class: "people", key: "people", "aria-labelledby": "unserved-title" },
      ...office.unserved.map((row) => unservedRow(today, row, office.lines)),
    ),
  );
}

function unservedRow(today, row, lines) {
  const { texts, clock } = today.page;
  const line = lines.find((each) => each.service === row.service);
  return build(
    "li",
    { key: row.ticket },
    line ? badge(line) : null,
    build("strong", null, row.number, priorityMark(texts, row.priority)),
    build("span", { class: "what" }, line ? texts.pick(line.names) : row.service),
    build("span", { class: "secondary" }, texts.say(`office_ticket_${row.status}`), ` · ${clock.timeOfDay(row.issued_at)}`),
    button(
      { action: "carry", value: row.ticket, key: "carry", disabled: today.busy },
      icon("printer"),
      texts.say("office_carry"),
    ),
  );
}
