/* The page kiosk's screens as functions of its state: choosing, checking, the ticket, and what went otherwise. */

import { afterBreak, checkScreen } from "./kiosk_check_view.js";
import { cancelSeconds, closureOfHall, closureOfService } from "./kiosk_rules.js";
import { linkBanner, refusalWords } from "./page.js";
import { badge, button, counterWords, priorityMark, rangeWords, waitingWords } from "./pieces.js";
import { build, icon } from "./tree.js";

/* Up to this many services stand in two columns of large cards; more need three to be seen without scrolling. */
const TWO_COLUMNS = 8;

/* With more than this many, five rows of three, a nearly square screen has no room for everyday words. */
const ROOMY = 15;

/* Return the children of the page's root. */
export function kioskView(page, state) {
  return [topBar(page), lostBanner(page), scene(page, state)];
}

function scene(page, state) {
  const { menu } = state;
  return menu === null ? loading(page.texts) : SCENES[state.scene.kind](page, state);
}

const SCENES = {
  choosing: menuScreen,
  asking: menuScreen,
  checking: (page, { menu, scene }) => checkScreen(page, menu, scene, page.isLive()),
  holding: ticketScreen,
  cancelling: ({ texts }, { scene }) => notice({
    sign: "clock_outline",
    title: texts.say("kiosk_cancelling", scene.ticket),
    text: texts.say("kiosk_asking_text"),
  }),
  cancelled: ({ texts }, { scene }) => notice({
    sign: "check_circle",
    kind: "done",
    title: texts.say("kiosk_cancelled", scene.ticket),
    text: texts.say("kiosk_cancelled_text", scene.ticket),
    way: button({ action: "back", kind: "primary" }, texts.say("kiosk_choose_again")),
  }),
  kept: ({ texts }, { scene }) => notice({
    sign: "account_question",
    title: texts.say("kiosk_not_cancelled", scene.ticket),
    text: texts.say("kiosk_not_cancelled_text", scene.ticket),
    way: homeButton(texts),
  }),
  closed: closedScreen,
  refused: ({ texts }, { scene }) => notice({
    sign: "account_question",
    title: refusalWords(texts, scene.result),
    text: texts.say("page_kiosk_ask_staff"),
    way: homeButton(texts),
  }),
};

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
  const { services } = state.menu;
  const columns = services.length > TWO_COLUMNS ? "three" : "two";
  const tight = services.length > ROOMY ? "tight" : "";
  return build(
    "section",
    { class: "menu", key: "menu" },
    heading(page, state),
    build("div", { class: `cards ${columns} ${tight}` }, ...services.map((card) => serviceCard(page, card, state))),
  );
}

function heading({ texts, clock }, { menu, scene: { kind } }) {
  const closure = closureOfHall(menu, clock.now());
  if (closure !== null) {
    return hallClosed(texts, closure, clock);
  }
  return build("h1", { "aria-live": "polite" }, texts.say(kind === "asking" ? "kiosk_asking" : "kiosk_choose"));
}

function hallClosed(texts, closure, clock) {
  const time = openingTime(closure, clock);
  return build(
    "div",
    { class: "hall-closed", role: "status", key: "closed" },
    icon("clock_outline"),
    time && build("strong", { class: "time", "aria-hidden": "true" }, time),
    build(
      "div",
      null,
      build("h1", null, texts.say(`closed_${closure.kind}_title`, { time })),
      build("p", null, texts.say(`closed_${closure.kind}_text`, { time })),
    ),
  );
}

function openingTime({ opensAt }, clock) {
  return opensAt === null ? null : clock.timeOfDay(opensAt);
}

function serviceCard(page, card, { menu, scene: { kind, service } }) {
  const { texts, clock } = page;
  const closure = closureOfService(menu, card, clock.now());
  const isAsking = kind === "asking";
  const chosen = isAsking && service === card.service ? "chosen" : "";
  return button(
    {
      action: "choose",
      value: card.service,
      key: card.service,
      kind: `service-card hue-${card.hue} ${chosen} ${closure === null ? "" : "closed"}`,
      disabled: !page.isLive() || isAsking,
    },
    build("span", { class: "face" }, badge(card), icon(card.icon)),
    build(
      "span",
      { class: "names" },
      build("strong", null, texts.pick(card.names)),
      build("span", { class: "hints" }, texts.pick(card.hints)),
      build("span", { class: "status" }, closure === null ? lineStatus(texts, card) : whyClosed(texts, closure, clock)),
    ),
  );
}

function lineStatus(texts, card) {
  const waiting = build("span", { key: "waiting" }, waitingWords(texts, card.people_ahead));
  const isKnown = card.people_ahead > 0 && card.wait !== null;
  const range = isKnown ? build("span", { key: "range" }, rangeWords(texts, card.wait)) : null;
  return [waiting, range, card.after_break ? lateWarning(texts) : null];
}

function whyClosed(texts, closure, clock) {
  const time = openingTime(closure, clock);
  return [
    build("span", { key: "why" }, texts.say(`closed_${closure.kind}`, { time })),
    build("span", { key: "next" }, texts.say(`closed_${closure.kind}_next`)),
  ];
}

function lateWarning(texts) {
  return build("span", { class: "late", key: "late" }, icon("clock_alert"), texts.say("kiosk_card_after_break"));
}

function ticketScreen(page, state) {
  const { texts } = page;
  const { ticket } = state.scene;
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
    afterBreak(texts, ticket.after_break),
    build("p", { class: "paper" }, icon("printer"), texts.say("page_kiosk_take_slip")),
    build("p", { class: "ahead" }, texts.say("kiosk_please_wait")),
    build("p", { class: "ways", "aria-live": "off" }, cancelButton(page, state), homeButton(texts)),
    build("div", { class: "bar", "aria-hidden": "true" }, build("div")),
  );
}

function cancelButton(page, { menu, scene: { ticket }, until }) {
  const seconds = cancelSeconds(menu, ticket, until - performance.now(), page.clock.now());
  if (seconds < 1 || !page.isLive()) {
    return null;
  }
  return button({ action: "cancel" }, page.texts.say("kiosk_cancel", { seconds }));
}

function homeButton(texts) {
  return button({ action: "home", kind: "primary" }, texts.say("kiosk_home"));
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

function closedScreen({ texts, clock }, { menu, scene: { closure, service } }) {
  const card = menu.services.find((each) => each.service === service);
  const time = openingTime(closure, clock);
  return notice({
    sign: time === null ? "account_question" : "clock_outline",
    time,
    above: card ? texts.pick(card.names) : null,
    title: texts.say(`closed_${closure.kind}_title`, { time }),
    text: texts.say(`closed_${closure.kind}_text`, { time }),
    way: homeButton(texts),
  });
}

function notice({ sign, kind = "plain", time = null, above = null, title, text, way = null }) {
  return build(
    "section",
    { class: "trouble", key: "trouble", role: "alert" },
    build("p", { class: `sign-of ${kind}`, "aria-hidden": "true" }, icon(sign), time && build("strong", null, time)),
    above && build("p", { class: "above" }, above),
    build("h1", null, title),
    build("p", null, text),
    way,
  );
}
