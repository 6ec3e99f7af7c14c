/* Which call stands on the panel, and which this page says. Pure: time comes in as milliseconds. */

/* Long enough to find one's own number on the panel before the next call takes it. */
const PANEL_MS = 4000;

/* A call older than this is never spoken: the person has been looked after or has gone. */
const STALE_MS = 300000;

/* Compare two places of the journal, [epoch, sequence]. */
function isAfter(one, other) {
  return one[0] > other[0] || (one[0] === other[0] && one[1] > other[1]);
}

/* The panel: each call stands for a while, also when the next one came 0.3 s later. */
export class Panel {
  constructor() {
    this.shown = null;
    this.since = -Infinity;
    this.waiting = [];
  }

  /* Take a call that was just announced. */
  announce(call, now) {
    const known = [this.shown, ...this.waiting].some((each) => each !== null && !isAfter(call.call, each.call));
    if (!known) {
      this.waiting.push(call);
    }
    this.tick(now);
  }

  /* Let the next call have the panel when the one on it has stood long enough. */
  tick(now) {
    if (this.waiting.length > 0 && now - this.since >= PANEL_MS) {
      this.shown = this.waiting.shift();
      this.since = now;
    }
  }

  /* Return the call to show large: the announced one while the board still has it, else the newest; null: none. */
  current(board) {
    const listed = this.shown !== null && board.calls.some((call) => call.number === this.shown.number);
    const fresh = this.shown !== null && isAfter(this.shown.call, board.revision);
    return listed || fresh ? this.shown : board.calls[0] || null;
  }
}

/* The calls that may be this page's to say: each waits for the board that says who speaks, and is taken once. */
export class Turns {
  constructor() {
    this.undecided = [];
    this.lastTaken = null;
  }

  /* Take a call that was announced, or offered again because nobody has said it. */
  hear(call) {
    this.undecided.push(call);
  }

  /* Return the calls to say, when this page speaks. */
  take() {
    const calls = this.undecided.filter((call) => this.isNext(call));
    this.undecided = [];
    return calls;
  }

  /* Leave the calls to the display that speaks: the server offers them again when they become this page's. */
  leave() {
    this.undecided = [];
  }

  isNext({ call }) {
    if (this.lastTaken !== null && !isAfter(call, this.lastTaken)) {
      return false;
    }
    this.lastTaken = call;
    return true;
  }
}

/* Say whether a call may still be spoken: young, and its ticket still called as far as the board knows. */
export function isSpeakable(call, board, now) {
  if (now - Date.parse(call.called_at) > STALE_MS) {
    return false;
  }
  if (board === null || isAfter(call.call, board.revision)) {
    return true;
  }
  const counter = board.counters.find((each) => each.counter === call.counter);
  return counter !== undefined && counter.number === call.number;
}
