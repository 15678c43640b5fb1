// A login elsewhere, where this server knows of one.

import { get, post } from "./api.js";
import { at, put } from "./dom.js";
import { t } from "./words.js";

/** Offer the login elsewhere by the button #elsewhere; token: an invitation that it uses up. */
export async function elsewhere(key, token = null) {
  const { name } = await get("/api/v1/oidc");
  at("elsewhere").hidden = !name;
  if (!name) return;
  put("elsewhere", t(key, { name }));
  at("elsewhere").onclick = async () => {
    try {
      const { url } = await post("/api/v1/oidc/start", token ? { token } : {});
      location.href = url;
    } catch (problem) {
      put("problem", problem.message);
    }
  };
}
