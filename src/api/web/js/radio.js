// The server's own Bluetooth for one athlete: look, stamp to pair, record, fetch what pods stored.

import { get, of, post, remove } from "./api.js";
import { at, h, put } from "./dom.js";
import { bytes } from "./numbers.js";
import { mayWrite } from "./page.js";
import { pose } from "./pose.js";
import { table } from "./table.js";
import { t } from "./words.js";

const AGAIN_MS = 1000;
let timer;

/** Show what the radio can do for an athlete, and follow it; ended() hears of each end, motion() says what is heard of the feet. */
export function radio(athlete, { ended = () => {}, motion = () => ({ steps: 0, degps: null }) } = {}) {
  clearTimeout(timer);
  const home = (...parts) => of(athlete.id, ...parts);
  let was = null;

  async function follow() {
    clearTimeout(timer);
    try {
      const told = await get(home("radio"));
      show(told);
      if (told.state === "working") timer = setTimeout(follow, AGAIN_MS);
      else if (was === "working") { await pods(); ended(); }
      was = told.state;
    } catch (problem) {
      put("radio-says", problem.message);
    }
  }

  async function begin(what, value = {}) {
    put("problem");
    try {
      await post(home("radio", what), value);
      was = "working";
      follow();
    } catch (problem) {
      put("problem", problem.message);
    }
  }

  const mark = (what) => post(home("radio", "marks"), { what });
  const tell = (text) => put("radio-marked", text);
  async function marked(act) {
    put("problem");
    try {
      await act();
    } catch (problem) {
      put("problem", problem.message);
    }
  }

  /** What a person can say while it records: a lap begins, or a pose. */
  const during = () => [h("button", { type: "button", onclick: () => marked(async () => { await mark("marker"); tell(t("radio.marked")); }) }, t("radio.mark")),
    h("button", { type: "button", onclick: () => marked(() => pose({ mark, motion, tell })) }, t("radio.pose"))];

  function show(told) {
    const working = told.state === "working";
    put("radio-says", told.what === null ? t("radio.idle") : told.error ?? t(`radio.${told.what}.${told.state === "working" ? "working" : "done"}`));
    const button = (key, action, kind = "") => h("button", { type: "button", class: kind, disabled: told.busy && !working, onclick: action }, t(key));
    const now = `${told.what} ${told.state} ${told.mode} ${told.busy}`;
    if (at("radio-does").dataset.shown === now) return results(told); // whoever is about to press keeps the button
    at("radio-does").dataset.shown = now;
    put("radio-does", !mayWrite(athlete) ? "" : working
      ? [button("radio.stop", async () => { await remove(home("radio")); follow(); }, "main"), ...(told.what === "collect" && told.mode === "run" ? during() : [])]
      : [button("radio.look", () => begin("scan")), button("radio.pair_left", () => begin("claim", { side: "left" })),
        button("radio.pair_right", () => begin("claim", { side: "right" })), button("radio.record", () => begin("collection", { mode: "run" }), "main"),
        button("radio.balance", () => begin("collection", { mode: "drill" })), button("radio.fetch", () => begin("sync"))]);
    if (!working) tell("");
    results(told);
  }

  const results = (told) => put("radio-found", told.found ? found(told.found) : told.runs ? fetched(told.runs) : "");

  const found = (all) => (all.length
    ? table([t("radio.pod"), t("radio.gives"), t("radio.signal")], all.map((one) =>
      [one.name || one.address, one.yours ? t("radio.mine") : one.taken ? t("radio.taken") : one.profiles.join(", ") || "–", one.rssi_dbm === null ? "–" : `${one.rssi_dbm} dBm`]))
    : h("p", { class: "quiet" }, t("radio.nobody")));

  /** Stored runs on their way: how far each is. */
  const fetched = (runs) => (runs.length ? h("ul", { class: "uploads" }, runs.map((run) => h("li", {},
    h("span", { class: "name" }, `${run.name}, ${run.id}`), h("span", { class: "chip" }, run.have >= run.size ? t("radio.here") : bytes(run.have ?? 0)),
    h("progress", { max: run.size || 1, value: run.have ?? 0, "aria-label": t("radio.fetching", { run: run.id }) }),
    h("span", { class: "what" }, t("radio.of", { have: bytes(run.have ?? 0), size: bytes(run.size) })))))
    : h("p", { class: "quiet" }, t("radio.none_stored")));

  async function pods() {
    const { items } = await get(home("pods"));
    put("claimed", items.length ? items.map((one) => h("li", {}, h("b", {}, one.name || one.address), ` · ${t(`side.${one.side}`)}`))
      : h("li", { class: "quiet" }, t("radio.no_pods")));
  }

  pods().catch((problem) => put("radio-says", problem.message));
  follow();
}
