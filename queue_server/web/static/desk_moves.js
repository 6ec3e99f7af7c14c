/* What a clerk may do next, as tables: from a desk snapshot to commands.
 * Decides what is offered, never what happens.
 */

/* Secondary moves in the order of the row: the key that does it, its icon, and the statuses in which it makes sense. */
export const MOVES = [
  { action: "recall", code: "KeyR", letter: "R", icon: "bullhorn", statuses: ["called"] },
  { action: "start", code: "KeyB", letter: "B", icon: "play", statuses: ["called"] },
  { action: "finish", code: "KeyH", letter: "H", icon: "check", statuses: ["called", "serving"] },
  { action: "no_show", code: "KeyV", letter: "V", icon: "account_off", statuses: ["called"] },
];

const COMMANDS = {
  next: (desk) => ({ type: "call_next", counter: desk.counter, after: desk.current && desk.current.ticket }),
  recall: (desk) => ({ type: "recall_ticket", ticket: desk.current.ticket }),
  start: (desk) => ({ type: "start_service", ticket: desk.current.ticket }),
  finish: (desk) => ({ type: "finish_service", ticket: desk.current.ticket }),
  no_show: (desk) => ({ type: "mark_no_show", ticket: desk.current.ticket }),
  close: (desk) => ({ type: "close_counter", counter: desk.counter }),
};

/* Return the command of an action on what the clerk sees, or null when it is none of a desk. */
export function commandOf(action, desk) {
  return action in COMMANDS ? COMMANDS[action](desk) : null;
}

/* Say whether a secondary move makes sense with the current ticket. */
export function isOffered(move, current) {
  return current !== null && move.statuses.includes(current.status);
}

/* Return what the one primary button does now: the action, or null when there is nothing to do.
 *
 * A ticket that is only called is decided on first, unless this counter works with one key. With nobody waiting the
 * button finishes, so that it never calls someone it has not named.
 */
export function primaryAction(desk) {
  const { current, line, one_key: oneKey } = desk;
  if (current !== null && current.status === "called" && !oneKey) {
    return "start";
  }
  if (line.length > 0) {
    return "next";
  }
  return current === null ? null : "finish";
}

/* Return the action of a key, or null. The space key is the primary button. */
export function actionOfKey(code, desk) {
  if (code === "Space") {
    return primaryAction(desk);
  }
  const move = MOVES.find((each) => each.code === code);
  return move !== undefined && isOffered(move, desk.current) ? move.action : null;
}

/* Say whether this account works at this counter. */
export function isMine(desk) {
  const counter = desk.counters.find((each) => each.counter === desk.counter);
  return counter !== undefined && counter.clerk === desk.account;
}
