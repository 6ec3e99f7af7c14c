/* Pieces that several pages show alike: badge, number, button, durations in words. Functions of values. */

import { wholeMinutes } from "./moments.js";
import { build, icon } from "./tree.js";

/* Return the badge of a service: its letter on its hue. */
export function badge({ prefix, hue }) {
  return build("span", { class: `badge hue-${hue}`, "aria-hidden": "true" }, prefix);
}

/* Return a button. It keeps the focus while it is disabled, so it is told by `aria-disabled`. */
export function button(
  { action, disabled = false, kind = "quiet", value = null, key = action, primary = false },
  ...children
) {
  const attributes = {
    type: "button",
    class: `button ${kind}`,
    key,
    "data-action": action,
    "data-value": value,
    "data-primary": primary,
    "aria-disabled": disabled ? "true" : null,
  };
  return build("button", attributes, ...children);
}

/* Return a state as icon and word; `kind` is good, notice, danger or plain. */
export function sign(kind, iconName, words) {
  return build("span", { class: `sign ${kind}` }, icon(iconName), words);
}

/* Return the mark of a priority ticket. */
export function priorityMark(texts, priority) {
  return priority ? build("span", { class: "mark" }, texts.say("priority")) : null;
}

/* Return what an accident has left on a ticket: another one has its number too, or the journal had lost it. */
export function accidentMarks(texts, { shares_number: shares, recovered }) {
  return [
    shares ? build("span", { class: "mark" }, texts.say("ticket_shares_number")) : null,
    recovered ? build("span", { class: "mark" }, texts.say("ticket_recovered")) : null,
  ];
}

/* Return a waiting time in words: whole minutes, or that it is less than one. */
export function minutesWords(texts, lasting) {
  const minutes = wholeMinutes(lasting);
  return minutes ? texts.count("page_minutes", minutes) : texts.say("page_under_a_minute");
}

/* Return how many wait, in words. */
export function waitingWords(texts, waiting) {
  return waiting ? texts.count("people_waiting", waiting) : texts.say("nobody_waiting");
}

/* Return a range of waiting in words, or that it is not known. */
export function rangeWords(texts, wait) {
  return wait === null
    ? texts.say("wait_unknown")
    : texts.say("wait_range", { low: wait.low_minutes, high: wait.high_minutes });
}

/* Return "Quầy 3". */
export function counterWords(texts, counter) {
  return texts.say("counter_n", { counter });
}

/* Return the names of the services of a counter; `services` maps an id to a card. */
export function serviceNames(texts, ids, services) {
  return ids.filter((id) => services.has(id)).map((id) => texts.pick(services.get(id).names)).join(", ");
}
