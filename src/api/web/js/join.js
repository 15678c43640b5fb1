// Make an account with the secret behind the # of the invitation's link.

import { post } from "./api.js";
import { at, put } from "./dom.js";
import { elsewhere } from "./elsewhere.js";
import { t } from "./words.js";

const token = location.hash.slice(1);
history.replaceState(null, "", location.pathname); // not for the history, nor for whoever looks on

if (!token) put("problem", t("join.broken"));
else elsewhere("join.elsewhere", token).catch(() => {}); // without it one makes a password
at("member").addEventListener("click", async () => {
  put("problem");
  try {
    await post("/api/v1/memberships", { token });
    location.href = "/account";
  } catch (problem) {
    put("problem", problem.status === 401 ? t("join.log_in") : problem.message);
  }
});
at("join").addEventListener("submit", async (e) => {
  e.preventDefault();
  put("problem");
  try {
    await post("/api/v1/join", {
      token, name: at("name").value, login: at("login").value, password: at("password").value,
      tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
    location.href = "/";
  } catch (problem) {
    put("problem", problem.message);
  }
});
