/* One page's side of the conversation, without a socket or a clock: the twin of queue_protocol/session.py.
 *
 * Feed in: connected, receive, ask, disconnected. Take out: framesToSend, nextSendAt, silenceDeadline, link. Times are
 * milliseconds of one monotonic clock. What was asked stays in the outbox until it is answered and is sent again after
 * each reconnect: the server does the same command id once and answers it alike.
 */

export const PROTOCOL = 1;

/* The server beats every 5 s; two beats lost and some slack mean that the link is dead. */
const SILENCE_LIMIT_MS = 12000;

/* After a refusal that passes by itself. */
const ASK_AGAIN_MS = 1000;

/* Back-off: a restarted server is found at once, a dead one costs an old PC nothing. */
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5000;

/* Commands that say what has happened: never given up, and sent one after the other. */
const LASTING = new Set(["report_call", "report_device", "report_slip", "record_offline", "record_printed", "withdraw_take"]);

const PASSING = new Set(["busy", "storage"]);
const SNAPSHOTS = new Set(["menu", "board", "desk", "office"]);

export class Session {
  /* `hello` is called at each connect, as what a page has to say changes. */
  constructor(hello) {
    this.hello = hello;
    this.end = null;
    this.pending = new Map();
    this.out = [];
    this.welcomed = false;
    this.heardAt = null;
    this.failures = 0;
    this.refusal = null;
  }

  connected(now) {
    this.out = [{ ...this.hello(), heard: this.end }];
    this.welcomed = false;
    this.refusal = null;
    this.heardAt = now;
  }

  disconnected() {
    this.out = [];
    this.welcomed = false;
    this.heardAt = null;
    this.failures += 1;
    for (const pending of this.pending.values()) {
      pending.sendAt = null;
    }
  }

  /* Put a command into the outbox; for `patience` ms after `actedAt` a refusal that passes by itself is asked again,
   * of a lasting command for as long as it takes. */
  ask(commandId, command, actedAt, patience) {
    this.pending.set(commandId, { command, actedAt, patience, sendAt: this.welcomed ? actedAt : null });
  }

  /* Take a command out of the outbox: it is not sent again, and its answer is not handed out. */
  giveUp(commandId) {
    this.pending.delete(commandId);
  }

  /* Return what the server said, or null when the session has dealt with it alone. Throws on what is no JSON. */
  receive(frame, now) {
    const message = JSON.parse(frame);
    this.heardAt = now;
    if (message.type === "welcome") {
      this.welcome(now);
    } else if (SNAPSHOTS.has(message.type)) {
      this.out.push({ type: "seen", revision: message.revision });
    } else if (message.type === "beat") {
      this.end = newestEnd(this.end, message.end);
    } else if (message.type === "answer") {
      return this.settle(message, now) ? message : null;
    }
    return message;
  }

  /* Return what is due on the socket now as texts, and count it as sent. */
  framesToSend(now) {
    const messages = this.out;
    this.out = [];
    for (const [commandId, pending] of this.toSend()) {
      if (pending.sendAt <= now) {
        pending.sendAt = null;
        messages.push(request(commandId, pending, now));
      }
    }
    return messages.map((message) => JSON.stringify(message));
  }

  /* Return when a frame becomes due without anything being received; null: never. */
  nextSendAt() {
    const due = this.toSend().map(([, pending]) => pending.sendAt);
    return due.length ? Math.min(...due) : null;
  }

  /* Return what is not on its way: of lasting commands only the first. */
  toSend() {
    const lasting = Array.from(this.pending.values()).find(lasts);
    return Array.from(this.pending).filter(([, pending]) =>
      pending.sendAt !== null && (pending === lasting || !lasts(pending)));
  }

  /* Return when a server that goes on saying nothing counts as gone; null: not connected. */
  silenceDeadline() {
    return this.heardAt === null ? null : this.heardAt + SILENCE_LIMIT_MS;
  }

  /* Return how long to wait before the next connect; `chance` in [0, 1) spreads pages that lost power at once. */
  retryDelay(chance) {
    return Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.failures, 10)) * (0.8 + 0.4 * chance);
  }

  /* "live": what is on the screen is current. "refused": the server does not want this page; a person must act. */
  link() {
    if (this.refusal !== null) {
      return "refused";
    }
    return this.welcomed ? "live" : "connecting";
  }

  welcome(now) {
    this.welcomed = true;
    this.failures = 0;
    for (const pending of this.pending.values()) {
      pending.sendAt = now;
    }
  }

  settle(answer, now) {
    if (answer.command_id === null) {
      this.refusal = answer.result.type === "refused" ? answer.result : null;
      return true;
    }
    const pending = this.pending.get(answer.command_id);
    if (pending === undefined) {
      return false;
    }
    if (passes(answer.result) && (lasts(pending) || now - pending.actedAt < pending.patience)) {
      pending.sendAt = now + ASK_AGAIN_MS;
      return false;
    }
    this.pending.delete(answer.command_id);
    return true;
  }
}

/* The twin of queue_protocol.journal_end.newest. A page keeps it only while it is open: boxes keep it on their disks. */
function newestEnd(kept, heard) {
  if (!kept || !heard) {
    return heard || kept;
  }
  if (kept.center !== heard.center) {
    return heard;
  }
  const [later, earlier] = isLater(kept.revision, heard.revision) ? [kept, heard] : [heard, kept];
  if (earlier.day > later.day) {
    return { ...later, day: earlier.day, numbers: earlier.numbers };
  }
  return earlier.day < later.day ? later : { ...later, numbers: highest(later.numbers, earlier.numbers) };
}

function isLater(one, other) {
  return one[0] > other[0] || (one[0] === other[0] && one[1] > other[1]);
}

function highest(one, other) {
  const series = Object.keys({ ...one, ...other });
  return series.reduce(
    (most, each) => Object.assign(most, { [each]: Math.max(one[each] || 0, other[each] || 0) }),
    {},
  );
}

function request(commandId, pending, now) {
  const age = Math.max(0, Math.round(now - pending.actedAt));
  return { type: "request", command_id: commandId, age_ms: age, command: pending.command };
}

function lasts({ command }) {
  return LASTING.has(command.type);
}

function passes(result) {
  return result.type === "refused" && PASSING.has(result.code);
}
