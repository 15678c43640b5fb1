// One's account: who sees what, keys for programs, invitations, and the way out.

import { get, of, post, remove } from "./api.js";
import { chooseMany } from "./choice.js";
import { at, h, put } from "./dom.js";
import { day } from "./numbers.js";
import { begin } from "./page.js";

const KINDS = [["load_and_flags", "Load and flags"], ["metrics", "Running measures"], ["heart_rate", "Heart rate"],
  ["check_ins", "Check-ins"], ["raw", "Original recordings"], ["location", "Places"]];
const SCOPES = [["read", "read"], ["write", "write down"], ["send", "send recordings only"]];
const ROLES = [["athlete", "an athlete"], ["coach", "a coach"], ["owner", "another owner"]];
const name = (pairs, value) => (pairs.find(([key]) => key === value) ?? [null, value])[1];

let me, people, kinds, scopes;

async function show() {
  me = await get("/api/v1/me");
  if (!me.accounts) {
    put("account-title", "No accounts here");
    put("account-line", "This server answers on this machine only and everybody here is its owner. "
      + "Started with CATFOOT_ACCOUNTS=1 it asks who somebody is, and may be reached from other machines.");
    return;
  }
  put("account-title", me.name);
  put("account-line", me.role === "owner" ? "You run this server." : `Here as ${me.role}.`);
  at("leave").hidden = at("programs").hidden = false;
  at("inviting").hidden = me.role !== "owner";
  at("sharing").hidden = !me.athlete;
  people = (await get("/api/v1/people")).items;
  kinds = chooseMany("kinds", KINDS);
  scopes = chooseMany("scopes", SCOPES);
  put("person", people.map((p) => h("option", { value: p.id }, `${p.name} (${p.role})`)));
  put("roles", ROLES.map(([role, text]) => h("button", { type: "button", onclick: () => told(() => invite(role)) }, `Invite ${text}`)));
  await Promise.all([consents(), keys()]);
}

async function consents() {
  if (!me.athlete) return;
  const { items } = await get(of(me.athlete, "consents"));
  const open = items.filter((one) => one.withdrawn_at === null);
  put("consents", open.length ? open.map((one) => h("li", {},
    h("span", { class: "name" }, people.find((p) => p.id === one.viewer)?.name ?? "somebody who is gone"),
    h("button", { type: "button", onclick: () => told(async () => { await remove(of(me.athlete, "consents", one.id)); await consents(); }) }, "Withdraw"),
    h("span", { class: "what" }, one.kinds.map((kind) => name(KINDS, kind).toLowerCase()).join(", "),
      one.write ? "; may plan and record" : "", one.until ? `; until ${day(one.until)}` : "")))
    : h("li", { class: "quiet" }, "Nobody but you."));
}

async function keys() {
  const { items } = await get("/api/v1/keys");
  put("keys", items.length ? items.map((key) => h("li", {}, h("span", { class: "name" }, key.name),
    h("button", { type: "button", onclick: () => told(async () => { await remove(`/api/v1/keys/${key.id}`); await keys(); }) }, "Revoke"),
    h("span", { class: "what" }, `${key.scopes.map((s) => name(SCOPES, s)).join(", ")}; until ${day(key.expires_at.slice(0, 10))}; `
      + (key.used_at ? `last used ${day(key.used_at.slice(0, 10))}` : "never used"))))
    : h("li", { class: "quiet" }, "None."));
}

async function invite(role) {
  const made = await post("/api/v1/invitations", { role });
  put("link", "Send this link to one person; it works once, until ", day(made.expires_at.slice(0, 10)), ": ", h("code", {}, made.link));
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
    put("made-key", "Copy it now, it is not shown again: ", h("code", {}, made.key));
    await keys();
  });
});
at("leave").addEventListener("click", () => told(async () => {
  await remove("/api/v1/session");
  location.href = "/login";
}));
begin(() => {}, () => {});
told(show);
