// Keeps the look of the site and one page for each language for when the line is away. Pages, files and answers of the server are never
// kept: the next person on this device must not find them.
const CACHE = "multaqa-{{ version }}";
const SHELL = [{% for path in shell %}"{{ path }}", {% endfor %}];
const OFFLINE = { {% for code, path in pages.items %}"{{ code }}": "{{ path }}", {% endfor %}};

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(CACHE).then(async (cache) => {
      // Without cookies: the page that is kept was made for nobody.
      const wanted = [...SHELL, ...Object.values(OFFLINE)].map((path) => new Request(path, { credentials: "omit", cache: "reload" }));
      await Promise.allSettled(wanted.map(async (request) => {
        const answer = await fetch(request);
        if (answer.ok && !answer.redirected) await cache.put(request, answer);
      }));
      await self.skipWaiting();
    }),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("multaqa-") && name !== CACHE) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(
      fetch(request).catch(async () => {
        const language = pathname.split("/")[1];
        return (await caches.match(OFFLINE[language] || OFFLINE.ar)) || Response.error();
      }),
    );
  } else if (SHELL.includes(pathname)) {
    event.respondWith(fetch(request).catch(async () => (await caches.match(pathname)) || Response.error()));
  }
});

self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data.json();
  } catch {
    return;
  }
  event.waitUntil(
    self.registration.showNotification(told.title || "Multaqa", {
      body: told.body || "",
      tag: told.tag || undefined,
      renotify: Boolean(told.tag),
      lang: told.lang,
      dir: told.dir || "auto",
      icon: SHELL[1],
      badge: SHELL[1],
      data: { url: told.url || "/" },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url || "/", self.location.origin);
  if (url.origin !== self.location.origin) return;
  event.waitUntil(
    (async () => {
      const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
      const here = open.find((client) => new URL(client.url).pathname === url.pathname) || open[0];
      if (!here) return self.clients.openWindow(url.href);
      await here.focus();
      return here.navigate(url.href).catch(() => self.clients.openWindow(url.href));
    })(),
  );
});

// The push service gave the browser another address: pages say so when they are opened next (js/behaviours/push.js).
self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(self.registration.pushManager.getSubscription().then((subscription) => subscription?.unsubscribe()));
});
