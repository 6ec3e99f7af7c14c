/* Names made by chance. Only `getRandomValues`: the rest of `crypto` does not exist on plain HTTP. */

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

function randomBytes(count) {
  return crypto.getRandomValues(new Uint8Array(count));
}

function hexadecimal(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/* Return a new command id; made once per act of a person. */
export function commandId() {
  return hexadecimal(randomBytes(15));
}

/* Return a new address of a ticket's page: 16 random bytes in base32 without padding, 26 letters. */
export function ticketToken() {
  let bits = Array.from(randomBytes(16), (byte) => byte.toString(2).padStart(8, "0")).join("");
  bits = bits.padEnd(130, "0");
  return bits.match(/.{5}/g).map((five) => BASE32[parseInt(five, 2)]).join("");
}

/* Return the name of this tab as a display. */
export function pageName() {
  return `page-${hexadecimal(randomBytes(4))}`;
}
