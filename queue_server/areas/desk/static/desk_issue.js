/* The form with which staff take tickets for people: where there is no kiosk, or someone needs help. */

import { choiceOf, countField, printerChoice } from "./desk_pieces.js";
import { badge, button } from "./pieces.js";
import { build } from "./tree.js";

/* Return the form. Staff may issue for a service that kiosks give no tickets of; it is said, not forbidden. */
export function issueForm(scene) {
  const { texts, desk } = scene;
  return build(
    "form",
    { class: "card issue", id: "issue", key: "issue", "aria-labelledby": "issue-title" },
    build("h2", { id: "issue-title" }, texts.say("desk_issue_title")),
    build(
      "div",
      { class: "options" },
      priorityChoice(texts),
      countField("dossiers", texts.say("desk_issue_dossiers"), 1),
      appointmentField(texts),
      printerChoice(scene),
      languageChoice(scene),
    ),
    build("div", { class: "services" }, ...desk.services.map((card) => serviceButton(scene, card))),
  );
}

function priorityChoice(texts) {
  return build(
    "label",
    { class: "check" },
    build("input", { type: "checkbox", name: "priority" }),
    texts.say("desk_issue_priority"),
  );
}

function appointmentField(texts) {
  return build(
    "label",
    { class: "time" },
    build("span", null, texts.say("desk_issue_appointment")),
    build("input", { type: "time", name: "appointment" }),
  );
}

function languageChoice({ texts, page }) {
  const languages = page.welcome === null ? [texts.language] : page.welcome.languages;
  const options = languages.map((language) => [language, texts.say(`page_language_${language}`)]);
  return choiceOf("language", texts.say("desk_issue_language"), options);
}

function serviceButton({ texts, idle }, card) {
  return button(
    { action: "issue", value: card.service, key: card.service, kind: "card", disabled: idle },
    badge(card),
    build("span", { class: "service" }, texts.pick(card.names), closedWords(texts, card)),
    build("span", { class: "secondary" }, String(card.waiting)),
  );
}

function closedWords(texts, card) {
  return card.open ? null : build("span", { class: "closed" }, texts.say(`desk_closed_${card.closed_because}`));
}
