import type { Part } from './part.ts';

/** What the gate leaves out, in pieces that a slice can hold. */
export const thoroughParts: readonly Part[] = [];
