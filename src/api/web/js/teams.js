// Teams: who is in them, what each lets one see, links that lead into them, and the way out.

import { get, post, remove } from "./api.js";
import { at, h, put } from "./dom.js";
import { day } from "./numbers.js";
import { known, t, within } from "./words.js";

/** Show the teams of whoever is here; told(what) does something and says what the server refused. */
export function teams(me, told) {
  at("teams-part").hidden = false;
  at("make-team").hidden = me.role === "athlete";

  async function show() {
    const { items } = await get("/api/v1/teams");
    const full = await Promise.all(items.map((one) => get(`/api/v1/teams/${one.id}`)));
    put("teams", full.length ? full.map(team) : h("p", { class: "quiet" }, t("teams.none")));
  }

  const act = (key, what) => h("button", { type: "button", onclick: () => told(what) }, t(key));

  function team(one) {
    const home = `/api/v1/teams/${one.id}`;
    const leads = one.members.some((m) => m.id === me.id && m.leads);
    const out = async (path) => { await remove(path); await show(); };
    return h("section", { "aria-label": one.name }, h("h3", {}, one.name),
      h("ul", { class: "uploads" }, one.members.map((m) => h("li", {}, h("span", { class: "name" }, m.name),
        m.id === me.id ? act(leads ? "teams.end" : "teams.leave", () => out(leads ? home : `${home}/members/${m.id}`))
          : leads ? act("teams.take_out", () => out(`${home}/members/${m.id}`)) : null,
        h("span", { class: "what" }, [known(`role.${m.role}`, m.role), m.leads ? t("teams.leads") : null, shares(m)].filter(Boolean).join("; "))))),
      leads ? h("p", { class: "choices" }, act("teams.invite", async () => {
        const made = await post(`${home}/invitations`, { role: "athlete" });
        put("team-link", t("account.link", { day: day(made.expires_at.slice(0, 10)) }), " ", h("code", {}, made.link));
      })) : null);
  }

  const shares = (m) => (m.athlete === null || m.id === me.id ? null
    : m.shares.length ? t("teams.shares", { what: m.shares.map((kind) => within(known(`kind.${kind}`, kind))).join(", ") }) : t("teams.shares_nothing"));

  at("make-team").onsubmit = (e) => {
    e.preventDefault();
    told(async () => {
      await post("/api/v1/teams", { name: at("team-name").value });
      at("team-name").value = "";
      await show();
    });
  };
  told(show);
}
