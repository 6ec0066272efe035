// Turns <time datetime> and <data value> into the reader's zone, calendar and digits.
// The words of the server stay when the browser cannot do better.
import { say } from "../say.js";

const STEPS = [
  [60, "second", 1],
  [3600, "minute", 60],
  [86400, "hour", 3600],
  [7 * 86400, "day", 86400],
];
const root = document.documentElement;
const language = root.lang || "ar";
const speech = language === "en" ? "en-GB" : language; // day before month, as the pages write it
const digits = root.dataset.digits === "eastern" ? "arab" : "latn";
const calendar = root.dataset.calendar || "both";
const zone = knownZone(root.dataset.zone);

const number = new Intl.NumberFormat(speech, { numberingSystem: digits, maximumFractionDigits: 2 });
const since = new Intl.RelativeTimeFormat(speech, { numeric: "auto", numberingSystem: digits });
const clock = formatter({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayAndMonth = formatter({ day: "numeric", month: "long" });
const fullDate = formatter({ day: "numeric", month: "long", year: "numeric" });
const hijriDate = formatter({ day: "numeric", month: "long", year: "numeric" }, "islamic-umalqura");
const dayKey = new Intl.DateTimeFormat("en-CA", { timeZone: zone });

export function connect(body) {
  show(body);
  const tick = setInterval(() => show(body, 'time[data-time="relative"]'), 30_000);
  const watch = new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) show(node);
  });
  watch.observe(body, { childList: true, subtree: true });
  return () => {
    clearInterval(tick);
    watch.disconnect();
  };
}

function show(within, what = "time[data-time], data[value]") {
  if (within.matches?.(what)) write(within);
  for (const element of within.querySelectorAll?.(what) ?? []) write(element);
}

function write(element) {
  const text = element.tagName === "DATA" ? amount(element) : moment(element);
  // Writing the same words again would wake the observer, and the screen reader, for nothing.
  if (text && element.textContent !== text) element.textContent = text;
}

function amount(element) {
  const value = Number(element.getAttribute("value"));
  if (!Number.isFinite(value)) return "";
  if (!language.startsWith("ar") || digits === "arab") return number.format(value);
  // Arabic separators also among Western digits, as the pages write them.
  return number.formatToParts(value).map(({ type, value: part }) => (type === "group" ? "٬" : type === "decimal" ? "٫" : part)).join("");
}

function moment(element) {
  const said = element.getAttribute("datetime");
  const dateOnly = /^\d{4}-\d\d-\d\d$/.test(said);
  // A day without an hour is that day everywhere: noon UTC would be, but only between -12 and +11.
  const at = dateOnly ? new Date(...said.split("-").map((part, i) => Number(part) - (i === 1 ? 1 : 0))) : new Date(said);
  if (Number.isNaN(at.getTime())) return "";
  if (element.dataset.time === "day") return day(dateOnly ? said : dayKey.format(at));
  if (dateOnly) return date(at, new Intl.DateTimeFormat(locale(), { day: "numeric", month: "long", year: "numeric" }), element);
  element.title = `${fullDate.format(at)}${comma()} ${clock.format(at)}${calendar === "gregorian" ? "" : ` · ${hijriDate.format(at)}`}`;
  switch (element.dataset.time) {
    case "time":
      return clock.format(at);
    case "date":
      return date(at, fullDate, element);
    case "datetime":
      return `${shortDate(at)}${comma()} ${clock.format(at)}`;
    default:
      return relative(at);
  }
}

function relative(at) {
  const seconds = (at - Date.now()) / 1000;
  if (Math.abs(seconds) < 45) return say("just-now");
  for (const [limit, unit, size] of STEPS.slice(1)) {
    if (Math.abs(seconds) < limit) return since.format(Math.round(seconds / size), unit);
  }
  return shortDate(at);
}

function date(at, gregorian, element) {
  if (element.closest("[data-both]")) return gregorian.format(at); // the page has said the other day already
  if (calendar === "hijri") return hijriDate.format(at);
  // Among the facts of a page a reader of both calendars sees both; rows and lines keep one, and the other when pointed at.
  const both = root.dataset.calendar === "both" && element.closest("dd");
  return both ? `${gregorian.format(at)} (${hijriDate.format(at)})` : gregorian.format(at);
}

// "2026-11-22": today, yesterday, Sunday 22 November.
function day(key) {
  const at = new Date(`${key}T12:00:00Z`); // noon: the same day whatever the clock of its formatter
  const ago = Math.round((new Date(`${dayKey.format(new Date())}T12:00:00Z`) - at) / 86_400_000);
  if (ago === 0 || ago === 1) return since.format(-ago, "day");
  const thisYear = key.slice(0, 4) === dayKey.format(new Date()).slice(0, 4);
  const system = calendar === "hijri" ? "islamic-umalqura" : "gregory";
  const options = { weekday: "long", day: "numeric", month: "long", timeZone: "UTC", ...(thisYear ? {} : { year: "numeric" }) };
  return new Intl.DateTimeFormat(locale(system), options).format(at);
}

function shortDate(at) {
  if (calendar === "hijri") return hijriDate.format(at);
  const thisYear = dayKey.format(at).slice(0, 4) === dayKey.format(new Date()).slice(0, 4);
  return (thisYear ? dayAndMonth : fullDate).format(at);
}

function comma() {
  return language.startsWith("ar") ? "،" : ",";
}

function locale(system) {
  return `${speech}-u-nu-${digits}${system ? `-ca-${system}` : ""}`;
}

function formatter(options, system) {
  // Plain "ar" would take the calendar and months of one country; the Gregorian one is said, not left to chance.
  return new Intl.DateTimeFormat(locale(system ?? "gregory"), { ...options, timeZone: zone });
}

function knownZone(name) {
  try {
    return name ? new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone : undefined;
  } catch {
    return undefined; // the browser's own
  }
}
