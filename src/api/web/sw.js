// Pages, scripts and words stay on this device, and so does what the server said last: newest
// first, and what was kept where the server does not answer. VERSION and FILES stand above.

const SHELL = `catfoot-${VERSION}`;
const SAID = "catfoot-said";
const PATIENCE_MS = 4000; // of a phone that left the house: nothing refuses it, nothing answers
// What a page needs to be of use without the server; originals and rows are not kept.
const KEPT = /^\/api\/v1\/(athletes|me|exercises|measures)$|^\/api\/v1\/athletes\/[\w-]+\/(today|timeline|flag-answers|programme|strength-sessions|check-ins|runs(\/[\w-]+)?)$/;

self.addEventListener("install", (e) => {
  e.waitUntil(caches.open(SHELL).then((cache) => cache.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (e) => {
  e.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("catfoot-") && name !== SHELL && name !== SAID) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (e) => {
  const url = new URL(e.request.url);
  if (e.request.method !== "GET" || url.origin !== location.origin) return;
  if (FILES.includes(url.pathname)) e.respondWith(newest(e.request, SHELL, url.pathname));
  else if (KEPT.test(url.pathname)) e.respondWith(newest(e.request, SAID, e.request.url));
});

/** Answer from the server; where it is silent or gone, with what was kept under that name. */
async function newest(request, name, key) {
  const cache = await caches.open(name);
  try {
    const answer = await inTime(fetch(request));
    if (answer.status === 401) await caches.delete(SAID); // nobody is logged in here any more
    if (answer.ok) {
      const copy = answer.clone();
      const headers = new Headers(copy.headers);
      headers.set("x-kept-at", new Date().toISOString());
      headers.delete("content-encoding"); // the body is unpacked by now
      headers.delete("content-length");
      await cache.put(key, new Response(await copy.blob(), { headers }));
    }
    return answer;
  } catch (fault) {
    const kept = await cache.match(key, { ignoreVary: true });
    if (kept) return kept;
    throw fault;
  }
}

const inTime = (answer) => Promise.race([answer,
  new Promise((_, late) => setTimeout(() => late(new Error("the server does not answer")), PATIENCE_MS))]);
