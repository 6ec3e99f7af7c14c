/* What is wrong in the hall right now, as values: from an office snapshot to alarms. */

import { wholeMinutes } from "./moments.js";
import { dayState, workedTime } from "./office_hours.js";
import { paperLevel } from "./office_rolls.js";

/* Minutes from which a wait is called long: the target of Ho Chi Minh City's wards is that nobody waits longer. It is
 * the same for every service: people do not know how long the one before them takes. */
export const LONG_WAIT_MINUTES = 20;

/* A visit that takes so many times what its service usually takes is likely one whose end nobody has pressed. */
const LONG_SERVICE_FACTOR = 3;

/* Return the alarms of an office snapshot at a moment, the gravest first:
 * {kind, icon, key, facts, reason, line, slip}. */
export function alarmsOf(office, clock) {
  const alarms = [
    ...office.alarms.filter((each) => !isSaidByPrinter(each, office.devices) && !isOfBox(each))
      .map((each) => raisedAlarm(each, office.lines, clock)),
    ...office.devices.flatMap(deviceAlarms),
    ...office.slips.filter(({ state }) => state !== "accepted").map(slipAlarm),
    ...office.lines.flatMap((line) => lineAlarms(line, office, clock)),
    ...office.counters.flatMap((counter) => counterAlarms(counter, office.lines, clock)),
  ];
  return alarms.filter(isGrave).concat(alarms.filter((each) => !isGrave(each)));
}

function isGrave({ kind }) {
  return kind === "danger";
}

/* How grave what the server raises is; one that is not here is a notice. */
const RAISED = {
  hoarding: ["notice", "account_question"],
  outage: ["notice", "clock_alert"],
  left_yesterday: ["notice", "account_clock"],
  journal_damaged: ["danger", "alert"],
  journal_restored: ["danger", "alert"],
  entries_missing: ["danger", "alert"],
  storage: ["danger", "alert"],
  disk_low: ["danger", "alert"],
  numbers_widen: ["notice", "account_question"],
  numbers_ending: ["danger", "account_question"],
  backup_old: ["notice", "clock_alert"],
  counter_idle: ["notice", "account_clock"],
  call_forgotten: ["notice", "account_clock"],
  call_unshown: ["danger", "alert"],
};

/* A printer that says that its paper is out knows better than what was counted. */
function isSaidByPrinter({ kind, facts }, devices) {
  return kind === "paper_low"
    && devices.some(({ device, reason }) => device === facts.device && reason === "paper_out");
}

/* A box that is missing has its alarm here at once; the server waits with it until it is no mere restart. */
function isOfBox({ kind }) {
  return kind === "box_away" || kind === "box_never";
}

/* What the server raises itself, with its facts as people read them. */
function raisedAlarm({ kind, at, facts }, lines, clock) {
  if (kind === "paper_low") {
    return paperAlarm(facts);
  }
  const line = lines.find((each) => each.service === facts.service) || null;
  if (kind === "unattended_line") {
    return alarm("danger", "account_off", "office_alarm_unserved", { n: facts.count }, null, line);
  }
  const told = Object.assign({}, facts, { time: clock.timeOfDay(at) });
  if (facts.began_at) {
    told.began = clock.timeOfDay(facts.began_at);
  }
  const [grave, icon] = RAISED[kind] || ["notice", "alert"];
  return alarm(grave, icon, `alarm_${kind}`, told, null, line);
}

function paperAlarm(facts) {
  const { alarm: kind, key } = paperLevel(facts.slips);
  return alarm(kind, "printer_alert", key, Object.assign({ n: facts.slips }, facts));
}

function deviceAlarms(device) {
  const name = { device: device.device };
  if (!device.connected) {
    return [alarm("danger", "wifi_off", device.seen ? "office_alarm_away" : "office_alarm_never", name)];
  }
  return [
    device.printer === "failed" && alarm("danger", "printer_alert", "office_alarm_printer", name, device.reason),
    isOnSpare(device) && alarm("notice", "printer_alert", "office_alarm_spare", name),
    isNearEnd(device) && alarm("notice", "printer_alert", "office_alarm_near_end", name),
    lacksClips(device) && alarm("notice", "volume_high", "office_alarm_clips", name),
    device.speaker === "failed" && alarm("danger", "volume_off", "office_alarm_speaker", name, device.reason),
  ].filter(Boolean);
}

/* Slips come out, and still the first printer needs a hand. */
function isOnSpare({ printer, reason }) {
  return printer === "ready" && reason === "spare_printer";
}

/* The printer's own sensor sees the end of the roll. */
function isNearEnd({ printer, reason }) {
  return printer === "ready" && reason === "near_end";
}

/* Calls are said, but for those that need a clip which is broken. */
function lacksClips({ speaker, reason }) {
  return speaker === "ready" && reason === "clips_broken";
}

function slipAlarm(slip) {
  const said = alarm("notice", "printer_alert", `office_alarm_slip_${slip.state}`, { number: slip.number });
  return Object.assign(said, { slip });
}

/* ---- lines */

function lineAlarms(line, office, clock) {
  if (line.waiting === 0) {
    return [];
  }
  const serving = office.counters.filter((each) => each.clerk !== null && each.services.includes(line.service));
  const now = clock.now();
  if (serving.length === 0) {
    return lateAlarms(line, office, now);
  }
  const paused = serving.every((counter) => counter.paused !== null);
  return [
    paused && alarm("notice", "pause_circle", "office_alarm_paused", { n: line.waiting }, null, line),
    ...longAlarms(line, office, now),
  ].filter(Boolean);
}

/* Before the doors open people may wait without anybody at work; after they have closed nobody may be forgotten. While
 * they are open the server raises it.
 */
function lateAlarms(line, office, now) {
  const over = ["over", "ended", "closed"].includes(dayState(office, now).state);
  return over ? [alarm("notice", "account_clock", "office_alarm_after_hours", { n: line.waiting }, null, line)] : [];
}

function longAlarms(line, office, now) {
  const minutes = wholeMinutes(waited(line, office, now) || 0);
  const isLong = minutes >= LONG_WAIT_MINUTES;
  return isLong ? [alarm("notice", "clock_outline", "office_alarm_long", { minutes }, null, line)] : [];
}

/* Return for how long the one who waits longest has waited inside working hours; null: nobody waits. */
export function waited(line, office, now) {
  return line.longest_since === null ? null : workedTime(office.sessions, Date.parse(line.longest_since), now);
}

/* ---- counters */

function counterAlarms(counter, lines, clock) {
  if (counter.status !== "serving") {
    return [];
  }
  const expected = expectedMinutes(counter.number, lines);
  const minutes = wholeMinutes(clock.since(counter.since));
  if (expected === null || minutes <= expected * LONG_SERVICE_FACTOR) {
    return [];
  }
  const facts = { counter: counter.counter, number: counter.number, minutes, expected };
  return [alarm("notice", "account_clock", "office_alarm_long_service", facts)];
}

/* Return what a ticket's service usually takes: of several with its letter, the longest. */
function expectedMinutes(number, lines) {
  const prefix = number.replace(/\d+$/, "");
  const times = lines.filter((line) => line.prefix === prefix).map((line) => line.expected_minutes);
  return times.length ? Math.max(...times) : null;
}

function alarm(kind, icon, key, facts, reason = null, line = null) {
  return { kind, icon, key, facts, reason, line, slip: null };
}
