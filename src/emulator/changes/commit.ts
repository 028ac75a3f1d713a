import type { StatePart } from "../state.ts";

/** Makes a change of a part, which can be taken back. */
export type Commit = (part: StatePart, apply: () => void, revert: () => void) => void;
