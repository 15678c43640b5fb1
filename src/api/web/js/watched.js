// Who watched a run: each recording, its bytes to take away, and which run it belongs to.

import { of, post } from "./api.js";
import { at, h, put } from "./dom.js";
import { bytes, day, duration, km, written } from "./numbers.js";
import { link } from "./page.js";
import { known, t } from "./words.js";

/** Show the recordings of a run; whoever may write can take one out of it or join another run. */
export function watched(athlete, run, others, writes) {
  put("recordings", run.recordings.length ? run.recordings.map((r) => row(athlete, run, r, writes)) : h("li", { class: "quiet" }, t("run.by_hand")));
  const near = others.filter((one) => one.day === run.day || Math.abs(Date.parse(one.started_at) - Date.parse(run.started_at)) < 86_400_000);
  at("join").hidden = !writes || !near.length || !run.recordings.length;
  put("join-run", near.map((one) => h("option", { value: one.id }, [day(one.day), one.started_at.slice(11, 16), km(one.distance_m),
    duration(one.duration_s), one.title].filter(Boolean).join(" · "))));
  at("join-do").onclick = () => change(athlete, () => post(of(athlete.id, "runs", run.id, "join"), { other: at("join-run").value }), run.id, "run.joined");
}

function row(athlete, run, r, writes) {
  const told = (kind, name) => (name === "unknown" ? null : known(`${kind}.${name}`, name)); // a watch has no foot
  const place = [told("side", r.side), told("place", r.place), r.rate_hz === null ? null : t("unit.n_hz", { n: written(r.rate_hz) }),
    duration(r.duration_s), bytes(r.size_bytes)].filter(Boolean).join(" · ");
  return h("li", {}, h("span", { class: "name" }, r.device || r.name),
    h("span", { class: "choices" },
      h("a", { class: "button", href: of(athlete.id, "recordings", r.id, "original"), download: r.name }, t("run.download")),
      writes && run.recordings.length > 1 ? h("button", { type: "button", onclick: () =>
        change(athlete, () => post(of(athlete.id, "runs", run.id, "split"), { recording: r.id }), run.id, "run.split") }, t("run.split_do")) : null),
    h("span", { class: "what" }, `${r.name} · ${place}`, r.taps_apart_ms === null ? null : [h("br"), clocks(r)]));
}

/** Two pods that were tapped together: how far this one's clock was off, and how well that is known. */
const clocks = ({ taps_apart_ms: apart, taps_residual_ms: residual }) => t("run.taps", { ms: written(Math.abs(apart), 1) })
  + (residual === null ? "" : ` ${t("run.taps_residual", { ms: written(residual, 1) })}`);

/** Do it, say it, and offer the way back. */
async function change(athlete, act, run, done) {
  put("problem");
  try {
    await act();
    put("arranged", t(done), " ", h("button", { type: "button", onclick: async () => {
      await post(of(athlete.id, "runs", "undo"), {});
      location.reload();
    } }, t("run.undo")), " ", h("a", { href: link("/run", athlete, { run }) }, t("run.see")));
  } catch (problem) {
    put("problem", problem.message);
  }
}
