// Where on the foot and leg something can be felt, in a person's words.

import { known, t } from "./words.js";

const NAMES = ["heel", "plantar_fascia", "arch", "metatarsals", "toes", "ankle_med", "ankle_lat", "achilles",
  "calf", "shin", "knee", "hip"];

export const SITES = NAMES.map((name) => [name, t(`site.${name}`)]);
export const site = (name) => known(`site.${name}`, name);
