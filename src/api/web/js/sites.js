// Where on the foot and leg something can be felt, in a person's words.

export const SITES = [
  ["heel", "Heel"], ["plantar_fascia", "Sole"], ["arch", "Arch"], ["metatarsals", "Ball of the foot"], ["toes", "Toes"],
  ["ankle_med", "Inner ankle"], ["ankle_lat", "Outer ankle"], ["achilles", "Achilles"], ["calf", "Calf"],
  ["shin", "Shin"], ["knee", "Knee"], ["hip", "Hip"],
];
const NAMES = Object.fromEntries(SITES);

export const site = (name) => NAMES[name] ?? name;
