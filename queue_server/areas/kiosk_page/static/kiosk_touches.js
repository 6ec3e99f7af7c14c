/* Which touches count: none that was meant for the page before, and no quick ones for what cannot be undone. Pure; the
 * twin of kiosk/touches.py. Times are milliseconds of one monotonic clock, places are { x, y } in units of a screen whose
 * shorter side has 1080. */

/* Taps this soon after the page changed belong to what was there before. */
export const DEAD_MS = 600;

/* A finger that comes down at the place that opened the page, this soon after it came down there last, is one more of
 * the same impatient finger. */
const REPEAT_MS = 2000;
const REPEAT_UNITS = 150;

/* A number is given up by a person who reads and chooses. */
const CALM_MS = 1000;
const CALM_TOUCHES = 3;
const CALM_OVER_MS = 3000;

export class Touches {
  constructor() {
    this.times = [];
    this.place = null;
    this.openedAt = null;
    this.repeatUntil = 0;
    this.deafUntil = 0;
    this.repeated = false;
  }

  /* Take note of a touch; `place` is null for a keyboard, which has no finger. */
  note(now, place) {
    this.repeated = now < this.repeatUntil && isNear(place, this.openedAt);
    if (this.repeated) {
      this.repeatUntil = now + REPEAT_MS;
    }
    this.times = this.times.concat(now).slice(-CALM_TOUCHES);
    this.place = place;
  }

  /* Take note that another page is up. */
  turned(now) {
    this.deafUntil = now + DEAD_MS;
    const last = this.times[this.times.length - 1];
    if (this.place !== null && now - last <= DEAD_MS) {
      this.openedAt = this.place;
      this.repeatUntil = now + REPEAT_MS;
    }
  }

  /* Say whether a tap now was meant for what was on the screen before. */
  isDeaf(now) {
    return this.repeated || now < this.deafUntil;
  }

  /* Say whether the last touch is one of a person who reads and chooses. */
  isCalm() {
    const { times } = this;
    const last = times[times.length - 1];
    if (times.length > 1 && last - times[times.length - 2] < CALM_MS) {
      return false;
    }
    return times.length < CALM_TOUCHES || last - times[0] >= CALM_OVER_MS;
  }
}

function isNear(place, other) {
  return place !== null && other !== null && Math.hypot(place.x - other.x, place.y - other.y) <= REPEAT_UNITS;
}
