import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Of a former version: nothing is known of its types. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Any = any;

/** A checkout of a former version, with its npm packages. */
export class FormerVersion {
  readonly #checkout: string;

  constructor(checkout: string) {
    this.#checkout = resolve(checkout);
  }

  /** A module of it. */
  part(path: string): Promise<Any> {
    return import(pathToFileURL(join(this.#checkout, path)).href);
  }

  /** A module of its operations. */
  operations(path: string): Promise<Any> {
    return this.part(`packages/controller/src/operations/${path}`);
  }

  hasOperations(path: string): boolean {
    return existsSync(join(this.#checkout, 'packages/controller/src/operations', path));
  }

  npm(name: string): Any {
    return createRequire(join(this.#checkout, 'package.json'))(name);
  }
}
