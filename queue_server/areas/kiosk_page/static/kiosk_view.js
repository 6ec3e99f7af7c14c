/* The page kiosk's screens as functions of its state: choosing, checking, the ticket, and what went otherwise. */

import { afterBreak, checkScreen } from "./kiosk_check_view.js";
import { closureOfHall, closureOfService, mayCancel } from "./kiosk_rules.js";
import { refusalWords } from "./page.js";
import { badge, button, priorityMark, rangeWords, waitingWords } from "./pieces.js";
import { build, icon } from "./tree.js";

/* Up to this many services stand in two columns, where each name has one line; more need three to be seen at once. */
const TWO_COLUMNS = 12;

/* More services than this are parted into pages, each with so many cards at most that a long name needs no scrolling. */
const MOST_AT_ONCE = 21;
const MOST_ON_A_PAGE = 12;

/* Return the children of the page's root. */
export function kioskView(page, state) {
  return [state.prompt ? promptBar(page.texts, state.scene) : topBar(page), lostBanner(page, state), scene(page, state)];
}

function scene(page, state) {
  if (page.link === "refused" || (state.menu === null && page.isLost())) {
    return offScreen(page, state);
  }
  return state.menu === null ? loading(page.texts) : SCENES[state.scene.kind](page, state);
}

const SCENES = {
  greeting: greetingScreen,
  choosing: menuScreen,
  asking: ({ texts }, { slow }) => notice({
    sign: "timer_sand",
    kind: "waiting",
    title: texts.say("kiosk_asking"),
    text: texts.say(slow ? "kiosk_slow_text" : "kiosk_asking_text"),
  }),
  checking: (page, { menu, scene }) => checkScreen(page, menu, scene, page.isLive()),
  holding: ticketScreen,
  reconsidering: questionScreen,
  cancelling: ({ texts }, { scene }) => notice({
    sign: "timer_sand",
    kind: "waiting",
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
    text: texts.say(scene.sure ? "kiosk_not_cancelled_text" : "kiosk_cancel_unsure_text", scene.ticket),
    way: homeButton(texts),
  }),
  closed: closedScreen,
  off: (page, state) => offScreen(page, state, homeButton(page.texts)),
  refused: refusedScreen,
};

/* Refusals that say something to the person at the kiosk; the others are for staff. */
const FOR_CITIZENS = new Set(["busy", "too_late", "unknown_service"]);

function refusedScreen({ texts }, { scene: { result } }) {
  return notice({
    sign: "account_question",
    title: texts.say("kiosk_refused"),
    text: FOR_CITIZENS.has(result.code) ? refusalWords(texts, result) : texts.say("kiosk_no_server_text"),
    way: homeButton(texts),
  });
}

function loading(texts) {
  return notice({
    sign: "timer_sand",
    kind: "waiting",
    title: texts.say("kiosk_starting"),
    text: texts.say("kiosk_asking_text"),
  });
}

/* Return the page of a kiosk that can give no number: where to get one, and small for staff what to mend. */
function offScreen(page, state, way = null) {
  const { texts } = page;
  return notice({
    sign: "account_question",
    title: texts.say("kiosk_no_server"),
    text: texts.say("kiosk_no_server_text"),
    way,
    staff: forStaff(page, state.device),
  });
}

function forStaff({ texts, link, refusal }, device) {
  const where = { box: device, server: location.origin };
  if (link !== "refused" || refusal === null) {
    return texts.say("kiosk_staff_unreachable_page", where);
  }
  const key = `kiosk_staff_${refusal.code}`;
  const why = refusalWords(texts, refusal);
  return texts.say(texts.knows(key) ? key : "kiosk_staff_refused", Object.assign({ why }, where));
}

function lostBanner(page, { menu }) {
  const isClosed = menu !== null && closureOfHall(menu, page.clock.now()) !== null;
  if (!page.isLost() || page.link === "refused" || menu === null || isClosed) {
    return null;
  }
  return build(
    "p",
    { class: "banner notice", role: "alert", key: "link" },
    icon("account_question"),
    page.texts.say("kiosk_no_server_strip"),
  );
}

/* Return the question whether somebody is still there, in place of the bar on top. */
function promptBar(texts, { kind, ticket }) {
  const words = kind === "holding" ? texts.say("kiosk_leaving_question", ticket) : texts.say("kiosk_more_time_question");
  return build(
    "header",
    { class: "top prompt", key: "prompt", role: "alert" },
    icon("timer_sand"),
    build("span", { class: "center-name" }, words),
    button({ action: "more" }, icon("check"), texts.say("kiosk_more_time")),
  );
}

function greetingScreen(page, state) {
  const { texts, clock } = page;
  const closure = closureOfHall(state.menu, clock.now());
  const isOff = closure === null && page.isLost();
  const words = closure !== null
    ? { sign: "clock_outline", title: closedWords(texts, closure, clock).title, text: closedWords(texts, closure, clock).text }
    : isOff
    ? { sign: "account_question", title: texts.say("kiosk_no_server"), text: texts.say("kiosk_no_server_text") }
    : { sign: "gesture_tap", title: texts.say("kiosk_touch_start"), text: null };
  return build(
    "section",
    { class: "greeting", key: "greeting" },
    build("h1", null, texts.say("kiosk_welcome")),
    build(
      "div",
      { class: "invitation" },
      icon(words.sign),
      build("strong", null, words.title),
      words.text && build("span", null, words.text),
    ),
    isOff ? build("p", { class: "staff" }, forStaff(page, state.device)) : null,
  );
}

function topBar({ texts, welcome, clock }) {
  const languages = welcome === null ? [] : welcome.languages;
  return build(
    "header",
    { class: "top", key: "top" },
    build(
      "span",
      { class: "center-name" },
      build("strong", null, welcome === null ? "" : texts.pick(welcome.center)),
      build("span", { class: "day" }, welcome === null ? "" : texts.day(clock.day(clock.now()))),
    ),
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
  const pages = services.length > MOST_AT_ONCE ? Math.ceil(services.length / MOST_ON_A_PAGE) : 1;
  const each = Math.ceil(services.length / pages);
  const number = (state.scene.page || 0) % pages;
  const shown = services.slice(number * each, (number + 1) * each);
  const columns = pages > 1 || shown.length > TWO_COLUMNS ? "three" : "two";
  return build(
    "section",
    { class: "menu", key: "menu" },
    heading(page, state),
    build("div", { class: `cards ${columns}` }, ...shown.map((card) => serviceCard(page, card, state))),
    pages > 1
      ? build(
        "div",
        { class: "foot", key: "foot" },
        button({ action: "turn" }, icon("arrow_right_bold"), `${page.texts.say("kiosk_more_services")} · ${number + 1}/${pages}`),
      )
      : null,
  );
}

function heading({ texts, clock }, { menu }) {
  const closure = closureOfHall(menu, clock.now());
  if (closure !== null) {
    return hallClosed(texts, closure, clock);
  }
  return build("h1", { "aria-live": "polite" }, texts.say("kiosk_choose"));
}

function hallClosed(texts, closure, clock) {
  const { title, time, text } = closedWords(texts, closure, clock);
  return build(
    "div",
    { class: "hall-closed", role: "status", key: "closed" },
    icon("clock_outline"),
    time && build("strong", { class: "time", "aria-hidden": "true" }, time),
    build("div", null, build("h1", null, title), build("p", null, text)),
  );
}

/* Return what a closure is said with; `day` is empty where it is not known when it ends. */
function closedFacts(texts, { opensAt }, clock) {
  return opensAt === null
    ? { time: "", day: "" }
    : { time: clock.timeOfDay(opensAt), day: texts.dayAndMonth(clock.day(opensAt)) };
}

/* Return the key of the words that name the day on which it opens, where that is known and there are such words. */
function knownKey(texts, key, { day }) {
  return day && texts.knows(`${key}_known`) ? `${key}_known` : key;
}

/* Return title and text of a closure, and a time of today that is to be seen from afar, or null. */
function closedWords(texts, closure, clock) {
  const facts = closedFacts(texts, closure, clock);
  return {
    title: texts.say(`closed_${closure.kind}_title`, facts),
    text: texts.say(knownKey(texts, `closed_${closure.kind}_text`, facts), facts),
    time: closure.kind === "hours" ? facts.time : null,
  };
}

function serviceCard(page, card, { menu }) {
  const { texts, clock } = page;
  const closure = closureOfService(menu, card, clock.now());
  const [status, detail] = closure === null ? lineStatus(texts, card) : whyClosed(texts, closure, clock);
  const more = detail && build("span", { class: "detail", key: "detail" }, detail);
  const isLate = closure === null && card.after_break;
  return button(
    {
      action: "choose",
      value: card.service,
      key: card.service,
      kind: `service-card hue-${card.hue} ${closure === null ? "" : "closed"}`,
    },
    build(
      "span",
      { class: "face" },
      badge(card),
      icon(card.icon),
      build("span", { class: "state" }, build("span", { class: "status" }, status), isLate ? lateWarning(texts) : more),
    ),
    build(
      "span",
      { class: "names" },
      build("strong", null, texts.pick(card.names)),
      " ",
      build("span", { class: "hints" }, card.hints[texts.language] || ""),
    ),
  );
}

/* Return how many are called before a ticket taken now, and how long that may take, where it is known. */
function lineStatus(texts, card) {
  const isKnown = card.people_ahead > 0 && card.wait !== null;
  return [waitingWords(texts, card.people_ahead), isKnown ? rangeWords(texts, card.wait) : ""];
}

function whyClosed(texts, closure, clock) {
  const facts = closedFacts(texts, closure, clock);
  const next = knownKey(texts, `closed_${closure.kind}_next`, facts);
  return [texts.say(`closed_${closure.kind}`, facts), texts.say(next, facts)];
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
    build("p", { class: "doubt", "aria-live": "off" }, doubtButton(page, state)),
    build("p", { class: "service" }, card ? texts.pick(card.names) : "", priorityMark(texts, ticket.priority)),
    build(
      "h1",
      null,
      build("span", { class: "label" }, texts.say("kiosk_your_number")),
      build("strong", { class: "huge", id: "number" }, ticket.number),
    ),
    ...facts(page, ticket).map((fact) => build("p", { class: "ahead" }, fact)),
    afterBreak(texts, ticket.after_break),
    build("p", { class: "paper" }, icon("printer"), texts.say("kiosk_slip_sent")),
    build("p", { class: "advice" }, texts.say("kiosk_please_wait")),
    build(
      "p",
      { class: "ways", "aria-live": "off" },
      button({ action: "home" }, icon("check"), texts.say("kiosk_remembered")),
    ),
    build("div", { class: "bar", "aria-hidden": "true" }, build("div")),
  );
}

/* Where the page of services has its question: no card lies under a finger there. */
function doubtButton(page, { menu, scene: { ticket } }) {
  if (!page.isLive() || !mayCancel(menu, ticket, page.clock.now())) {
    return null;
  }
  return button({ action: "doubt" }, icon("undo"), page.texts.say("kiosk_wrong_choice"));
}

function questionScreen({ texts }, { scene: { ticket } }) {
  return build(
    "section",
    { class: "trouble question", key: "question", role: "alertdialog", "aria-labelledby": "question" },
    build("h1", { id: "question" }, texts.say("kiosk_give_up_question", ticket)),
    build("p", null, texts.say("kiosk_give_up_text", ticket)),
    build(
      "p",
      { class: "ways" },
      button({ action: "keep", kind: "primary" }, icon("check"), texts.say("kiosk_keep", ticket)),
      button({ action: "cancel" }, icon("undo"), texts.say("kiosk_give_up")),
    ),
  );
}

function homeButton(texts) {
  return button({ action: "home", kind: "primary" }, texts.say("kiosk_home"));
}

/* Return how many are ahead, how long that may take, and where the person is called to. */
function facts({ texts, clock }, ticket) {
  const ahead = ticket.people_ahead
    ? texts.count("people_ahead", ticket.people_ahead, { time: clock.timeOfDay(ticket.issued_at) })
    : texts.say("you_are_next");
  const wait = ticket.wait && texts.say("kiosk_estimated_wait", { range: rangeWords(texts, ticket.wait) });
  return [ahead, wait, ticket.counters.length > 0 && calledTo(texts, ticket.counters)].filter(Boolean);
}

/* Return where a person is called to, "Quầy 1, 2 hoặc 3": it will be one of them. */
function calledTo(texts, counters) {
  const last = counters[counters.length - 1];
  const others = counters.slice(0, -1);
  const choice = others.length ? `${others.join(", ")} ${texts.say("one_of_or")} ${last}` : String(last);
  return texts.count("kiosk_wait_at", counters.length, { counters: choice });
}

function closedScreen({ texts, clock }, { menu, scene: { closure, service } }) {
  const card = menu.services.find((each) => each.service === service);
  return notice(Object.assign({
    sign: closure.opensAt === null ? "account_question" : "clock_outline",
    above: card ? texts.pick(card.names) : null,
    way: homeButton(texts),
  }, closedWords(texts, closure, clock)));
}

function notice({ sign, kind = "plain", time = null, above = null, title, text, way = null, staff = null }) {
  return build(
    "section",
    { class: "trouble", key: "trouble", role: "alert" },
    build("p", { class: `sign-of ${kind}`, "aria-hidden": "true" }, icon(sign), time && build("strong", null, time)),
    above && build("p", { class: "above" }, above),
    build("h1", null, title),
    build("p", null, text),
    way,
    staff && build("p", { class: "staff" }, staff),
  );
}
