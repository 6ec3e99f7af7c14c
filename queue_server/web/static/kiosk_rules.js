/* What the page kiosk knows of the center's rules: why no tickets are given, and how long one may be taken back.
 * Pure; the twin of kiosk/closing.py. Instants are ISO texts, `now` is milliseconds of the epoch. */

const OF_THE_HALL = new Set(["hours", "ended"]);
const REFUSED = {
  hall_closed: "hours",
  service_full: "full",
  quota_reached: "quota",
  no_numbers_left: "numbers",
  no_counter: "no_counter",
};

/* So many dossiers and more are counted by steps; fewer are one tap. */
export const COUNTED_FROM = 4;
export const MOST_DOSSIERS = 99;

/* Return why this service gives no tickets, { kind, opensAt }; null: it gives them, as far as can be known here. */
export function closureOfService(menu, card, now) {
  if (card.open) {
    return null;
  }
  if (card.closed_because === "hours" && menu.opens_at) {
    return Date.parse(menu.opens_at) <= now ? null : { kind: "hours", opensAt: menu.opens_at };
  }
  return withoutEnd(card.closed_because || "hours");
}

/* Return why the whole hall gives no tickets; null: at least one service may. */
export function closureOfHall(menu, now) {
  const isClosed = menu.services.length > 0 && menu.services.every((card) => OF_THE_HALL.has(card.closed_because));
  return isClosed ? closureOfService(menu, menu.services[0], now) : null;
}

/* Return the closure that a refused request speaks of; null when it speaks of something else. */
export function closureOfRefusal({ code, facts }) {
  const because = REFUSED[code];
  if (because === undefined) {
    return null;
  }
  const opensAt = (facts && facts.opens_at) || null;
  return because === "hours" && opensAt !== null ? { kind: "hours", opensAt } : withoutEnd(because);
}

/* Return for how many seconds a ticket can still be taken back: as long as the center allows and its page stays. */
export function cancelSeconds(menu, ticket, staysMs, now) {
  const allowedMs = Date.parse(ticket.issued_at) + menu.cancel_within_s * 1000 - now;
  return Math.max(0, Math.floor(Math.min(allowedMs, staysMs) / 1000));
}

function withoutEnd(because) {
  return { kind: because === "hours" ? "today" : because, opensAt: null };
}
