// What a test of foot and ankle is called.

import { known } from "./words.js";

export const testName = (name) => known(`test.${name}`, name.replaceAll("_", " "));

/** Return the unit of a test as people write it. */
export const testUnit = (unit) => known(`unit.test.${unit}`, unit);
