/* What a clerk may do next, as tables: from a desk snapshot to what is offered. Decides nothing that happens. */

/* Moves with the current ticket in the order of the row: the key that does it, on the keyboard and on a number pad that
 * serves as call pad, its icon, and the statuses in which it makes sense.
 */
export const MOVES = [
  { action: "recall", code: "KeyR", letter: "R", pad: "NumpadAdd", icon: "bullhorn", statuses: ["called"] },
  { action: "start", code: "KeyB", letter: "B", pad: null, icon: "play", statuses: ["called"] },
  { action: "finish", code: "KeyH", letter: "H", pad: "NumpadDivide", icon: "check", statuses: ["serving"] },
  { action: "no_show", code: "KeyV", letter: "V", pad: "NumpadSubtract", icon: "account_off", statuses: ["called"] },
];

/* The key that takes the latest finish back. */
export const TAKE_BACK = { action: "take_back", code: "KeyZ", letter: "Z" };

/* What is done more rarely with the current ticket; each asks something first. */
export const FURTHER = [
  { sheet: "hold", icon: "account_clock", isOffered: () => true },
  { sheet: "transfer", icon: "swap_horizontal", isOffered: () => true },
  { sheet: "outcome", icon: "text_box_check", isOffered: isServing },
  { sheet: "requeue", icon: "tray_arrow_down", isOffered: (desk) => isServing(desk) && dossiersLeft(desk) > 0 },
];

/* What the menu of a ticket offers, by where the ticket stands. */
const MENU = {
  waiting: ["call", "hold", "note", "change_service", "prioritise", "deprioritise", "reissue", "reprint", "void"],
  held: ["resume", "call", "note", "prioritise", "deprioritise", "reissue", "reprint", "void"],
  missed: ["return", "note", "reissue", "reprint", "void"],
  called: ["note", "reissue", "reprint", "void"],
  serving: ["note", "reprint"],
};

/* When an item of the menu is left out although the ticket stands right. */
const FITS = {
  call: (desk) => desk.counter !== null && desk.paused === null,
  prioritise: (_desk, ticket) => !ticket.priority,
  deprioritise: (_desk, ticket) => ticket.priority,
  return: (_desk, ticket) => ticket.may_return,
  reprint: (desk) => desk.printers.length > 0,
};

const DESK_KEYS = new Set(["Space", "NumpadEnter", "NumpadAdd", "NumpadSubtract", "NumpadMultiply", "NumpadDivide"]);

/* Items of a menu that ask something first. */
export const ASKING = new Set(["call", "hold", "note", "change_service", "reissue", "reprint", "void"]);

/* Return how many dossiers of the current ticket are beyond what one turn takes. */
export function dossiersLeft({ current, dossiers_per_turn: most }) {
  return current === null || most === null ? 0 : Math.max(0, current.dossiers - most);
}

function isServing({ current }) {
  return current !== null && current.status === "serving";
}

/* Return what may become of the current ticket when another one is called: nobody who was only called is finished. */
export function leavings({ current }) {
  if (current === null) {
    return [];
  }
  if (current.status === "serving") {
    return ["finished", "held"];
  }
  return current.calls_left === 0 ? ["no_show", "held"] : ["held"];
}

/* Say whether the key of a no-show calls the next person, too. */
export function missCallsNext({ one_key: oneKey, line, paused }) {
  return Boolean(oneKey) && line.length > 0 && !paused;
}

/* Return the visit that may be taken back at this moment; null: none. */
export function takenBack({ finished }, now) {
  return finished && now < Date.parse(finished.until) ? finished : null;
}

/* Return where a ticket stands as this desk sees it, with what is known of it; null: the desk does not see it. */
export function findTicket(desk, id) {
  const { current } = desk;
  if (current !== null && current.ticket === id) {
    return { standing: current.status, ticket: current };
  }
  const waiting = desk.line.find((row) => row.ticket === id);
  if (waiting !== undefined) {
    return { standing: "waiting", ticket: waiting };
  }
  const away = desk.away.find((row) => row.ticket === id);
  if (away !== undefined) {
    return { standing: away.reason === null ? "missed" : "held", ticket: away };
  }
  const named = desk.unserved.concat(desk.slips).find((row) => row.ticket === id);
  return named === undefined ? null : { standing: "named", ticket: named };
}

/* Return the items of the menu of a ticket. */
export function menuOf(desk, { standing, ticket }) {
  return (MENU[standing] || []).filter((item) => !(item in FITS) || FITS[item](desk, ticket));
}

/* Say whether a move makes sense with the current ticket: nobody has missed a call that was not made often enough. */
export function isOffered(move, current) {
  return isOfStatus(move, current) && (move.action !== "no_show" || current.calls_left === 0);
}

/* Say whether a move will make sense as the current ticket stands, though maybe not yet. */
export function isOfStatus(move, current) {
  return current !== null && move.statuses.includes(current.status);
}

/* Return what the one primary button does now: the action, or null when there is nothing to do.
 *
 * A ticket that is only called has come: the button never files it as served, nor as a no-show. With nobody waiting
 * the button finishes, so that it never calls someone it has not named. A paused counter deals with who is there, then
 * calls again.
 */
export function primaryAction(desk) {
  const { current, line, paused } = desk;
  const isPaused = Boolean(paused);
  if (current === null && isPaused) {
    return "resume_counter";
  }
  if (current !== null && current.status === "called") {
    return "start";
  }
  if (line.length > 0 && !isPaused) {
    return "next";
  }
  return current === null ? null : "finish";
}

/* Return the action of a key, or null. Space and the pad's Enter are the primary button, the pad's star pauses. */
export function actionOfKey(code, desk, now) {
  if (code === "Space" || code === "NumpadEnter") {
    return primaryAction(desk);
  }
  if (code === "NumpadMultiply") {
    return desk.paused ? "resume_counter" : "pause";
  }
  if (code === TAKE_BACK.code) {
    return takenBack(desk, now) === null ? null : TAKE_BACK.action;
  }
  const move = MOVES.find((each) => each.code === code || each.pad === code);
  return move !== undefined && isOffered(move, desk.current) ? move.action : null;
}

/* Say whether a key belongs to the desk, also when it does nothing now: browsers scroll and search by them. */
export function isDeskKey(code) {
  return DESK_KEYS.has(code);
}

/* Say whether this account works at this counter. */
export function isMine(desk) {
  const counter = desk.counters.find((each) => each.counter === desk.counter);
  return counter !== undefined && counter.clerk === desk.account;
}

/* Say whether the hall may not have noticed the latest call: it was neither shown nor said, and its time is over. An
 * outage ends that time at once.
 */
export function isUnheard({ status, shown, spoken, recall_from: recallFrom }, now) {
  return status === "called" && !shown && !spoken && Date.parse(recallFrom) <= now;
}
