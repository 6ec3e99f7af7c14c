/* The manager's first screen as a function of the office snapshot: alarms, lines, counters, devices. */

import { LONG_WAIT_MINUTES, alarmsOf } from "./office_alarms.js";
import { linkBanner } from "./page.js";
import { badge, button, counterWords, minutesWords, serviceNames, sign } from "./pieces.js";
import { build, icon } from "./tree.js";

/* Return the children of the part that answers "is the hall all right now?". */
export function officeView(page, office) {
  const { texts } = page;
  if (office === null) {
    return [linkBanner(page), build("p", { class: "hint", key: "waiting" }, texts.say("page_loading"))];
  }
  const services = new Map(office.lines.map((line) => [line.service, line]));
  return [
    linkBanner(page),
    alarmList(page, alarmsOf(office, page.clock)),
    tiles("lines", texts.say("office_lines"), office.lines.map((line) => lineTile(page, line))),
    tiles(
      "counters",
      texts.say("office_counters"),
      office.counters.map((counter) => counterTile(page, counter, services)),
    ),
    tiles("devices", texts.say("office_devices"), devicesOrNone(texts, office.devices)),
  ];
}

/* ---- alarms */

function alarmList({ texts }, alarms) {
  const rows = alarms.length ? alarms.map((alarm) => alarmRow(texts, alarm)) : [allRight(texts)];
  return build(
    "ul",
    { class: "alarms", key: "alarms", "aria-live": "polite", "aria-label": texts.say("office_alarms") },
    ...rows,
  );
}

function allRight(texts) {
  return build("li", { class: "banner good", key: "good" }, icon("check_circle"), texts.say("office_all_right"));
}

function alarmRow(texts, alarm) {
  const facts = Object.assign({}, alarm.facts, alarm.line ? { service: texts.pick(alarm.line.names) } : {});
  const key = `${alarm.key} ${JSON.stringify(facts)}`;
  const words = "n" in facts ? texts.count(alarm.key, facts.n, facts) : texts.say(alarm.key, facts);
  return build(
    "li",
    { class: `banner ${alarm.kind}`, key },
    icon(alarm.icon),
    build("span", null, words, reasonWords(texts, alarm.reason)),
  );
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

function lineTile({ texts, clock }, line) {
  const lasting = line.longest_since === null ? null : clock.since(line.longest_since);
  return build(
    "li",
    { class: "card tile", key: line.service },
    build("div", { class: "tile-head" }, badge(line), build("span", null, texts.pick(line.names))),
    build("p", { class: "figure" }, build("strong", null, String(line.waiting)), texts.say("office_waiting")),
    build("p", { class: "secondary" }, longest(texts, lasting)),
    lasting === null ? null : waitBar(texts, lasting),
  );
}

function longest(texts, lasting) {
  return lasting === null ? texts.say("nobody_waiting") : texts.say(
    "office_longest",
    { waited: minutesWords(texts, lasting) },
  );
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

function counterStatus(texts, clock, { clerk, status, since }) {
  if (status === null) {
    return clerk === null ? "" : texts.say("office_counter_free");
  }
  return texts.say(`office_status_${status}`, { lasting: minutesWords(texts, clock.since(since)) });
}

function devicesOrNone(texts, devices) {
  const none = build("li", { class: "hint", key: "none" }, texts.say("office_no_devices"));
  return devices.length ? devices.map((device) => deviceTile(texts, device)) : [none];
}

function deviceTile(texts, device) {
  return build(
    "li",
    { class: "card tile", key: device.device },
    build("div", { class: "tile-head" }, build("strong", null, device.device)),
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
