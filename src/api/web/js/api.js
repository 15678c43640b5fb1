// The public API, as any other program would use it.

import { at } from "./dom.js";
import { t } from "./words.js";

/** What the server could not do, in its own sentence (RFC 9457). */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

const OPEN = ["/login", "/join"]; // pages for whoever is not logged in

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Problem(0, t("api.offline"));
  }
  const kept = answer.headers.get("x-kept-at"); // by the service worker, while the server was there
  if (kept) stale(kept);
  const type = answer.headers.get("content-type") ?? "";
  const body = type.includes("json") ? await answer.json() : null;
  if (answer.status === 401 && !OPEN.includes(location.pathname)) {
    location.href = `/login?${new URLSearchParams({ next: location.pathname + location.search })}`;
  }
  if (!answer.ok) throw new Problem(answer.status, body?.detail ?? t("api.no_reason", { status: answer.status }));
  return body;
}

function stale(kept) {
  const line = at("offline");
  if (!line) return;
  line.hidden = false;
  line.textContent = t("offline.kept", { at: new Date(kept).toLocaleString() });
}

/** Return the address of something that belongs to an athlete. */
export const of = (athlete, ...parts) =>
  ["/api/v1/athletes", athlete, ...parts].map((p, i) => (i ? encodeURIComponent(p) : p)).join("/");

export const get = (path) => ask(path);

const sent = (method, headers, value) =>
  ({ method, headers: { "Content-Type": "application/json", ...headers }, body: JSON.stringify(value) });

/** Write something down; the same key twice writes it once. */
export const post = (path, value, key = null) => ask(path, sent("POST", key ? { "Idempotency-Key": key } : {}, value));

/** Change what was version `version` of something: a part of it, or the whole. */
export const patch = (path, value, version = null) =>
  ask(path, sent("PATCH", version === null ? {} : { "If-Match": `"${version}"` }, value));
export const replace = (path, value, version) => ask(path, sent("PUT", { "If-Match": `"${version}"` }, value));

/** Erase somebody; the value confirms whom. */
export const erase = (path, value) => ask(path, sent("DELETE", {}, value));

/** Take something out; what has versions names the one that was looked at. */
export const remove = (path, version = null) =>
  ask(path, { method: "DELETE", headers: version === null ? {} : { "If-Match": `"${version}"` } });

/** Send one file's bytes; progress(share) is called while they go. Returns the job. */
export function upload(athlete, file, progress) {
  const modified = new Date(file.lastModified).toISOString(); // a CSV may not say when it began
  const query = new URLSearchParams({ name: file.name, modified });
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest(); // fetch cannot say how much it has sent
    request.open("POST", `${of(athlete, "recordings")}?${query}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total);
    request.onerror = () => failed(new Problem(0, t("api.offline")));
    request.onload = () =>
      request.status < 300
        ? done(request.response)
        : failed(new Problem(request.status, request.response?.detail ?? t("api.no_reason", { status: request.status })));
    request.send(file);
  });
}

/** Return the WebSocket address of a path on this server. */
export const socket = (path) =>
  `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
