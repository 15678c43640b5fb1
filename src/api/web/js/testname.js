// What a test of foot and ankle is called.

import { written } from "./numbers.js";
import { known } from "./words.js";

export const testName = (name) => known(`test.${name}`, name.replaceAll("_", " "));

/** Return the unit of a test as people write it. */
export const testUnit = (unit) => known(`unit.test.${unit}`, unit);

/** Return a result as people write it: what is counted has no decimals. */
export const testValue = (value, unit) => `${written(value, Number.isInteger(value) ? 0 : 1)} ${testUnit(unit)}`.trim();
