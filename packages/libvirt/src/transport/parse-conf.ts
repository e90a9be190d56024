import { ClientError } from '../errors.ts';

/** A value of a configuration file. */
export type ConfValue = string | bigint | readonly ConfValue[];

/** A setting, and the line where it begins, from 1. */
export interface ConfEntry {
  readonly value: ConfValue;
  readonly line: number;
}

const blanks = /[ \t]*/y;
const blanksAndLines = /\s*/y;
const comments = /#[^\r\n]*/y;
const names = /[a-z]\w*/iy;
const numbers = /[+-]?\d+/y;
const separators = /;|\r?\n|\r/y;
/** No escapes. A long string alone may go over several lines. */
const strings = /"""([^]*?)"""|"(?!"")([^"\r\n]*)"|'([^'\r\n]*)'/y;

/**
 * Reads the format of libvirt's own configuration files (virconf.c): `name = value` on lines or between semicolons; values
 * are "text", 'text', """text""", whole numbers and [lists, of, them]; `#` begins a comment, except inside of a list. Of two
 * settings of one name the first counts. Throws ClientError `bad-configuration` with file and line.
 */
export function parseConf(text: string, file: string): ReadonlyMap<string, ConfEntry> {
  let at = 0;
  const line = (): number => text.slice(0, at).split('\n').length;
  const expected = (what: string): ClientError =>
    new ClientError('bad-configuration', `${file}:${line()}: ${what} is expected`, { mayHaveRun: false });
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) at += match[0].length;
    return match;
  };
  const takeSign = (sign: string): boolean => {
    const there = text.startsWith(sign, at);
    if (there) at += sign.length;
    return there;
  };
  const value = (): ConfValue => {
    const quoted = take(strings);
    if (quoted !== null) return quoted[1] ?? quoted[2] ?? quoted[3] ?? '';
    if (text[at] === '"' || text[at] === "'") throw expected(`the end of the text, ${text[at]},`);
    if (takeSign('[')) return list();
    const number = take(numbers);
    if (number !== null) return BigInt(number[0].replace('+', ''));
    throw expected('a value ("text", number or [list])');
  };
  const list = (): readonly ConfValue[] => {
    const values: ConfValue[] = [];
    for (;;) {
      take(blanksAndLines);
      if (takeSign(']')) return values;
      values.push(value());
      take(blanksAndLines);
      if (!takeSign(',') && text[at] !== ']') throw expected('"," or "]" in a list');
    }
  };

  const entries = new Map<string, ConfEntry>();
  for (;;) {
    take(blanksAndLines);
    if (at === text.length) return entries;
    if (take(comments) !== null) continue;
    const begins = line();
    const name = take(names)?.[0];
    if (name === undefined) throw expected('the name of a setting');
    take(blanks);
    if (!takeSign('=')) throw expected(`"=" after "${name}"`);
    take(blanks);
    const entry = { value: value(), line: begins };
    if (!entries.has(name)) entries.set(name, entry);
    take(blanks);
    take(comments);
    if (at < text.length && take(separators) === null) throw expected('the end of the line');
  }
}
