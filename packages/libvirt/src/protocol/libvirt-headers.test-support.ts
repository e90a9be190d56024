import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The public headers of a release of libvirt, read so far that constants can be held against them. */
export class LibvirtHeaders {
  readonly #text: string;
  readonly #expressions = new Map<string, string>();
  readonly #enums = new Map<string, string[]>();

  constructor(folder: string) {
    const files = readdirSync(folder).filter((file) => file.endsWith('.h'));
    const text = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
    // The last of each enum, behind a condition, only counts the others.
    this.#text = text
      .replaceAll(/\/\*[\s\S]*?\*\//g, '')
      .replaceAll(/^#\s*ifdef VIR_ENUM_SENTINELS[^#]*#\s*endif$/gm, '');
    for (const [, body = '', name = ''] of this.#text.matchAll(/\btypedef enum \{([^}]*)\} (\w+);/g)) {
      this.#enums.set(name, this.#members(body));
    }
  }

  /** An enum's members, each without the first of the prefixes that it has; none where this release lacks it. */
  enum(name: string, ...prefixes: readonly string[]): Map<string, number> {
    const members = this.#enums.get(name) ?? [];
    return new Map(
      members.map((member) => {
        const prefix = prefixes.find((one) => member.startsWith(one));
        if (prefix === undefined)
          throw new Error(`${member} of ${name} begins with none of ${prefixes.join()}`);
        return [member.slice(prefix.length), this.#value(member)];
      }),
    );
  }

  /** Macros that stand for text, without their prefix. */
  texts(prefix: string): Map<string, string> {
    const pattern = new RegExp(`^#\\s*define ${prefix}(\\w+)\\s+"([^"]*)"`, 'gm');
    return new Map([...this.#text.matchAll(pattern)].map(([, name = '', text = '']) => [name, text]));
  }

  #members(body: string): string[] {
    const names: string[] = [];
    for (const member of body.split(',')) {
      const [name = '', expression] = member.replaceAll(/[()\s]/g, '').split('=');
      if (name === '') continue;
      const previous = names.at(-1);
      this.#expressions.set(name, expression ?? (previous === undefined ? '0' : `${previous}+1`));
      names.push(name);
    }
    return names;
  }

  /** Enums are made of numbers, members of others, the next after one, shifts, and what is or-ed of them. */
  #value(expression: string): number {
    const held = this.#expressions.get(expression);
    if (held !== undefined) return this.#value(held);
    for (const [sign, apply] of operators) {
      const at = expression.indexOf(sign);
      if (at > 0) {
        const [left, right] = [expression.slice(0, at), expression.slice(at + sign.length)];
        return apply(this.#value(left), this.#value(right));
      }
    }
    const number = Number(expression.replace(/[uUlL]+$/, ''));
    if (Number.isNaN(number)) throw new Error(`not understood: ${expression}`);
    return number;
  }
}

/** The loosest first. */
const operators: readonly (readonly [string, (left: number, right: number) => number])[] = [
  ['|', (left, right) => left | right],
  ['<<', (left, right) => left << right],
  ['+', (left, right) => left + right],
];
