/* Paper on the manager's page: a new roll is told, and slips that did not come are printed again, one by one. */

import { paperLevel, printersOf } from "./office_rolls.js";
import { refusalWords } from "./page.js";
import { button, sign } from "./pieces.js";
import { build, icon } from "./tree.js";

/* Long enough to be read, and for a slip to come out; later "noted" would be taken for news. */
const TOLD_MS = 20000;

/* What is told of slips stands in one place: the row of a slip goes when it is printed. */
const SLIPS = Symbol("slips");

/* What the protocol takes as the length of a roll, in metres. */
const LONGEST_ROLL_M = 500;

export class Printers {
  /* `page` gives words, clock and the way to ask; its root has the forms. */
  constructor(page) {
    this.page = page;
    this.sheet = null;
    this.choosing = null;
    this.focus = null;
    this.busy = false;
    this.told = new Map();
    this.sent = new Map();
    page.root.addEventListener("submit", (event) => this.submit(event));
  }

  /* Do what a click on a `data-action` asks for, if it is one of these. */
  act(action, { dataset: { value, ticket, number } }) {
    const acts = {
      roll: () => this.openRoll(value),
      "roll-shut": () => this.show({ sheet: null }),
      reprint: () => this.reprint(ticket, value, number),
      "reprint-where": () => this.show({ choosing: ticket, focus: SLIPS }),
      "reprint-shut": () => this.show({ choosing: null }),
    };
    if (action in acts) {
      acts[action]();
    }
  }

  openRoll(device) {
    this.told.delete(device);
    this.show({ sheet: device, focus: device });
  }

  show(what) {
    Object.assign(this, what);
    this.page.draw();
  }

  submit(event) {
    const { device } = event.target.dataset;
    if (event.target.matches(".roll-form")) {
      event.preventDefault();
      this.replacePaper(device, event.target.elements.roll.value);
    }
  }

  async replacePaper(device, metres) {
    const command = { type: "replace_paper", device, roll_m: metres === "" ? null : Number(metres) };
    if (await this.ask(command, device, this.page.texts.say("office_roll_done"))) {
      this.show({ sheet: null });
    }
  }

  async reprint(ticket, device, number) {
    const { texts, clock } = this.page;
    this.show({ choosing: null, focus: SLIPS });
    const words = texts.say("office_reprint_sent", { number, device });
    if (await this.ask({ type: "reprint_slip", ticket, print_at: device }, SLIPS, words)) {
      this.sent.set(ticket, clock.now());
      this.page.draw();
    }
  }

  /* Ask the server and tell the end of it at a device's tile or among the alarms; return whether it was done. */
  async ask(command, place, doneWords) {
    if (this.busy) {
      return false;
    }
    this.show({ busy: true });
    const result = await this.page.ask(command);
    const done = result.type !== "refused";
    const words = done ? doneWords : refusalWords(this.page.texts, result);
    this.told.set(place, { kind: done ? "good" : "danger", words, at: this.page.clock.now() });
    this.show({ busy: false });
    return done;
  }

  /* Return what was told last at a place; null once that is a while ago. */
  toldAt(place) {
    const told = this.told.get(place);
    return told !== undefined && this.isFresh(told.at) ? told : null;
  }

  isFresh(at) {
    return this.page.clock.now() - at < TOLD_MS;
  }

  /* Return the parts of a device's tile that are about paper; none where nothing is printed. */
  tileParts({ device, printer, slips_left: slipsLeft }) {
    if (printer === null) {
      return [];
    }
    const { kind, words } = this.toldAt(device) || { kind: "empty", words: "" };
    return [
      build("p", { class: "signs paper", key: "paper" }, paperSign(this.page.texts, slipsLeft)),
      build("p", { class: `told ${kind}`, key: "told", role: "status" }, words),
      this.sheet === device ? rollForm(this, device) : this.rollButton(device),
    ];
  }

  rollButton(device) {
    const words = this.page.texts.say("office_roll");
    return button({ action: "roll", value: device, key: "roll", primary: this.focus === device }, words);
  }

  /* Return the row that tells, among the alarms, what became of the last wish for a slip; null: nothing to tell. */
  slipRow() {
    const told = this.toldAt(SLIPS);
    const name = told !== null && told.kind === "good" ? "check_circle" : "alert";
    return told === null ? null : build("li", { class: `banner ${told.kind}`, key: "told" }, icon(name), told.words);
  }

  /* Return what can be done about a slip: print it again, or once that was pressed, where. */
  slipActs(slip, office) {
    const printers = printersOf(office.devices);
    const choosing = this.choosing === slip.ticket && printers.length > 1;
    const buttons = choosing ? placeButtons(this, slip, printers) : [reprintButton(this, slip, printers)];
    return build("span", { class: "acts", key: "acts" }, ...buttons);
  }

  /* Say whether a slip is on its way: nothing was heard of it since it was asked for again. */
  isSent({ ticket, state }) {
    return state === "unknown" && this.sent.has(ticket) && this.isFresh(this.sent.get(ticket));
  }
}

function paperSign(texts, slips) {
  if (slips === null) {
    return sign("plain", "printer", texts.say("office_paper_unknown"));
  }
  const words = slips === 0 ? texts.say("office_paper_none") : texts.count("office_paper_left", slips);
  const { sign: kind } = paperLevel(slips);
  return sign(kind, kind === "plain" ? "printer" : "printer_alert", words);
}

function rollForm({ page, busy }, device) {
  const { texts } = page;
  const hint = `roll-hint-${device}`;
  const length = { type: "number", name: "roll", min: 1, max: LONGEST_ROLL_M, inputmode: "numeric" };
  return build(
    "form",
    { class: "roll-form", key: "roll-form", "data-device": device, "aria-label": texts.say("office_roll") },
    build(
      "label",
      { class: "select" },
      build("span", null, texts.say("office_roll_length")),
      build("input", Object.assign(length, { "data-primary": true, "aria-describedby": hint })),
    ),
    build("p", { class: "secondary", id: hint }, texts.say("office_roll_hint")),
    build(
      "div",
      { class: "acts" },
      build(
        "button",
        { class: "button primary", type: "submit", "aria-disabled": busy ? "true" : null },
        texts.say(busy ? "office_busy" : "office_roll_save"),
      ),
      button({ action: "roll-shut" }, texts.say("page_cancel")),
    ),
  );
}

/* With one printer the slip is printed at once; with several it is asked where. */
function reprintButton(printing, slip, printers) {
  const { texts } = printing.page;
  const where = printers.length === 1 ? { action: "reprint", value: printers[0] } : { action: "reprint-where" };
  const attributes = {
    key: "reprint",
    disabled: printing.busy || printing.isSent(slip) || printers.length === 0,
    primary: printing.focus === SLIPS,
  };
  const made = slipButton(slip, Object.assign(attributes, where), icon("printer"), texts.say("office_reprint"));
  made.setAttribute("aria-label", texts.say("office_reprint_number", { number: slip.number }));
  return made;
}

function placeButtons({ page, busy }, slip, printers) {
  const { texts } = page;
  const places = printers.map((device, place) => slipButton(
    slip,
    { action: "reprint", value: device, key: device, disabled: busy, primary: place === 0 },
    texts.say("office_reprint_at", { device }),
  ));
  return places.concat(button({ action: "reprint-shut", key: "shut" }, texts.say("page_cancel")));
}

function slipButton({ ticket, number }, attributes, ...children) {
  const made = button(attributes, ...children);
  made.setAttribute("data-ticket", ticket);
  made.setAttribute("data-number", number);
  return made;
}
