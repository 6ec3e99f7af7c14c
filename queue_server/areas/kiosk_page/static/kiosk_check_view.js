/* The page kiosk's screen between a service and its number: what to bring, and how many dossiers. */

import { COUNTED_FROM } from "./kiosk_rules.js";
import { badge, button } from "./pieces.js";
import { build, icon } from "./tree.js";

/* Return the screen for the service that was chosen; `live`: the server is there to be asked. */
export function checkScreen({ texts }, menu, { service, counted }, live) {
  const card = menu.services.find((each) => each.service === service);
  const most = menu.dossiers_per_turn;
  return build(
    "section",
    { class: "check", key: "check" },
    build("h1", { class: `service hue-${card.hue}` }, badge(card), icon(card.icon), texts.pick(card.names)),
    papers(texts, card),
    afterBreak(texts, card.after_break),
    most ? dossiers(texts, most, counted, live) : null,
    build(
      "p",
      { class: "ways" },
      button({ action: "back" }, icon("arrow_left"), texts.say("kiosk_back")),
      most && counted === null ? null : takeButton(texts, live),
    ),
  );
}

/* Return the warning that a turn may come after the break; null where it does not. */
export function afterBreak(texts, isAfter) {
  return isAfter ? build("p", { class: "after-break" }, icon("clock_alert"), texts.say("kiosk_after_break")) : null;
}

function papers(texts, card) {
  const words = texts.pick(card.papers || {});
  if (!words) {
    return null;
  }
  const heading = build("h2", null, icon("file_check"), texts.say("kiosk_papers"));
  return build("div", { class: "papers" }, heading, build("p", null, words));
}

function dossiers(texts, most, counted, live) {
  return build(
    "div",
    { class: "dossiers", role: "group", "aria-labelledby": "dossiers-title" },
    build("h2", { id: "dossiers-title" }, texts.say("kiosk_dossiers")),
    counted === null ? answers(texts, live) : stepper(texts, counted),
    build("p", { class: "hint" }, texts.count("kiosk_dossiers_limit", most)),
  );
}

function answers(texts, live) {
  const numbers = Array.from({ length: COUNTED_FROM }, (_, place) => place + 1);
  return build(
    "div",
    { class: "answers", key: "answers" },
    ...numbers.map((number) => button(
      { action: "dossiers", value: number, key: `dossiers-${number}`, kind: "primary", disabled: !live },
      number < COUNTED_FROM ? String(number) : texts.say("kiosk_dossiers_more", { n: number }),
    )),
  );
}

function stepper(texts, counted) {
  return build(
    "div",
    { class: "stepper", key: "stepper" },
    stepButton(-1, "−", texts.say("kiosk_fewer")),
    build("strong", { "aria-live": "polite" }, String(counted)),
    stepButton(1, "+", texts.say("kiosk_more")),
  );
}

function stepButton(by, mark, words) {
  const attributes = { type: "button", class: "button quiet", key: `step${by}`, "data-action": "step", "data-value": by };
  return build("button", Object.assign(attributes, { "aria-label": words }), mark);
}

function takeButton(texts, live) {
  return button({ action: "take", kind: "primary", disabled: !live }, icon("check"), texts.say("kiosk_take"));
}
