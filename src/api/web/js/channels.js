// Where news about an athlete goes: a calendar feed, mail, a webhook; each can be ended at once.

import { get, of, patch, post, remove } from "./api.js";
import { at, h, put } from "./dom.js";
import { t } from "./words.js";

const KINDS = ["calendar", "mail", "webhook"];

/** Show an athlete's channels, and make others; own: only the athlete lets one say numbers. */
export function channels(athlete, own) {
  const home = (...parts) => of(athlete.id, "channels", ...parts);

  async function list() {
    const { items } = await get(home());
    put("channels", items.length ? items.map((one) => h("li", {}, h("span", { class: "name" }, t(`channel.${one.kind}`)),
      h("button", { type: "button", onclick: () => told(async () => { await remove(home(one.id)); await list(); }) }, t("channel.end")),
      h("span", { class: "what" }, [one.target || t("channel.feed"), one.viewer_name ? t("channel.of", { name: one.viewer_name }) : null].filter(Boolean).join("; ")),
      numbers(one))) : h("li", { class: "quiet" }, t("channel.none")));
  }

  /** Whether it says numbers, or only that there is something new. */
  const numbers = (one) => h("label", { class: "tick what" }, h("input", { type: "checkbox", checked: one.numbers, disabled: !own,
    onchange: (e) => told(async () => { await patch(home(one.id), { numbers: e.target.checked }); await list(); }) }), t("channel.numbers"));

  async function make() {
    const kind = at("channel-kind").value;
    const made = await post(home(), { kind, ...(kind === "calendar" ? {} : { target: at("channel-target").value.trim() }) });
    put("channel-made", made.address ? [t("channel.address"), " ", h("code", {}, made.address)]
      : made.secret ? [t("channel.secret"), " ", h("code", {}, made.secret)] : t("channel.made"));
    await list();
  }

  async function told(what) {
    put("channel-problem");
    try {
      await what();
    } catch (problem) {
      put("channel-problem", problem.message);
    }
  }

  put("channel-kind", KINDS.map((kind) => h("option", { value: kind }, t(`channel.${kind}`))));
  const target = () => { at("channel-target-row").hidden = at("channel-kind").value === "calendar"; };
  at("channel-kind").onchange = target;
  target();
  at("make-channel").onsubmit = (e) => { e.preventDefault(); told(make); };
  put("channel-made");
  told(list);
}
