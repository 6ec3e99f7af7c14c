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

/* A wish to cancel is not offered with less time left than it takes to say it twice. */
const CANCEL_LEAST_MS = 3000;

/* Return why this service gives no tickets, { kind, opensAt }; `opensAt` is of today for "hours", else of a later day
 * or null. Null: it gives them, as far as can be known here. */
export function closureOfService(menu, card, now) {
  if (card.open) {
    return null;
  }
  if (card.closed_because === "hours" && menu.opens_at) {
    return Date.parse(menu.opens_at) <= now ? null : { kind: "hours", opensAt: menu.opens_at };
  }
  return withoutEnd(card.closed_because || "hours", menu);
}

/* Return why the whole hall gives no tickets; null: at least one service may. */
export function closureOfHall(menu, now) {
  const isClosed = menu.services.length > 0 && menu.services.every((card) => OF_THE_HALL.has(card.closed_because));
  return isClosed ? closureOfService(menu, menu.services[0], now) : null;
}

/* Return the closure that a refused request speaks of; null when it speaks of something else. */
export function closureOfRefusal({ code, facts }, menu) {
  const because = REFUSED[code];
  if (because === undefined) {
    return null;
  }
  const opensAt = (facts && facts.opens_at) || null;
  return because === "hours" && opensAt !== null ? { kind: "hours", opensAt } : withoutEnd(because, menu);
}

/* Return whether a ticket can still be taken back here: as long as the center allows. */
export function mayCancel(menu, ticket, now) {
  return Date.parse(ticket.issued_at) + menu.cancel_within_s * 1000 - now >= CANCEL_LEAST_MS;
}

function withoutEnd(because, menu) {
  return { kind: because === "hours" ? "today" : because, opensAt: (OF_THE_HALL.has(because) && menu.reopens_at) || null };
}
