/* What is wrong in the hall right now, as values: from an office snapshot to alarms. */

import { wholeMinutes } from "./moments.js";

/* Minutes from which a wait is called long: the target of Ho Chi Minh City's wards is that nobody waits longer. */
export const LONG_WAIT_MINUTES = 20;

/* Return the alarms of an office snapshot at a moment, the gravest first: {kind, icon, key, facts, reason, line}. */
export function alarmsOf(office, clock) {
  const alarms = [
    ...clockAlarms(office),
    ...office.devices.flatMap(deviceAlarms),
    ...office.slips.map(slipAlarm),
    ...office.lines.flatMap((line) => lineAlarms(line, office.counters, clock)),
  ];
  return alarms.filter(isGrave).concat(alarms.filter((each) => !isGrave(each)));
}

function isGrave({ kind }) {
  return kind === "danger";
}

function clockAlarms(office) {
  return office.clock_suspect ? [alarm("danger", "clock_alert", "office_alarm_clock", {})] : [];
}

function deviceAlarms(device) {
  const name = { device: device.device };
  if (!device.connected) {
    return [alarm("danger", "wifi_off", "office_alarm_away", name)];
  }
  return [
    device.printer === "failed" && alarm("danger", "printer_alert", "office_alarm_printer", name, device.reason),
    device.speaker === "failed" && alarm("danger", "volume_off", "office_alarm_speaker", name, device.reason),
  ].filter(Boolean);
}

function slipAlarm(slip) {
  return alarm("notice", "printer_alert", `office_alarm_slip_${slip.state}`, { number: slip.number });
}

function lineAlarms(line, counters, clock) {
  if (line.waiting === 0) {
    return [];
  }
  const served = counters.some((counter) => counter.clerk !== null && counter.services.includes(line.service));
  if (!served) {
    return [alarm("danger", "account_off", "office_alarm_unserved", { n: line.waiting }, null, line)];
  }
  const minutes = line.longest_since === null ? 0 : wholeMinutes(clock.since(line.longest_since));
  const isLong = minutes >= LONG_WAIT_MINUTES;
  return isLong ? [alarm("notice", "clock_outline", "office_alarm_long", { minutes }, null, line)] : [];
}

function alarm(kind, icon, key, facts, reason = null, line = null) {
  return { kind, icon, key, facts, reason, line };
}
