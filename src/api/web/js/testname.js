// What a test of foot and ankle is called.

import { known } from "./words.js";

export const testName = (name) => known(`test.${name}`, name.replaceAll("_", " "));
