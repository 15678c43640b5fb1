// Everything of an athlete gone from every store, by their own word.

import { erase, get, of } from "./api.js";
import { at, put } from "./dom.js";
import { forget } from "./offline.js";
import { remember } from "./page.js";
import { t } from "./words.js";

const WAIT_MS = 300;

/** Offer an athlete to erase themselves; `own` is whether they are who is here. */
export function erasing(athlete, own) {
  at("erase-part").hidden = !own;
  put("erase-says");
  put("erase-label", t("erase.name", { name: athlete.name }));
  at("erase-name").value = "";
  at("erase-form").onsubmit = async (e) => {
    e.preventDefault();
    const said = at("erase-name").value.trim();
    if (said !== athlete.name) return put("erase-says", t("erase.other", { name: athlete.name }));
    try {
      await erase(of(athlete.id), said);
      put("erase-says", t("erase.going"));
      await gone(athlete.id);
    } catch (problem) {
      put("erase-says", problem.message);
    }
  };
}

/** Leave once nobody is there any more; an account that went with them leads to the login. */
async function gone(id) {
  const others = async () => (await get("/api/v1/athletes")).items;
  let items = await others();
  while (items.some((one) => one.id === id)) {
    await new Promise((done) => setTimeout(done, WAIT_MS));
    items = await others();
  }
  await forget();
  remember(null);
  location.href = items.length ? "/account" : "/start";
}
