// Keeps the look of the site and one page for each language for when the line is away. Pages, files and answers of the server are never
// kept: the next person on this device must not find them.
const CACHE = "multaqa-{{ version }}";
const SHELL = [{% for path in shell %}"{{ path|escapejs }}", {% endfor %}];
const OFFLINE = { {% for code, path in pages.items %}"{{ code }}": "{{ path }}", {% endfor %}};
const ICON = "{{ icon|escapejs }}";
const BADGE = "{{ badge|escapejs }}";

// Without cookies: what is kept was made for nobody.
const bare = (path) => new Request(path, { credentials: "omit", cache: "reload" });

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      const take = async (path) => {
        const answer = await fetch(bare(path));
        if (!answer.ok || answer.redirected) throw new Error(`${path}: ${answer.status}`);
        await cache.put(path, answer);
      };
      await Promise.all(Object.values(OFFLINE).map(take)); // without them there is no use in it: it is tried again with the next page
      await Promise.allSettled(SHELL.map(take));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("multaqa-") && name !== CACHE) await caches.delete(name);
      await self.registration.navigationPreload?.enable(); // the page is asked for while this wakes up
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(page(event).catch(() => kept(OFFLINE[pathname.split("/")[1]] || OFFLINE.ar)));
  } else if (SHELL.includes(pathname)) {
    event.respondWith(fetch(request).catch(() => kept(pathname)));
  }
});

async function page(event) {
  return (await event.preloadResponse) || fetch(event.request);
}

async function kept(path) {
  return (await (await caches.open(CACHE)).match(path)) || Response.error();
}

self.addEventListener("push", (event) => event.waitUntil(show(read(event.data))));

function read(data) {
  try {
    return data.json();
  } catch {
    return {}; // something came: the browser wants to see it shown
  }
}

async function show(told) {
  // The queue may tell twice: the same notice takes its own place in silence, a newer one about the same thing is heard.
  const shown = told.tag ? await self.registration.getNotifications({ tag: told.tag }) : [];
  const again = shown.some((one) => one.data?.id === told.id);
  await self.registration.showNotification(told.title || "Multaqa", {
    body: told.body || "",
    tag: told.tag || "",
    renotify: Boolean(told.tag) && !again,
    silent: again,
    lang: told.lang || "",
    dir: told.dir || "auto",
    icon: ICON,
    badge: BADGE,
    data: { url: told.url || "/", id: told.id },
  });
  if (typeof told.count === "number") await self.navigator.setAppBadge?.(told.count).catch(() => {});
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url || "/", self.location.origin);
  if (url.origin === self.location.origin) event.waitUntil(open(url));
});

// The tab where it is open already; never another one, in which somebody may be writing.
async function open(url) {
  const tabs = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const here = tabs.find((tab) => new URL(tab.url).pathname === url.pathname);
  if (here) return here.focus();
  return self.clients.openWindow(url.href);
}

// The push service gave the browser another address, or took it back. Whoever is signed in here goes on under the new one; whoever is not,
// when they come back (js/worker.js).
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event).catch(() => {})));

async function renew(event) {
  const before = event.oldSubscription?.endpoint || "";
  const answer = await fetch("/devices/", { headers: { Accept: "application/json" } });
  const { key, token } = await answer.json();
  const raw = atob(key.replace(/-/g, "+").replace(/_/g, "/"));
  const applicationServerKey = Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
  const made = event.newSubscription || (await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey }));
  const { endpoint, keys } = made.toJSON();
  const body = new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth, before, again: "1" });
  const said = await fetch("/devices/", { method: "POST", body, headers: { "X-CSRFToken": token } });
  if (said.status === 410) await made.unsubscribe();
}
