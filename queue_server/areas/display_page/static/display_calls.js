/* Which call stands on the panel, and which this page says. Pure: time comes in as milliseconds. */

/* Long enough to find one's own number on the panel before the next call takes it. */
const PANEL_MS = 4000;

/* A call older than this is never spoken: the person has been looked after or has gone. */
const STALE_MS = 300000;

/* Compare two places of the journal, [epoch, sequence]. */
function isAfter(one, other) {
  return one[0] > other[0] || (one[0] === other[0] && one[1] > other[1]);
}

/* Calls remembered, so that one offered again is known; stale ones are forgotten first. */
const CALLS_KEPT = 256;

/* Who has the panel, by the rules of display/panel.py:
 *
 * 1. a call that has just taken it, for PANEL_MS of being seen;
 * 2. the oldest announced call that never had it;
 * 3. the call that is being spoken;
 * 4. the newest call of the board whose person was not marked as missed.
 *
 * `now` is the page's monotonic clock and `serverNow` the server's, both in milliseconds; `speaking` is the place of
 * the call that the loudspeaker says, or null. */
export class Panel {
  constructor() {
    this.announced = [];
    this.shown = null;
    this.heldUntil = -Infinity;
    this.seenSince = null;
  }

  /* Take a call that was just announced; one that is known changes nothing. */
  announce(call, serverNow) {
    if (this.announced.some((each) => isSame(each.call, call.call))) {
      return;
    }
    const fresh = this.announced.filter((each) => !isStale(each.details, serverNow));
    this.announced = [...fresh, { call: call.call, details: call, large: false, told: false }].slice(-CALLS_KEPT);
  }

  /* Take in that what is on the panel stands on the screen from now on, or, with false, that a banner covers it. */
  see(visible, now) {
    if (!visible) {
      this.seenSince = null;
    } else if (this.seenSince === null && this.shown !== null) {
      this.seenSince = now;
      this.heldUntil = now < this.heldUntil ? now + PANEL_MS : this.heldUntil;
    }
  }

  /* Let the panel go to the call that it belongs to now. Return the call that has been shown for its time and was not
   * reported yet; null: none. */
  tick(board, now, serverNow, speaking) {
    const reported = this.report(now);
    if (now >= this.heldUntil) {
      this.choose(board, now, serverNow, speaking);
    }
    return reported;
  }

  report(now) {
    if (this.shown === null || this.seenSince === null || now - this.seenSince < PANEL_MS) {
      return null;
    }
    const known = this.announced.find((each) => isSame(each.call, this.shown.call));
    if (known === undefined || known.told) {
      return null;
    }
    known.told = true;
    return known.call;
  }

  choose(board, now, serverNow, speaking) {
    const first = this.announced.find((each) => !each.large && this.matters(each, board, serverNow));
    if (first !== undefined) {
      first.large = true;
      this.put(first.details, now, PANEL_MS);
      return;
    }
    const spoken = speaking && this.announced.find((each) => isSame(each.call, speaking));
    if (spoken && !isRetired(spoken.details, board)) {
      this.put(spoken.details, now, 0);
    } else if (board !== null) {
      this.put(board.calls.find((call) => !board.missed.includes(call.number)) || null, now, 0);
    }
  }

  put(call, now, held) {
    const same = call !== null && this.shown !== null && isSame(call.call, this.shown.call);
    if (!same || held > 0) {
      this.shown = call;
      this.seenSince = null;
      this.heldUntil = now + held;
    }
  }

  matters(each, board, serverNow) {
    const followed = this.announced.some(
      (other) => other.details.ticket === each.details.ticket && isAfter(other.call, each.call),
    );
    return !(isRetired(each.details, board) || isStale(each.details, serverNow) || followed);
  }
}

function isSame(one, other) {
  return one[0] === other[0] && one[1] === other[1];
}

function isStale(call, serverNow) {
  return serverNow - Date.parse(call.called_at) > STALE_MS;
}

/* Say whether the board shows that the ticket is at its counter no longer; one from before the call knows nothing. */
function isRetired(call, board) {
  if (board === null || isAfter(call.call, board.revision)) {
    return false;
  }
  return !board.counters.some((each) => each.counter === call.counter && each.number === call.number);
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
export function isSpeakable(call, board, serverNow) {
  return !isStale(call, serverNow) && !isRetired(call, board);
}
