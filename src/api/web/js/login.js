// Log in, and go on to where one wanted to be.

import { post } from "./api.js";
import { at, put } from "./dom.js";
import { elsewhere } from "./elsewhere.js";

/** Return the address after logging in: one of this server's own pages, never another's. */
export function onward() {
  const next = new URLSearchParams(location.search).get("next") ?? "/";
  const url = new URL(next, location.origin);
  return url.origin === location.origin ? url.pathname + url.search : "/";
}

at("login")?.addEventListener("submit", async (e) => {
  e.preventDefault();
  put("problem");
  try {
    await post("/api/v1/session", { login: at("name").value, password: at("password").value });
    location.href = onward();
  } catch (problem) {
    put("problem", problem.message);
    at("password").value = "";
    at("password").focus();
  }
});

elsewhere("login.elsewhere").catch(() => {}); // without it one logs in here
