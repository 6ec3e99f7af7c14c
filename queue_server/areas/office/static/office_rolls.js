/* Paper, as values: how grave it is what a roll is still good for, and where a slip can be printed. */

/* Each row holds up to so many slips. 80 are an hour of a busy hall, time to fetch a roll; 30 are twenty minutes, time
 * to bring it to the kiosk; the last ten may not come any more, as what is left is counted and not measured. */
const LEVELS = [
  { most: 0, alarm: "danger", sign: "alarm", key: "office_alarm_paper_none" },
  { most: 10, alarm: "danger", sign: "alarm", key: "office_alarm_paper_now" },
  { most: 30, alarm: "notice", sign: "danger", key: "office_alarm_paper_soon" },
  { most: 80, alarm: "notice", sign: "notice", key: "alarm_paper_low" },
  { most: Infinity, alarm: "notice", sign: "plain", key: "alarm_paper_low" },
];

/* Return how grave it is that a roll is good for so many slips: {alarm, sign, key}. */
export function paperLevel(slips) {
  return LEVELS.find(({ most }) => slips <= most);
}

/* Return the names of the boxes that are here and can print; of a mute printer it is not known that it cannot. */
export function printersOf(devices) {
  return devices
    .filter(({ connected, printer }) => connected && (printer === "ready" || printer === "unknown"))
    .map(({ device }) => device);
}
