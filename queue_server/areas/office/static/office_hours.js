/* The hours of today, as values: where the day stands, and how much of a wait lay inside working hours. */

/* Return where the day stands at a moment (milliseconds): {state, session}, with the session that runs or comes next.
 *
 * `sessions` null: the center has no hours. States: always, closed, before, open, break, over; `ended` wins over all.
 */
export function dayState({ sessions, ended }, now) {
  if (ended) {
    return { state: "ended", session: null };
  }
  if (sessions === null) {
    return { state: "always", session: null };
  }
  if (sessions.length === 0) {
    return { state: "closed", session: null };
  }
  const place = sessions.findIndex((session) => now < Date.parse(session.closes_at));
  if (place < 0) {
    return { state: "over", session: null };
  }
  const session = sessions[place];
  if (now >= Date.parse(session.opens_at)) {
    return { state: "open", session };
  }
  return { state: place === 0 ? "before" : "break", session };
}

/* Say whether counters should be at work at a moment. */
export function isAtWork(office, now) {
  const { sessions } = office;
  return sessions === null
    || sessions.some(({ opens_at, closes_at }) => now >= Date.parse(opens_at) && now < Date.parse(closes_at));
}

/* Return the milliseconds between two moments that lie in the sessions; outside of all hours nobody is kept waiting.
 *
 * After the last session the clock runs on for who is still there: they wait for a counter and not for the door.
 */
export function workedTime(sessions, from, to) {
  if (sessions === null || sessions.length === 0) {
    return Math.max(0, to - from);
  }
  const last = sessions.length - 1;
  return sessions.reduce((sum, { opens_at, closes_at }, place) => {
    const closes = place === last ? Infinity : Date.parse(closes_at);
    return sum + Math.max(0, Math.min(to, closes) - Math.max(from, Date.parse(opens_at)));
  }, 0);
}

/* Say whether sessions of one day, {opens, closes} as `07:30`, each end after they begin and none reaches into another. */
export function fitTogether(sessions) {
  const times = sessions.slice().sort((one, other) => (one.opens < other.opens ? -1 : 1));
  return times.every(({ opens, closes }, place) => opens < closes && (place === 0 || times[place - 1].closes <= opens));
}
