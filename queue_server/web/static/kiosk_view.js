/* The page kiosk's three screens as functions of its state: choosing, the ticket, and what went wrong. */

import { linkBanner } from "./page.js";
import { badge, button, counterWords, priorityMark, rangeWords, waitingWords } from "./pieces.js";
import { build, icon } from "./tree.js";

/* Up to this many services stand in two columns of large cards; more need three to be seen without scrolling. */
const TWO_COLUMNS = 8;

/* Return the children of the page's root. */
export function kioskView(page, state) {
  return [topBar(page), lostBanner(page), scene(page, state)];
}

function scene(page, state) {
  if (state.ticket !== null) {
    return ticketScreen(page, state);
  }
  if (state.refusal !== null) {
    return troubleScreen(page, state.refusal);
  }
  return state.menu === null ? loading(page.texts) : menuScreen(page, state);
}

function loading(texts) {
  return build("p", { class: "hint", key: "waiting" }, texts.say("page_loading"));
}

function lostBanner(page) {
  if (!page.isLost() || page.link === "refused") {
    return linkBanner(page);
  }
  return build(
    "p",
    { class: "banner notice", role: "alert", key: "link" },
    icon("wifi_off"),
    page.texts.say("kiosk_no_server_strip"),
  );
}

function topBar({ texts, welcome, clock }) {
  const languages = welcome === null ? [] : welcome.languages;
  return build(
    "header",
    { class: "top", key: "top" },
    build("span", { class: "center-name" }, welcome === null ? "" : texts.pick(welcome.center)),
    build("span", { class: "clock" }, welcome === null ? "" : clock.timeOfDay(clock.now())),
    build("span", { class: "languages" }, ...languages.map((language) => languageButton(texts, language))),
  );
}

function languageButton(texts, language) {
  const chosen = language === texts.language;
  const attributes = {
    type: "button",
    class: "button quiet",
    key: language,
    lang: language,
    "data-action": "language",
    "data-value": language,
    "aria-pressed": String(chosen),
  };
  return build("button", attributes, texts.say(`page_language_${language}`));
}

function menuScreen(page, state) {
  const { texts } = page;
  const { services } = state.menu;
  const columns = services.length > TWO_COLUMNS ? "three" : "two";
  const asking = state.asking !== null;
  return build(
    "section",
    { class: "menu", key: "menu" },
    build("h1", { "aria-live": "polite" }, asking ? texts.say("kiosk_asking") : texts.say("kiosk_choose")),
    build("div", { class: `cards ${columns}` }, ...services.map((card) => serviceCard(page, card, state))),
  );
}

function serviceCard(page, card, state) {
  const { texts } = page;
  const chosen = state.asking === card.service ? "chosen" : "";
  const disabled = !card.open || !page.isLive() || state.asking !== null;
  return button(
    {
      action: "take",
      value: card.service,
      key: card.service,
      kind: `service-card hue-${card.hue} ${chosen}`,
      disabled,
    },
    build("span", { class: "face" }, badge(card), icon(card.icon)),
    build(
      "span",
      { class: "names" },
      build("strong", null, texts.pick(card.names)),
      build("span", { class: "hints" }, texts.pick(card.hints)),
      build("span", { class: "status" }, cardStatus(texts, card)),
    ),
  );
}

function cardStatus(texts, card) {
  if (!card.open) {
    return [texts.say("kiosk_service_closed")];
  }
  const waiting = build("span", { key: "waiting" }, waitingWords(texts, card.waiting));
  const isKnown = card.waiting > 0 && card.wait !== null;
  return isKnown ? [waiting, build("span", { key: "range" }, rangeWords(texts, card.wait))] : [waiting];
}

function ticketScreen(page, state) {
  const { texts } = page;
  const { ticket } = state;
  const card = state.menu.services.find((each) => each.service === ticket.service);
  return build(
    "section",
    { class: "taken", key: ticket.ticket, "aria-live": "assertive" },
    build("p", { class: "service" }, card ? texts.pick(card.names) : "", priorityMark(texts, ticket.priority)),
    build(
      "h1",
      null,
      build("span", { class: "label" }, texts.say("kiosk_your_number")),
      build("strong", { class: "huge", id: "number" }, ticket.number),
    ),
    build("p", { class: "ahead" }, aheadWords(page, ticket)),
    build("p", { class: "ahead" }, counters(texts, ticket.counters)),
    build("p", { class: "paper" }, icon("printer"), texts.say("page_kiosk_take_slip")),
    build("p", { class: "ahead" }, texts.say("kiosk_please_wait")),
    button({ action: "home", kind: "primary" }, texts.say("kiosk_home")),
    build("div", { class: "bar", "aria-hidden": "true" }, build("div")),
  );
}

function aheadWords({ texts, clock }, ticket) {
  const ahead = ticket.people_ahead
    ? texts.count("people_ahead", ticket.people_ahead, { time: clock.timeOfDay(ticket.issued_at) })
    : texts.say("you_are_next");
  return ticket.people_ahead && ticket.wait !== null ? `${ahead} · ${rangeWords(texts, ticket.wait)}` : ahead;
}

function counters(texts, numbers) {
  return numbers.map((number) => counterWords(texts, number)).join(" · ");
}

function troubleScreen({ texts }, words) {
  return build(
    "section",
    { class: "trouble", key: "trouble", role: "alert" },
    icon("account_question"),
    build("h1", null, words),
    build("p", null, texts.say("page_kiosk_ask_staff")),
    button({ action: "home", kind: "primary" }, texts.say("kiosk_home")),
  );
}
