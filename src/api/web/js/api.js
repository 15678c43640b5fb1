// The public API, as any other program would use it.

/** What the server could not do, in its own sentence (RFC 9457). */
export class Problem extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

const OFFLINE = "The server does not answer. Is catfoot still running?";

const OPEN = ["/login", "/join"]; // pages for whoever is not logged in

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Problem(0, OFFLINE);
  }
  const type = answer.headers.get("content-type") ?? "";
  const body = type.includes("json") ? await answer.json() : null;
  if (answer.status === 401 && !OPEN.includes(location.pathname)) {
    location.href = `/login?${new URLSearchParams({ next: location.pathname + location.search })}`;
  }
  if (!answer.ok) throw new Problem(answer.status, body?.detail ?? `${answer.status}: no reason given`);
  return body;
}

/** Return the address of something that belongs to an athlete. */
export const of = (athlete, ...parts) =>
  ["/api/v1/athletes", athlete, ...parts].map((p, i) => (i ? encodeURIComponent(p) : p)).join("/");

export const get = (path) => ask(path);

/** Write something down; the same key twice writes it once. */
export const post = (path, value, key = null) =>
  ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...(key ? { "Idempotency-Key": key } : {}) },
    body: JSON.stringify(value),
  });

/** Change what was version `version` of something. */
export const patch = (path, value, version) =>
  ask(path, {
    method: "PATCH",
    headers: { "Content-Type": "application/json", "If-Match": `"${version}"` },
    body: JSON.stringify(value),
  });

export const remove = (path) => ask(path, { method: "DELETE" });

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
    request.onerror = () => failed(new Problem(0, OFFLINE));
    request.onload = () =>
      request.status < 300
        ? done(request.response)
        : failed(new Problem(request.status, request.response?.detail ?? "It was not taken."));
    request.send(file);
  });
}

/** Return the WebSocket address of a path on this server. */
export const socket = (path) =>
  `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}${path}`;
