/* From what a clerk pressed to a command, as a table. Chance, the time and the fields of a form come as values. */

import { missCallsNext } from "./desk_moves.js";

const MINUTE_MS = 60000;

const counterCommand = (type) => (desk) => ({ type, counter: desk.counter });
const currentCommand = (type) => (desk) => ({ type, ticket: desk.current.ticket });
const ticketCommand = (type) => (_desk, { ticket }) => ({ type, ticket });

/* Each takes the desk snapshot and what was asked: `ticket`, `value` of the button, `fields` of its form (name to list
 * of texts), a fresh `token`, and `localDay` and `utcOffset` (ms) of the center.
 */
const COMMANDS = {
  next: (desk) => ({ type: "call_next", counter: desk.counter, after: currentId(desk) }),
  call: (desk, { ticket, value }) => ({
    type: "call_ticket",
    counter: desk.counter,
    after: currentId(desk),
    ticket,
    current: value || "finished",
  }),
  recall: currentCommand("recall_ticket"),
  start: currentCommand("start_service"),
  finish: currentCommand("finish_service"),
  no_show: (desk) => missCallsNext(desk)
    ? { type: "call_next", counter: desk.counter, after: currentId(desk), current: "no_show" }
    : { type: "mark_no_show", ticket: desk.current.ticket },
  take_back: (desk) => ({ type: "take_back_finish", ticket: desk.finished.ticket, after: currentId(desk) }),
  outcome: (desk, { fields }) => ({
    type: "finish_service",
    ticket: desk.current.ticket,
    outcome: one(fields, "outcome"),
    also: fields.also || [],
  }),
  transfer: (_desk, { ticket, fields }) => ({
    type: "transfer_ticket",
    ticket,
    service: one(fields, "service") || null,
    counter: Number(one(fields, "counter")) || null,
    first: "first" in fields,
  }),
  requeue: (_desk, { ticket, fields }) => ({
    type: "requeue_ticket",
    ticket,
    dossiers_left: dossiers(fields),
  }),
  hold: (_desk, { ticket, value }) => ({ type: "hold_ticket", ticket, reason: value }),
  resume: ticketCommand("resume_ticket"),
  return: ticketCommand("return_ticket"),
  change_service: (_desk, { ticket, value }) => ({ type: "change_service", ticket, service: value }),
  prioritise: (_desk, { ticket }) => ({ type: "set_priority", ticket, priority: true }),
  deprioritise: (_desk, { ticket }) => ({ type: "set_priority", ticket, priority: false }),
  void: (_desk, { ticket, value }) => ({ type: "void_ticket", ticket, reason: value }),
  reissue: (_desk, { ticket, token, fields }) => ({ type: "reissue_ticket", ticket, token, print_at: printer(fields) }),
  reprint: (_desk, { ticket, value }) => ({ type: "reprint_slip", ticket, print_at: value }),
  carry_over: (_desk, { ticket, token, fields }) => ({
    type: "carry_over",
    ticket,
    token,
    reason: one(fields, "reason"),
    print_at: printer(fields),
  }),
  issue: (_desk, { value, token, fields, localDay, utcOffset }) => ({
    type: "take_ticket",
    service: value,
    token,
    priority: "priority" in fields,
    language: one(fields, "language"),
    print_at: printer(fields),
    dossiers: dossiers(fields),
    appointment_at: instant(one(fields, "appointment"), localDay, utcOffset),
  }),
  honour: (desk, { value, token, fields }) => ({
    type: "take_ticket",
    service: desk.carried.find((row) => row.token === value).service,
    token,
    print_at: printer(fields),
    carried_over: value,
  }),
  replace_paper: (_desk, { value }) => ({ type: "replace_paper", device: value }),
  open: (_desk, { value }) => ({ type: "open_counter", counter: Number(value) }),
  close: counterCommand("close_counter"),
  take_over: (_desk, { value }) => ({ type: "take_over_counter", counter: Number(value) }),
  // A call pad has one key for it: who only presses that takes a break.
  pause: (desk, { value }) => ({ type: "pause_counter", counter: desk.counter, reason: value || "break" }),
  resume_counter: counterCommand("resume_counter"),
  serve: (desk, { fields }) => ({
    type: "set_counter_services",
    counter: desk.counter,
    services: chosen(desk, (fields.services || []).concat(fields.preferred || [])),
    preferred: chosen(desk, fields.preferred || []),
  }),
  serve_usual: (desk) => ({ type: "set_counter_services", counter: desk.counter, services: [], preferred: [] }),
};

/* Return the command of an action, or null when it asks the server for nothing. */
export function commandOf(action, desk, asked) {
  return action in COMMANDS ? COMMANDS[action](desk, asked) : null;
}

/* Return the same command with the answer to whether the service really took so long. */
export function answeredAs(command, longService) {
  return Object.assign({}, command, { long_service: longService });
}

function currentId({ current }) {
  return current && current.ticket;
}

function one(fields, name) {
  return (fields[name] || [""])[0];
}

function printer(fields) {
  return one(fields, "print_at") || null;
}

function dossiers(fields) {
  return Math.min(99, Math.max(1, Math.floor(Number(one(fields, "dossiers"))) || 1));
}

/* Return which of the center's services were chosen, each once, in the order of the catalogue. */
function chosen(desk, ids) {
  return desk.services.map((card) => card.service).filter((id) => ids.includes(id));
}

/* Return the instant of a local time of day as `08:30`; null for none. */
function instant(time, localDay, utcOffset) {
  if (!/^\d\d:\d\d$/.test(time)) {
    return null;
  }
  const [hours, minutes] = time.split(":").map(Number);
  const midnight = Date.parse(`${localDay}T00:00:00Z`) - utcOffset;
  return new Date(midnight + (hours * 60 + minutes) * MINUTE_MS).toISOString();
}
