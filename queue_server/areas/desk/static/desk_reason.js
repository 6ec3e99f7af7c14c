/* Why a ticket was called before others, as the one sentence that answers a complaint. */

import { between } from "./moments.js";
import { minutesWords } from "./pieces.js";

/* Return the sentence for the current ticket. Whom nobody was passed for came in turn, whatever rule chose them. */
export function reasonWords(texts, { number, rule, passed, issued_at: issuedAt, called_at: calledAt }) {
  const facts = { number, passed: passed.join(", "), minutes: minutesWords(texts, between(issuedAt, calledAt)) };
  return texts.say(passed.length ? `reason_${rule}` : "reason_in_turn", facts);
}
