/* The manager's first screen as a function of the office snapshot: alarms, lines, counters, devices. */

import { LONG_WAIT_MINUTES, alarmsOf, waited } from "./office_alarms.js";
import { wholeMinutes } from "./moments.js";
import { isAtWork } from "./office_hours.js";
import { linkBanner } from "./page.js";
import { badge, button, counterWords, minutesWords, serviceNames, sign } from "./pieces.js";
import { build, icon } from "./tree.js";

/* Return the children of the part that answers "is the hall all right now?"; the others draw their parts. */
export function officeView({ page, clock, today, printers }, office) {
  const { texts } = page;
  if (office === null) {
    return [linkBanner(page), build("p", { class: "hint", key: "waiting" }, texts.say("page_loading"))];
  }
  const services = new Map(office.lines.map((line) => [line.service, line]));
  return [
    linkBanner(page),
    clock.view(),
    alarmList(page, alarmsOf(office, page.clock), office, printers),
    today.view(office),
    tiles("lines", texts.say("office_lines"), office.lines.map((line) => lineTile(page, line, office))),
    tiles(
      "counters",
      texts.say("office_counters"),
      office.counters.map((counter) => counterTile(page, counter, services)),
    ),
    tiles("devices", texts.say("office_devices"), devicesOrNone(texts, office.devices, printers)),
  ];
}

/* ---- alarms */

function alarmList({ texts, clock }, alarms, office, printers) {
  const well = () => allRight(texts, isAtWork(office, clock.now()) ? "office_all_right" : "office_all_right_closed");
  const rows = alarms.length ? alarms.map((alarm) => alarmRow(texts, alarm, office, printers)) : [well()];
  return build(
    "ul",
    { class: "alarms", key: "alarms", "aria-live": "polite", "aria-label": texts.say("office_alarms") },
    ...rows,
    printers.slipRow(),
  );
}

function allRight(texts, key) {
  return build("li", { class: "banner good", key }, icon("check_circle"), texts.say(key));
}

function alarmRow(texts, alarm, office, printers) {
  const facts = Object.assign({}, alarm.facts, alarm.line ? { service: texts.pick(alarm.line.names) } : {});
  const words = "n" in facts ? texts.count(alarm.key, facts.n, facts) : texts.say(alarm.key, facts);
  return build(
    "li",
    { class: `banner ${alarm.kind}`, key: rowKey(alarm, facts) },
    icon(alarm.icon),
    build("span", { class: "what" }, words, reasonWords(texts, alarm.reason)),
    alarm.slip === null ? null : printers.slipActs(alarm.slip, office),
  );
}

/* The row of a slip stays the same one while its state changes: its button keeps the focus. */
function rowKey({ key, slip }, facts) {
  return slip === null ? `${key} ${JSON.stringify(facts)}` : `slip ${slip.ticket}`;
}

function reasonWords(texts, reason) {
  const key = `page_reason_${reason}`;
  return reason === null ? "" : ` ${texts.knows(key) ? texts.say(key) : reason}`;
}

/* ---- tiles */

function tiles(id, title, children) {
  return build(
    "section",
    { key: id, "aria-labelledby": `${id}-title` },
    build("h2", { id: `${id}-title` }, title),
    build("ul", { class: `tiles ${id}` }, ...children),
  );
}

function lineTile({ texts, clock }, line, office) {
  const lasting = waited(line, office, clock.now());
  return build(
    "li",
    { class: "card tile", key: line.service },
    build("div", { class: "tile-head" }, badge(line), build("span", null, texts.pick(line.names))),
    build("p", { class: "figure" }, build("strong", null, String(line.waiting)), texts.say("office_waiting")),
    build("p", { class: "secondary" }, longest(texts, lasting, isWhole(line, lasting, clock))),
    lasting === null ? null : waitBar(texts, lasting),
  );
}

/* Say whether all of a wait lay inside working hours, to the minute. */
function isWhole(line, lasting, clock) {
  return lasting === null || wholeMinutes(lasting) === wholeMinutes(clock.since(line.longest_since));
}

function longest(texts, lasting, whole) {
  if (lasting === null) {
    return texts.say("nobody_waiting");
  }
  return texts.say(whole ? "office_longest" : "office_longest_worked", { waited: minutesWords(texts, lasting) });
}

function waitBar(texts, lasting) {
  const minutes = Math.min(lasting / 60000, LONG_WAIT_MINUTES);
  const label = texts.say("office_wait_limit", { minutes: LONG_WAIT_MINUTES });
  const long = minutes >= LONG_WAIT_MINUTES;
  return build(
    "progress",
    { class: long ? "long" : "", max: LONG_WAIT_MINUTES, value: minutes.toFixed(1), "aria-label": label },
  );
}

function counterTile({ texts, clock }, counter, services) {
  const open = counter.clerk !== null;
  return build(
    "li",
    { class: `card tile ${open ? "" : "closed"}`, key: counter.counter },
    build(
      "div",
      { class: "tile-head" },
      build("strong", null, counterWords(texts, counter.counter)),
      clerkWords(texts, counter),
    ),
    build(
      "p",
      { class: "figure" },
      build("strong", null, counter.number || "–"),
      counterStatus(texts, clock, counter),
    ),
    build("p", { class: "secondary" }, serviceNames(texts, counter.services, services)),
    ...(open ? [button({ action: "close", value: String(counter.counter), key: "close" }, texts.say("desk_close_counter"))] : []),
  );
}

function clerkWords(texts, { clerk }) {
  return build("span", { class: "secondary" }, clerk === null ? texts.say("office_counter_closed") : clerk);
}

function counterStatus(texts, clock, { clerk, status, since, paused }) {
  if (paused !== null && status === null) {
    return sign("notice", "pause_circle", texts.say("office_counter_paused", { reason: texts.say(`pause_${paused}`) }));
  }
  if (status === null) {
    return clerk === null ? "" : texts.say("office_counter_free");
  }
  return texts.say(`office_status_${status}`, { lasting: minutesWords(texts, clock.since(since)) });
}

function devicesOrNone(texts, devices, printers) {
  const none = build("li", { class: "hint", key: "none" }, texts.say("office_no_devices"));
  return devices.length ? devices.map((device) => deviceTile(texts, device, printers)) : [none];
}

function deviceTile(texts, device, printers) {
  return build(
    "li",
    { class: "card tile", key: device.device },
    build("div", { class: "tile-head" }, build("strong", null, texts.box(device.device))),
    build(
      "p",
      { class: "signs" },
      linkSign(texts, device.connected),
      device.printer === null ? null : partSign(texts, "printer", device.printer),
      device.speaker === null ? null : partSign(texts, "speaker", device.speaker),
    ),
    device.reason === null ? null : build(
      "p",
      { class: "secondary", key: "reason" },
      reasonWords(texts, device.reason).trim(),
    ),
    ...printers.tileParts(device),
  );
}

function linkSign(texts, connected) {
  return connected ? sign("good", "lan_connect", texts.say("office_connected")) : sign(
    "danger",
    "wifi_off",
    texts.say("office_away"),
  );
}

const PART_ICONS = { printer: ["printer", "printer_alert"], speaker: ["volume_high", "volume_off"] };
const PART_KINDS = { ready: "good", failed: "danger", unknown: "notice" };

function partSign(texts, part, state) {
  const [well, ill] = PART_ICONS[part];
  return sign(PART_KINDS[state], state === "ready" ? well : ill, texts.say(`page_${part}_${state}`));
}
