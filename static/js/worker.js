// The service worker, and whose notices this browser shows. The server forgets a device by itself when its session ends; here its browser does.
import { post } from "./post.js";

const USER = "push-user"; // who turned notices on in this browser
const ENDPOINT = "push-endpoint"; // the address that the server has of it
const SEEN = "push-seen"; // this tab has said that the browser goes on
const LEFT = "signed-out"; // the page before this one was left by signing out
const OUT = /\/(accounts\/logout|settings\/sessions\/end)\/$/;

export function registration() {
  return navigator.serviceWorker.register("/sw.js").then(() => navigator.serviceWorker.ready);
}

/** Turn notices on: asks the push service, then tells the server. Rejects, or resolves to the server's answer. */
export async function begin(worker, key, label) {
  await (await worker.pushManager.getSubscription())?.unsubscribe(); // it may be another person's, or of another key
  const made = await subscribe(worker, key);
  const answer = await post("/devices/", body(made, { label })).catch((error) => made.unsubscribe().then(() => Promise.reject(error)));
  if (answer.ok) keep(made);
  else await made.unsubscribe();
  return answer;
}

/** No notices in this browser any more, and what is shown of them goes. */
export async function leave() {
  const worker = await navigator.serviceWorker.getRegistration("/");
  await close(worker);
  await (await worker?.pushManager?.getSubscription())?.unsubscribe();
  // Last: a page that is left in the middle of this begins anew on the next.
  localStorage.removeItem(USER);
  localStorage.removeItem(ENDPOINT);
  sessionStorage.removeItem(SEEN);
}

/** On every page: nobody finds here what the person before them was told, and whoever comes back is told again. */
export async function settle(user) {
  if (!("serviceWorker" in navigator)) return;
  const before = localStorage.getItem(USER);
  const left = sessionStorage.getItem(LEFT);
  if (!user) {
    sessionStorage.removeItem(SEEN);
    if (left) await leave();
    else await close(await navigator.serviceWorker.getRegistration("/")); // a session that ended by itself: they may come back
    sessionStorage.removeItem(LEFT);
    return;
  }
  sessionStorage.removeItem(LEFT);
  document.addEventListener("submit", ({ target }) => OUT.test(new URL(target.action, location.href).pathname) && sessionStorage.setItem(LEFT, "1"));
  if (before && before !== user) await leave();
  const worker = await registration();
  if (before === user && !sessionStorage.getItem(SEEN)) await goOn(worker);
}

// The session, or the push service's address, may be another one than the server knows. Where it was turned off meanwhile, it stays off.
async function goOn(worker) {
  let held = await worker.pushManager?.getSubscription();
  if (!held) {
    if (Notification.permission !== "granted") return leave();
    const answer = await fetch("/devices/", { headers: { Accept: "application/json" }, credentials: "same-origin" });
    held = await subscribe(worker, (await answer.json()).key);
  }
  const answer = await post("/devices/", body(held, { again: "1", before: localStorage.getItem(ENDPOINT) ?? "" }));
  if (answer.status === 410) return leave();
  if (answer.ok) keep(held);
  return undefined;
}

function keep(subscription) {
  localStorage.setItem(USER, document.body.dataset.user);
  localStorage.setItem(ENDPOINT, subscription.endpoint);
  sessionStorage.setItem(SEEN, "1");
}

async function close(worker) {
  for (const shown of (await worker?.getNotifications?.()) ?? []) shown.close();
  await navigator.clearAppBadge?.().catch(() => {});
}

function subscribe(worker, key) {
  const raw = atob(key.replace(/-/g, "+").replace(/_/g, "/"));
  return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: Uint8Array.from(raw, (letter) => letter.charCodeAt(0)) });
}

function body(subscription, more) {
  const { endpoint, keys } = subscription.toJSON();
  return new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth, ...more });
}
