import type { Release } from '@ferry/lab';

/** The rings of tests, vitest's projects; `unit-alone`: tests beside the code that replace a module for all that import it. */
export type Ring = 'unit' | 'unit-alone' | 'sim' | 'postgres' | 'web' | 'compat' | 'lab';

/**
 * A piece of what the gate leaves out: run as a whole, by `make test-all`, by the slice of a day, and in the gate when
 * the change touches what it proves.
 */
export interface Part {
  readonly name: string;
  readonly ring: Ring;
  /** Paths of test files from the repository's root. A part runs them whole. */
  readonly files: readonly string[];
  /** What of them the gate leaves out: `whole` files, or their tests with the tag `thorough`. */
  readonly leftOut: 'whole' | 'thorough';
  /** Folders and files whose change, or that of what they import, brings the part into the gate. */
  readonly proves: readonly string[];
  /** How long it takes on two cores with nothing beside it, as measured: what a slice can hold is reckoned by it. */
  readonly minutes: number;
  /** Releases whose hosts it needs beside the usual one; their roots are made once, and never for the gate. */
  readonly releases?: readonly Release[];
  readonly env?: Readonly<Record<string, string>>;
}
