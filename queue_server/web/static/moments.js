/* Instants and how long they last. The server is the clock of the hall; a page measures the time since it spoke. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;

export class ServerClock {
  constructor() {
    this.offset = null;
    this.utcOffset = 0;
  }

  /* Take note of the server's time, as carried by whatever it sends. */
  hear(message) {
    if (message.now !== undefined) {
      this.offset = Date.parse(message.now) - performance.now();
    }
    if (message.utc_offset_s !== undefined) {
      this.utcOffset = message.utc_offset_s * SECOND;
    }
  }

  /* Return the server's time in milliseconds of the epoch. Before it has spoken: the PC's own. */
  now() {
    return this.offset === null ? Date.now() : this.offset + performance.now();
  }

  /* Return the local time of day of an instant (ISO text or milliseconds) as `08:12`. */
  timeOfDay(instant) {
    return this.local(instant).slice(11, 16);
  }

  /* Return the local day of an instant as `2026-11-23`. */
  day(instant) {
    return this.local(instant).slice(0, 10);
  }

  /* Return milliseconds since an instant, never less than nothing. */
  since(instant) {
    return Math.max(0, this.now() - Date.parse(instant));
  }

  /* An instant that names an offset is shown by its own: a day of last summer is not moved by this winter's. */
  local(instant) {
    if (typeof instant === "string" && /[+-]\d\d:\d\d$/.test(instant) && !instant.endsWith("+00:00")) {
      return instant;
    }
    const at = typeof instant === "number" ? instant : Date.parse(instant);
    return new Date(at + this.utcOffset).toISOString();
  }
}

/* Return milliseconds from one instant to another, never less than nothing. */
export function between(from, to) {
  return Math.max(0, Date.parse(to) - Date.parse(from));
}

/* Return whole minutes of some milliseconds. */
export function wholeMinutes(lasting) {
  return Math.floor(lasting / MINUTE);
}

/* Return a running time as `3:07` or `1:02:07`. */
export function stopwatch(lasting) {
  const seconds = Math.floor(lasting / SECOND);
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(seconds / 3600);
  return hours ? `${hours}:${parts.join(":")}` : `${Number(parts[0])}:${parts[1]}`;
}
