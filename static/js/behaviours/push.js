// Turns notices on for this browser: asked for by a press, never by itself. Says what happened, and why it cannot be.
import { begin, leave, registration } from "../worker.js";

export function connect(card) {
  const words = card.querySelector("[data-push-words]");
  const button = card.querySelector("[data-push-on]");
  const off = document.querySelector("[data-push-off]");
  const say = (text) => {
    words.textContent = text;
  };
  // Turned off here, it is off in the browser too; the form goes on its way in any case.
  const onOff = (event) => {
    event.preventDefault();
    leave().catch(() => {}).finally(() => off.submit());
  };
  off?.addEventListener("submit", onOff);
  const undo = () => off?.removeEventListener("submit", onOff);
  if (!("PushManager" in window) || !("serviceWorker" in navigator) || !("Notification" in window)) {
    say(card.dataset.cannot);
    return undo;
  }
  if (Notification.permission === "denied") {
    say(card.dataset.denied);
    return undo;
  }
  button.hidden = off !== null && Notification.permission === "granted";
  if (button.hidden) say(card.dataset.said);
  const onPress = async () => {
    button.disabled = true;
    try {
      // First of all, and before anything is waited for: some browsers ask only while a press is being answered.
      const permission = await Notification.requestPermission();
      if (permission !== "granted") return say(permission === "denied" ? card.dataset.denied : card.dataset.unasked);
      const answer = await begin(await registration(), card.dataset.key, label());
      if (!answer.ok) return say((await answer.json().catch(() => ({}))).error || card.dataset.failed);
      location.reload();
    } catch {
      say(card.dataset.failed);
    } finally {
      button.disabled = false;
    }
    return undefined;
  };
  button.addEventListener("click", onPress);
  return () => {
    button.removeEventListener("click", onPress);
    undo();
  };
}

// "Firefox, Android": enough to tell one's devices apart.
function label() {
  const agent = navigator.userAgent;
  const browser = ["Edg", "OPR", "Firefox", "Chrome", "Safari"].find((name) => agent.includes(name)) || "";
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"].find((name) => agent.includes(name)) || "";
  return [{ Edg: "Edge", OPR: "Opera" }[browser] || browser, system].filter(Boolean).join(", ");
}
