// What follows the same voice within five minutes needs no header again; a new day says so, in the reader's own zone.

const WITHIN = 5 * 60_000;
const zone = document.documentElement.dataset.zone || undefined;
const dayOf = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });

export function regroup(list) {
  let previous = null;
  let day = "";
  const marks = new Map([...list.querySelectorAll(":scope > [data-day]")].map((mark) => [mark.dataset.day, mark]));
  for (const message of [...list.querySelectorAll(":scope > [data-number]")]) {
    const here = dayOf.format(new Date(message.dataset.at));
    let begins = false;
    if (here !== day) {
      day = here;
      begins = true;
      const mark = marks.get(here) ?? dayMark(here, message.dataset.at);
      marks.delete(here);
      const unread = message.previousElementSibling?.id === "unread" ? message.previousElementSibling : message;
      if (unread.previousElementSibling !== mark) unread.before(mark);
    }
    const unread = message.previousElementSibling?.id === "unread";
    message.classList.toggle("message-follows", !begins && !unread && follows(previous, message));
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

function dayMark(day, at) {
  const mark = document.createElement("div");
  mark.className = "divider";
  mark.dataset.day = day;
  const time = document.createElement("time");
  time.dateTime = at;
  time.dataset.time = "date"; // times.js writes it in the reader's calendar
  mark.append(time);
  return mark;
}
