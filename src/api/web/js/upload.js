// Files dropped or chosen: a line for each, from the first byte to what became of it.

import { get, of, upload as send } from "./api.js";
import { at, h, say } from "./dom.js";
import { bytes } from "./numbers.js";

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
  addEventListener("drop", (e) => {
    document.body.classList.remove("dropping");
    if (!e.dataTransfer?.files.length || !current()) return;
    e.preventDefault();
    take(e.dataTransfer.files);
  });
}

function line(file) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": `Sending ${file.name}` });
  const state = h("span", { class: "chip" }, "waiting");
  const what = h("span", { class: "what" }, bytes(file.size));
  const node = h("li", {}, h("span", { class: "name" }, file.name), state, bar, what);
  at("uploads").prepend(node);
  return { node, bar, state, what };
}

async function one({ file, athlete, line }, done) {
  const set = (state, text, kind = "") => {
    line.state.textContent = state;
    line.state.className = `chip ${kind}`;
    line.what.textContent = text;
  };
  try {
    set("sending", bytes(file.size));
    const job = await send(athlete, file, (share) => { line.bar.value = share; });
    line.bar.removeAttribute("value");
    set("reading", "stored; working out what it says");
    const ended = await watch(job);
    line.bar.remove();
    set(...told(ended));
    if (["refused", "failed"].includes(ended.state)) line.node.className = "refused";
    else done();
    say(`${file.name}: ${line.what.textContent}`);
  } catch (problem) {
    line.bar.remove();
    line.node.className = "refused";
    set("not taken", problem.message, "bad");
    say(`${file.name}: ${problem.message}`);
  }
}

/** Ask for a job until it has ended, less and less often. */
async function watch(job) {
  for (let i = 0; !ENDED.includes(job.state); i += 1) {
    await new Promise((go) => setTimeout(go, AGAIN_MS[Math.min(i, AGAIN_MS.length - 1)]));
    job = await get(of(job.athlete, "jobs", job.id));
  }
  return job;
}

function told(job) {
  if (job.state === "already") return ["already here", "These bytes are already stored; nothing changed.", "on"];
  if (job.state === "done") {
    const notes = job.result?.warnings ?? [];
    return ["stored", notes.length ? notes.join(" ") : "Stored, with nothing to remark.", "on"];
  }
  return [job.state === "refused" ? "refused" : "failed", job.error ?? "no reason given", "bad"];
}
