// What follows the same voice within five minutes needs no header again; a new day says so, in the reader's own zone.

const WITHIN = 5 * 60_000;
const dayOf = formatter(document.documentElement.dataset.zone);

export function regroup(list) {
  let previous = null;
  let day = "";
  const marks = new Map();
  for (const mark of list.querySelectorAll(":scope > [data-day]")) {
    if (marks.has(mark.dataset.day)) mark.remove();
    else marks.set(mark.dataset.day, mark);
  }
  for (const message of [...list.querySelectorAll(":scope > [data-number]")]) {
    const here = dayOf.format(new Date(message.dataset.at));
    const line = message.previousElementSibling?.id === "unread" ? message.previousElementSibling : null;
    const begins = here !== day;
    if (begins) {
      day = here;
      const mark = marks.get(here) ?? dayMark(here);
      marks.delete(here);
      const first = line ?? message;
      if (first.previousElementSibling !== mark) first.before(mark);
    }
    // Said only where it changes: whoever watches the list is not woken for nothing.
    const joined = !begins && !line && follows(previous, message);
    if (message.classList.contains("message-follows") !== joined) message.classList.toggle("message-follows", joined);
    previous = message;
  }
  for (const mark of marks.values()) mark.remove();
}

function follows(previous, message) {
  return Boolean(
    previous &&
      message.dataset.author &&
      message.dataset.author === previous.dataset.author &&
      message.dataset.voice === previous.dataset.voice &&
      message.dataset.answers === undefined &&
      !previous.classList.contains("message-removed") &&
      new Date(message.dataset.at) - new Date(previous.dataset.at) < WITHIN,
  );
}

function dayMark(day) {
  const mark = document.createElement("div");
  mark.className = "divider";
  mark.dataset.day = day;
  const time = document.createElement("time");
  time.dateTime = day;
  time.dataset.time = "day"; // times.js writes it in the reader's calendar
  mark.append(time);
  return mark;
}

function formatter(zone) {
  const options = { year: "numeric", month: "2-digit", day: "2-digit" };
  try {
    return new Intl.DateTimeFormat("en-CA", { ...options, timeZone: zone || undefined });
  } catch {
    return new Intl.DateTimeFormat("en-CA", options); // a zone that this browser does not know
  }
}
