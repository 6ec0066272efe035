// The service worker, and whose notices this browser shows.
const KEY = "push-user";

export function registration() {
  return navigator.serviceWorker.register("/sw.js").then(() => navigator.serviceWorker.ready);
}

export function pushKept(user) {
  try {
    localStorage.setItem(KEY, user);
  } catch {
    // A browser that keeps nothing asks again.
  }
}

// For whoever is signed in: the page for when the line is away. Somebody else's notices leave this browser with them.
export async function settle(user) {
  if (!("serviceWorker" in navigator)) return;
  let before = null;
  try {
    before = localStorage.getItem(KEY);
  } catch {
    return;
  }
  if (before && before !== user) {
    localStorage.removeItem(KEY);
    const worker = await navigator.serviceWorker.getRegistration("/");
    await (await worker?.pushManager?.getSubscription())?.unsubscribe();
    for (const shown of (await worker?.getNotifications?.()) ?? []) shown.close();
  }
  if (user) await registration();
}
