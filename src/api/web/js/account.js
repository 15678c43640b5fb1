// One's account: who sees what, who looked, keys for programs, invitations, and the way out.

import { aboutMe } from "./aboutme.js";
import { erase, get, of, post, remove } from "./api.js";
import { channels } from "./channels.js";
import { chooseMany } from "./choice.js";
import { declines } from "./declines.js";
import { at, h, put } from "./dom.js";
import { elsewhere } from "./elsewhere.js";
import { day } from "./numbers.js";
import { forget } from "./offline.js";
import { begin } from "./page.js";
import { said } from "./server.js";
import { teams } from "./teams.js";
import { known, t, within } from "./words.js";

const SEEN = 60; // of what others looked at, newest first
const KINDS = ["load_and_flags", "metrics", "heart_rate", "check_ins", "raw", "location"];
const SHOWN_THERE = KINDS.slice(0, 2); // what the club's dashboards may be let show
const DASHBOARDS = "dashboards";
const SCOPES = ["read", "write", "send"];
const ROLES = ["athlete", "coach", "owner"];
const kind = (name) => known(`kind.${name}`, name);
const scope = (name) => known(`scope.${name}`, name);
const pairs = (names, say) => names.map((name) => [name, say(name)]);

const WAIT_MS = 500;
const TEXTS = 1; // the version of the consents' texts that the message files hold
let me, people, kinds, scopes, texts = null;

async function show() {
  me = await get("/api/v1/me");
  if (!me.accounts) {
    put("account-title", t("account.none"));
    put("account-line", t("account.none_text"));
    return;
  }
  put("account-title", me.name);
  put("account-line", me.role === "owner" ? t("account.owner") : t("account.here_as", { role: t(`role.${me.role}`) }));
  at("leave").hidden = at("programs").hidden = false;
  at("inviting").hidden = me.role !== "owner";
  at("sharing").hidden = !me.athlete;
  people = (await get("/api/v1/people")).items;
  scopes = chooseMany("scopes", pairs(SCOPES, scope));
  put("person", people.map((p) => h("option", { value: p.id }, p.id === DASHBOARDS ? named(p) : `${p.name} (${known(`role.${p.role}`, p.role)})`)));
  at("person").onchange = chosen;
  chosen();
  put("roles", ROLES.map((role) => h("button", { type: "button", onclick: () => told(() => invite(role)) }, t(`account.invite.${role}`))));
  teams(me, told);
  elsewhere("account.link_login").catch(() => {}); // without it one logs in here
  await Promise.all([consents(), keys(), me.athlete ? declines(me, told) : null]);
}

const named = (person) => (person?.id === DASHBOARDS ? t("account.dashboards") : person?.name);

/** What can be shared with whoever is chosen, and what that means. */
function chosen() {
  const there = at("person").value === DASHBOARDS;
  kinds = chooseMany("kinds", pairs(there ? SHOWN_THERE : KINDS, kind), meaning);
  at("write").disabled = there;
  if (there) at("write").checked = false;
  meaning([]);
  if (texts) put("consent-frame", there ? stated("dashboards", texts.dashboards) : stated("frame", texts.frame));
}

/** Who saw which kind of data on which day: the athlete's own to read. */
async function seen(athlete) {
  const { items } = await get(of(athlete.id, "access-record"));
  const others = items.filter((one) => one.viewer !== me?.id).slice(0, SEEN);
  put("seen", others.length ? others.map((one) => h("li", {}, h("b", {}, day(one.day)), `: ${one.name ?? t("account.gone")}, ${within(kind(one.kind))}`))
    : h("li", { class: "quiet" }, t("account.unseen")));
}

async function consents() {
  if (!me.athlete) return;
  const { items, texts: given } = await get(of(me.athlete, "consents"));
  texts = given;
  chosen();
  const open = items.filter((one) => one.withdrawn_at === null);
  put("consents", open.length ? open.map((one) => h("li", {},
    h("span", { class: "name" }, named(people.find((p) => p.id === one.viewer)) ?? t("account.gone")),
    h("button", { type: "button", onclick: () => told(async () => { await remove(of(me.athlete, "consents", one.id)); await consents(); }) }, t("account.withdraw")),
    h("span", { class: "what" }, [one.kinds.map((name) => within(kind(name))).join(", "),
      one.write ? t("account.may_write") : null, one.until ? t("account.until", { day: day(one.until) }) : null].filter(Boolean).join("; "))))
    : h("li", { class: "quiet" }, t("account.nobody")));
}

/** A consent's text, translated only where it is of the version that was translated. */
const stated = (name, text) => (texts.version === TEXTS ? t(`consent.${name}`) : said(text));

/** What it means to share what is chosen, in the words that the consent keeps the version of. */
function meaning(names) {
  put("meaning", names.filter((name) => texts?.kinds[name]).map((name) => h("li", {}, h("b", {}, kind(name)), ": ", stated(name, texts.kinds[name]))));
}

async function keys() {
  const { items } = await get("/api/v1/keys");
  put("keys", items.length ? items.map((key) => h("li", {}, h("span", { class: "name" }, key.name),
    h("button", { type: "button", onclick: () => told(async () => { await remove(`/api/v1/keys/${key.id}`); await keys(); }) }, t("account.revoke")),
    h("span", { class: "what" }, [key.scopes.map(scope).join(", "), t("account.until", { day: day(key.expires_at.slice(0, 10)) }),
      key.used_at ? t("account.used", { day: day(key.used_at.slice(0, 10)) }) : t("account.unused")].join("; "))))
    : h("li", { class: "quiet" }, t("account.no_keys")));
}

async function invite(role) {
  const made = await post("/api/v1/invitations", { role });
  put("link", t("account.link", { day: day(made.expires_at.slice(0, 10)) }), " ", h("code", {}, made.link));
}

/** Have everything put into one file, and offer it once it is there. */
async function exported(athlete) {
  put("exported", t("account.exporting"));
  const asked = await post(of(athlete.id, "exports"), {});
  const follow = async () => {
    const job = await get(asked.location);
    if (job.state === "done") put("exported", h("a", { class: "button", href: asked.file, download: "" }, t("account.fetch")));
    else if (job.error) put("exported", job.error);
    else setTimeout(() => told(follow), WAIT_MS);
  };
  await follow();
}

/** Have everything erased, and leave once it is begun: nobody is logged in any more. */
async function erased(athlete) {
  await erase(of(athlete.id), { name: at("erase-name").value });
  at("erase").hidden = true;
  put("erasing", t("account.erasing"));
  await forget();
}

/** Do something; say in words what the server refused. */
async function told(what) {
  put("problem");
  try {
    await what();
  } catch (problem) {
    put("problem", problem.message);
  }
}

at("share").addEventListener("submit", (e) => {
  e.preventDefault();
  told(async () => {
    await post(of(me.athlete, "consents"), { viewer: at("person").value, kinds: kinds.values,
      write: at("write").checked, until: at("until").value || null });
    await consents();
  });
});
at("make-key").addEventListener("submit", (e) => {
  e.preventDefault();
  told(async () => {
    const made = await post("/api/v1/keys", { name: at("key-name").value, scopes: scopes.values });
    put("made-key", t("account.copy"), " ", h("code", {}, made.key));
    await keys();
  });
});
at("leave").addEventListener("click", () => told(async () => {
  await remove("/api/v1/session");
  await forget();
  location.href = "/login";
}));
begin((athlete, who) => {
  aboutMe(athlete, !who.accounts || who.athlete === athlete.id).catch((problem) => put("about-says", problem.message));
  channels(athlete, !who.accounts || who.athlete === athlete.id);
  at("export-do").hidden = who.accounts && who.athlete !== athlete.id;
  at("export-do").onclick = () => told(() => exported(athlete));
  at("erase").hidden = at("export-do").hidden;
  at("erase").onsubmit = (e) => {
    e.preventDefault();
    told(() => erased(athlete));
  };
  put("exported");
  put("athlete-id", athlete.id);
  put("athlete-id-2", athlete.id);
  at("seen-part").hidden = who.athlete !== athlete.id;
  if (who.athlete === athlete.id) told(() => seen(athlete));
}, () => {});
told(show);
