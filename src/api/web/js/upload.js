// Files dropped or chosen: a line for each, from the first byte to what became of it.

import { get, of, upload as send } from "./api.js";
import { at, h, say } from "./dom.js";
import { bytes } from "./numbers.js";
import { t } from "./words.js";

const AT_ONCE = 2;
const AGAIN_MS = [200, 400, 800, 1500];
const ENDED = ["done", "already", "refused", "failed"];

/** Take files for the athlete that current() names; done() is called after each stored run. */
export function upload(current, done) {
  const waiting = [];
  let busy = 0;

  const take = (files) => {
    for (const file of files) waiting.push({ file, athlete: current(), line: line(file) });
    next();
  };

  async function next() {
    while (busy < AT_ONCE && waiting.length) {
      busy += 1;
      one(waiting.shift(), done).finally(() => { busy -= 1; next(); });
    }
  }

  at("files").addEventListener("change", (e) => { take(e.target.files); e.target.value = ""; });
  for (const name of ["dragenter", "dragover"]) {
    addEventListener(name, (e) => {
      if (!e.dataTransfer?.types.includes("Files")) return;
      e.preventDefault();
      document.body.classList.add("dropping");
    });
  }
  addEventListener("dragleave", (e) => e.relatedTarget ?? document.body.classList.remove("dropping"));
  addEventListener("drop", async (e) => {
    document.body.classList.remove("dropping");
    if (!e.dataTransfer?.types.includes("Files")) return;
    e.preventDefault(); // a file dropped beside anything must not take the page's place
    if (current()) take(await filesOf(e.dataTransfer));
  });
}

/** Return the files of a drop, also those inside folders. */
async function filesOf(transfer) {
  const plain = [...transfer.files]; // before the first wait: afterwards the list is empty
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return plain;
  return (await Promise.all(entries.map(inside))).flat();
}

async function inside(entry) {
  if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
  const reader = entry.createReader();
  const found = [];
  for (;;) { // a hundred at a time
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) break;
    found.push(...some);
  }
  return (await Promise.all(found.filter((one) => !one.name.startsWith(".")).map(inside))).flat();
}

function line(file) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": t("upload.sending_file", { name: file.name }) });
  const state = h("span", { class: "chip" }, t("upload.waiting"));
  const what = h("span", { class: "what" }, bytes(file.size));
  const node = h("li", {}, h("span", { class: "name" }, file.name), state, bar, what);
  at("uploads").prepend(node);
  at("uploads").scrollIntoView({ block: "nearest" });
  return { node, bar, state, what };
}

async function one({ file, athlete, line }, done) {
  const set = (state, text, kind = "") => {
    line.state.textContent = t(`upload.${state}`);
    line.state.className = `chip ${kind}`;
    line.what.textContent = text;
  };
  const refuse = (state, text) => {
    line.bar.remove();
    line.node.className = "refused";
    set(state, text, "bad");
  };
  try {
    set("sending", bytes(file.size));
    const job = await send(athlete, file, (share) => { line.bar.value = share; });
    line.bar.removeAttribute("value");
    set("reading", t("upload.reading_text"));
    const ended = await watch(job);
    if (["refused", "failed"].includes(ended.state)) refuse(ended.state, ended.error ?? t("upload.no_reason"));
    else {
      line.bar.remove();
      set(ended.state === "already" ? "already" : "stored", told(ended), "on");
      done();
    }
  } catch (problem) {
    refuse("not_taken", problem.message);
  }
  say(`${file.name}: ${line.what.textContent}`);
}

/** Ask for a job until it has ended, less and less often. */
async function watch(job) {
  for (let i = 0; !ENDED.includes(job.state); i += 1) {
    await new Promise((go) => setTimeout(go, AGAIN_MS[Math.min(i, AGAIN_MS.length - 1)]));
    job = await get(of(job.athlete, "jobs", job.id));
  }
  return job;
}

function told({ state, result }) {
  if (state === "already") return t("upload.already_text");
  if (result?.counts) {
    const parts = ["imported", "joined", "already", "skipped", "refused"].filter((name) => result.counts[name])
      .map((name) => t(`upload.count.${name}`, { n: result.counts[name] }));
    return [parts.join(", ") || t("upload.count.none"), ...(result.refused ?? []).slice(0, 5)].join(". ");
  }
  return result?.warnings?.length ? result.warnings.join(" ") : t("upload.stored_text");
}
