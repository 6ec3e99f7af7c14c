/* The log of a day and its totals: fetched when something happened, drawn as tables. */

import { badge, priorityMark } from "./pieces.js";
import { build, icon, patch } from "./tree.js";

/* A busy hall changes several times a second; a table that redraws faster than this is not read. */
const REFETCH_MS = 2000;

export class DayLog {
  /* Draws into `root`; `page` gives words and clock. */
  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.day = null;
    this.log = null;
    this.failed = false;
    this.seen = null;
    this.timer = null;
    root.addEventListener("change", (event) => this.choose(event.target.value));
  }

  /* Take note that the hall stands at this revision, on this day. */
  follow({ revision, day }) {
    const mark = `${day} ${revision.join(".")}`;
    if (mark !== this.seen && this.timer === null) {
      this.seen = mark;
      this.fetch();
      this.timer = setTimeout(() => this.rest(), REFETCH_MS);
    }
    this.next = { revision, day };
  }

  rest() {
    this.timer = null;
    this.follow(this.next);
  }

  choose(day) {
    this.day = day;
    this.fetch();
  }

  async fetch() {
    const asked = this.day;
    const response = await fetch(`/office/day.json${asked === null ? "" : `?day=${asked}`}`).catch(() => null);
    if (asked !== this.day) {
      return;
    }
    this.failed = response === null || !response.ok;
    if (this.failed) {
      this.tryAgain();
    } else {
      this.log = await response.json();
    }
    this.draw();
  }

  /* Nothing may happen in the hall for long: what failed is not left until then. */
  tryAgain() {
    this.seen = null;
    if (this.timer === null) {
      this.timer = setTimeout(() => this.rest(), REFETCH_MS);
    }
  }

  draw() {
    const { texts } = this.page;
    if (this.failed) {
      patch(
        this.root,
        build("p", { class: "banner danger", role: "alert" }, icon("alert"), texts.say("office_log_failed")),
      );
    } else if (this.log !== null) {
      patch(this.root, heading(texts, this.log), totalsTable(texts, this.log), ticketTable(this.page, this.log));
    }
  }
}

/* ---- heading: which day, and the file */

function heading(texts, log) {
  const days = log.days.includes(log.day) ? log.days : [log.day].concat(log.days);
  const options = days.map((day) => build(
    "option",
    { value: day, key: day, selected: day === log.day },
    texts.day(day),
  ));
  return build(
    "div",
    { class: "log-head", key: "head" },
    build("h2", { id: "log-title" }, texts.say("office_log")),
    build(
      "label",
      { class: "select" },
      build("span", null, texts.say("office_day")),
      build("select", { name: "day" }, ...options),
    ),
    build(
      "a",
      { class: "button quiet", href: `/office/ledger?day=${log.day}` },
      icon("file_check"),
      texts.say("office_ledger_of_day"),
    ),
    build(
      "a",
      { class: "button quiet", href: `/office/day.csv?day=${log.day}`, download: true },
      icon("download"),
      texts.say("office_csv"),
    ),
  );
}

/* ---- tables */

function table({ key, caption, head, rows, foot = null }) {
  const cells = head.map(([words, kind]) => build("th", { scope: "col", class: kind }, words));
  return build(
    "div",
    { class: "scroll card", key, tabindex: "0", role: "group", "aria-label": caption },
    build(
      "table",
      null,
      build("caption", null, caption),
      build("thead", null, build("tr", null, ...cells)),
      build("tbody", null, ...rows),
      foot === null ? null : build("tfoot", null, foot),
    ),
  );
}

function figure(words) {
  return build("td", { class: "figure" }, words === null ? "–" : String(words));
}

function serviceCell(texts, service, services, tag = "td") {
  const card = services[service];
  const scope = tag === "th" ? "row" : null;
  return build(
    tag,
    { class: "service", scope },
    build("div", null, card ? badge(card) : "", card ? texts.pick(card.names) : service),
  );
}

function totalsTable(texts, { totals, services }) {
  const columns = ["issued", "served", "no_show", "waiting", "wait_mean", "wait_longest", "service_mean"];
  const head = [[texts.say("office_column_service"), "service"]].concat(columns.map((name) => [
    texts.say(`office_column_${name}`),
    "figure",
  ]));
  const busy = totals.filter((row) => row.issued > 0);
  const rows = busy.map((row) => totalsRow(texts, row, services));
  return table({ key: "totals", caption: texts.say("office_totals"), head, rows, foot: sumRow(texts, busy) });
}

function totalsRow(texts, row, services) {
  return build(
    "tr",
    { key: row.service },
    serviceCell(texts, row.service, services, "th"),
    ...[row.issued, row.served, row.no_show, row.waiting].map(figure),
    ...[row.wait_mean_s, row.wait_longest_s, row.service_mean_s].map((seconds) => figure(minutesAndSeconds(seconds))),
  );
}

function sumRow(texts, rows) {
  const sums = ["issued", "served", "no_show", "waiting"].map((name) => rows.reduce((sum, row) => sum + row[name], 0));
  const waits = rows.map((row) => row.wait_longest_s).filter((seconds) => seconds !== null);
  const blank = build("td", null);
  return build(
    "tr",
    null,
    build("th", { scope: "row", class: "service" }, texts.say("office_all_services")),
    ...sums.map(figure),
    blank,
    figure(minutesAndSeconds(waits.length ? Math.max(...waits) : null)),
    blank.cloneNode(),
  );
}

function ticketTable(page, { tickets, services }) {
  const { texts } = page;
  const columns = [
    ["number", ""], ["service", "service"], ["issued_at", "figure"], ["called_at", "figure"], ["wait", "figure"], [
      "started_at",
      "figure",
    ],
    ["ended_at", "figure"], ["service_time", "figure"], ["counter", "figure"], ["clerk", ""], ["status", ""], [
      "slip",
      "",
    ],
  ];
  const head = columns.map(([name, kind]) => [texts.say(`office_column_${name}`), kind]);
  const rows = tickets.slice().reverse().map((ticket) => ticketRow(page, ticket, services));
  return table({ key: "tickets", caption: texts.count("office_tickets", tickets.length), head, rows });
}

function ticketRow({ texts, clock }, ticket, services) {
  const time = (instant) => figure(instant === null ? null : clock.timeOfDay(instant));
  return build(
    "tr",
    { key: ticket.ticket },
    build("th", { scope: "row" }, ticket.number, priorityMark(texts, ticket.priority)),
    serviceCell(texts, ticket.service, services),
    time(ticket.issued_at),
    time(ticket.called_at),
    figure(minutesAndSeconds(ticket.wait_s)),
    time(ticket.started_at),
    time(ticket.ended_at),
    figure(minutesAndSeconds(ticket.service_s)),
    figure(ticket.counter),
    build("td", null, ticket.clerk || "–"),
    build("td", null, texts.say(`office_ticket_${ticket.status}`)),
    build("td", null, texts.say(`office_slip_${ticket.slip}`)),
  );
}

/* Return seconds as `12:05`, minutes and seconds; null stays null. */
function minutesAndSeconds(seconds) {
  if (seconds === null) {
    return null;
  }
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
