// Turns notices on for this browser: asked for by a press, never by itself.
import { post } from "../post.js";
import { pushKept, registration } from "../worker.js";

export function connect(card) {
  const words = card.querySelector("[data-push-words]");
  const button = card.querySelector("[data-push-on]");
  const say = (text) => {
    words.textContent = text;
  };
  if (!("PushManager" in window) || !("serviceWorker" in navigator) || !("Notification" in window)) {
    say(card.dataset.cannot);
    return undefined;
  }
  if (Notification.permission === "denied") {
    say(card.dataset.denied);
    return undefined;
  }
  const hasOne = document.querySelector("[data-push-off]") !== null;
  button.hidden = hasOne && Notification.permission === "granted";
  if (button.hidden) say(card.dataset.said);
  const onPress = async () => {
    button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") return say(card.dataset.denied);
      const worker = await registration();
      const old = await worker.pushManager.getSubscription();
      await old?.unsubscribe();
      const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(card.dataset.key) });
      const { endpoint, keys } = made.toJSON();
      const answer = await post("/devices/", new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth, label: label() }));
      if (!answer.ok) {
        await made.unsubscribe();
        return say((await answer.json().catch(() => ({}))).error || card.dataset.failed);
      }
      pushKept(document.body.dataset.user || document.documentElement.dataset.user);
      location.reload();
    } catch {
      say(card.dataset.failed);
    } finally {
      button.disabled = false;
    }
    return undefined;
  };
  button.addEventListener("click", onPress);
  return () => button.removeEventListener("click", onPress);
}

function bytes(text) {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

// "Firefox, Android": enough to tell one's devices apart.
function label() {
  const agent = navigator.userAgent;
  const browser = ["Edg", "OPR", "Firefox", "Chrome", "Safari"].find((name) => agent.includes(name)) || "";
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"].find((name) => agent.includes(name)) || "";
  return [{ Edg: "Edge", OPR: "Opera" }[browser] || browser, system].filter(Boolean).join(", ");
}
