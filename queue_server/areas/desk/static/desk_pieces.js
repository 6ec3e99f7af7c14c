/* Pieces that only the clerk's page has: what opens a sheet or a fold, choices of a form. Functions of values. */

import { button } from "./pieces.js";
import { build, icon } from "./tree.js";

/* Return a button that opens a sheet, about a ticket where one is given. */
export function opener({ sheet, ticket = null, value = null, ...rest }, ...children) {
  const made = button(Object.assign({ action: "sheet", value, key: `${sheet}-${ticket || ""}` }, rest), ...children);
  made.setAttribute("data-sheet", sheet);
  made.setAttribute("aria-haspopup", "dialog");
  return about(made, ticket);
}

/* Return a button that asks for something at once about a ticket. */
export function askButton({ ticket, ...rest }, ...children) {
  return about(button(rest, ...children), ticket);
}

/* Return the button "⋯" of a row. */
export function menuButton({ texts, idle }, { ticket, number }) {
  const made = opener({ sheet: "ticket", ticket, kind: "quiet small", disabled: idle }, icon("dots_horizontal"));
  made.setAttribute("aria-label", texts.say("desk_menu", { number }));
  return made;
}

/* Return a heading that opens and closes what follows; `children` are drawn while it is open. */
export function fold({ state }, name, words, ...children) {
  const open = state.folds.has(name);
  const head = button(
    { action: "fold", value: name, kind: "fold" },
    icon(open ? "chevron_down" : "chevron_right"),
    build("span", null, words),
  );
  head.setAttribute("aria-expanded", String(open));
  return build("section", { class: "folding", key: `fold-${name}` }, head, open ? children : null);
}

/* Return a list to choose from; `options` are pairs of value and words, `selected` is the value to start with. */
export function choiceOf(name, label, options, selected = null) {
  return build(
    "label",
    { class: "select", key: name },
    build("span", null, label),
    build("select", { name }, ...options.map(([value, words]) => option(value, words, selected))),
  );
}

function option(value, words, selected) {
  return build("option", { value, key: value || "none", selected: value === selected }, words);
}

/* Return a choice of one of few, or of any of them with `type` "checkbox". */
export function checkOf(type, name, value, words, checked = false) {
  const attributes = { type, name, value, checked };
  return build("label", { class: "check", key: `${name}-${value}` }, build("input", attributes), words);
}

/* Return a field for a number from 1 to 99. */
export function countField(name, label, value) {
  const attributes = { type: "number", name, min: 1, max: 99, value, inputmode: "numeric" };
  return build("label", { class: "count", key: name }, build("span", null, label), build("input", attributes));
}

/* Return the choice of where a slip is printed: `usual`, unless another place was chosen at this desk before. */
export function printerChoice({ texts, desk, state }, usual = "") {
  const options = [["", texts.say("desk_issue_no_paper")]].concat(
    desk.printers.map((name) => [name, texts.say("desk_issue_print", { name: texts.box(name) })]),
  );
  const selected = state.printer === null ? usual : state.printer;
  return choiceOf("print_at", texts.say("desk_issue_paper"), options, selected);
}

function about(made, ticket) {
  if (ticket !== null && ticket !== undefined) {
    made.setAttribute("data-ticket", ticket);
  }
  return made;
}
