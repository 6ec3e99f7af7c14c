/* What staff write on tickets for each other: shown where the ticket is, written and erased on a sheet of its own. */

import { button } from "./pieces.js";
import { build, icon } from "./tree.js";

/* As many letters as the server keeps. */
const MOST_LETTERS = 500;

/* A server that is at work answers in milliseconds. */
const ANSWER_MS = 8000;

/* Return the notes on a ticket, in full; null: there are none. */
export function notesOn({ desk }, ticket) {
  const notes = desk.notes[ticket] || [];
  return notes.length === 0 ? null : build(
    "ul",
    { class: "notes", key: "notes" },
    ...notes.map(({ note, text, author }) =>
      build("li", { key: note }, icon("note_text"), build("span", null, text), small(author))),
  );
}

/* Return what the sheet of a ticket's notes holds above its button. */
export function noteFields(scene) {
  const { texts, state } = scene;
  const { ticket, error = null } = state.sheet;
  return [
    error === null ? null : build("p", { class: "banner danger", key: "error", role: "alert" }, texts.say(error)),
    writtenNotes(scene, ticket),
    build(
      "label",
      { class: "select", key: "text" },
      build("span", null, texts.say("desk_note_text")),
      build("textarea", { name: "text", rows: 3, maxlength: MOST_LETTERS, autofocus: true }),
    ),
    build("p", { class: "hint", key: "hint" }, texts.say("desk_note_hint")),
  ];
}

function writtenNotes(scene, ticket) {
  const notes = scene.desk.notes[ticket] || [];
  return notes.length === 0 ? null : build(
    "ul",
    { class: "notes", key: "written" },
    ...notes.map((note) => writtenNote(scene, note)),
  );
}

/* Who wrote a note may erase it, and a manager. */
function writtenNote({ texts, desk, page, state, idle }, { note, text, author, at }) {
  const mine = author === desk.account || state.roles.includes("manager");
  const erase = { action: "note_erase", value: note, key: "erase", kind: "quiet small", disabled: idle };
  return build(
    "li",
    { key: note },
    icon("note_text"),
    build("span", null, text),
    small(`${author} · ${page.clock.timeOfDay(at)}`),
    mine ? button(erase, texts.say("desk_note_erase")) : null,
  );
}

function small(words) {
  return build("span", { class: "secondary" }, words);
}

/* Send a form of the desk; return null, or the key of what is wrong. */
export async function sendForm(address, fields) {
  const signal = AbortSignal.timeout(ANSWER_MS);
  const body = new URLSearchParams(fields);
  const response = await fetch(address, { method: "POST", body, signal }).catch(() => null);
  if (response === null) {
    return "page_no_answer";
  }
  const answer = await response.json().catch(() => ({}));
  return response.ok ? null : answer.error || "page_no_answer";
}
