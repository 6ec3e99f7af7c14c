/* Which counters have a row on the board now, by the rules of display/view.py. Pure. */

const ROWS_IN_COLUMN = 10;

/* Counters on the screen at once; when more of them work, they take turns. */
const ROWS_SHOWN = 2 * ROWS_IN_COLUMN;

/* How long each part of the counters stands. */
const TURN_MS = 6000;

function working(counters) {
  return counters.filter((each) => each.open || each.number !== null);
}

/* Return which part of the working counters stands now, from 1, and how many parts there are. */
export function rowsTurn(counters, now) {
  const parts = Math.max(1, Math.ceil(working(counters).length / ROWS_SHOWN));
  return { part: (Math.floor(now / TURN_MS) % parts) + 1, parts };
}

/* Return the counters that have a row now, in the order of their numbers: all that work, at once or in turns, the
 * called one always; counters that nobody works at fill what room is left. */
export function rowsShown(counters, called, now) {
  const busy = working(counters);
  return choose(counters, busy, called, now).sort((one, other) => one.counter - other.counter);
}

function choose(counters, busy, called, now) {
  if (busy.length <= ROWS_SHOWN) {
    const idle = counters.filter((each) => !busy.includes(each));
    return [...busy, ...idle.slice(0, ROWS_SHOWN - busy.length)];
  }
  const { part } = rowsTurn(counters, now);
  const chosen = busy.slice((part - 1) * ROWS_SHOWN, part * ROWS_SHOWN);
  const missing = busy.filter((each) => each.counter === called && !chosen.includes(each));
  return [...chosen.slice(0, ROWS_SHOWN - missing.length), ...missing];
}

/* Return the rows in columns, of which no one is empty. */
export function inColumns(rows) {
  const half = rows.length <= ROWS_IN_COLUMN ? rows.length : Math.ceil(rows.length / 2);
  return [rows.slice(0, half), rows.slice(half)].filter((column) => column.length > 0);
}
