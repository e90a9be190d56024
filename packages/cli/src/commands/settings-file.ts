import { readFileSync, statSync } from 'node:fs';
import { parse, YAMLParseError } from 'yaml';
import { serveOptions } from './serve-options.ts';
import { SettingsError } from './settings-error.ts';

/** A setting as the file has it, and how the command line would say it. */
interface Setting {
  readonly key: string;
  readonly words: readonly string[];
}

/** What a file of settings says, and all that is wrong with it. */
export interface Settings {
  readonly file: string;
  readonly settings: readonly Setting[];
  readonly problems: readonly string[];
}

/** These say where the file is, or are for one start alone. */
const notInFile = new Set(['config', 'rotate-key']);
const maxBytes = 256 * 1024;

/**
 * Reads the settings of a controller: the options of `ferry serve` without their dashes. A list gives an option several
 * times, a map of names and values is `name=value,…`, `true` is an option without a value. Each is judged by its option.
 */
export function readSettings(file: string): Settings {
  const problems: string[] = [];
  const parsed = contentOf(file, problems);
  if (parsed === null) return { file, settings: [], problems };
  const settings = Object.entries(parsed).flatMap(([key, value]): Setting[] => {
    const words = wordsOf(key, value, problems);
    if (words === null) return [];
    const why = whyNot(words);
    if (why !== null) problems.push(`${key}: ${why}`);
    return [{ key, words }];
  });
  return { file, settings, problems };
}

function contentOf(file: string, problems: string[]): Readonly<Record<string, unknown>> | null {
  try {
    const { mode, size } = statSync(file);
    // It names programs that the controller starts.
    if ((mode & 0o022) !== 0)
      problems.push(
        `others than its owner may write to ${file} (mode ${(mode & 0o777).toString(8)}): chmod go-w it`,
      );
    if (size > maxBytes) {
      problems.push(`${file} has ${size} bytes, at most ${maxBytes} are read`);
      return null;
    }
    const parsed: unknown = parse(readFileSync(file, 'utf8'), { maxAliasCount: 0 });
    if (parsed === null || parsed === undefined) return {};
    if (typeof parsed === 'object' && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
    problems.push('it holds no settings of the form `name: value`');
  } catch (error) {
    problems.push(
      error instanceof YAMLParseError
        ? `it is no YAML: ${error.message.split('\n')[0] ?? ''}`
        : error instanceof Error
          ? error.message
          : String(error),
    );
  }
  return null;
}

function wordsOf(key: string, value: unknown, problems: string[]): string[] | null {
  const option = serveOptions().options.find(({ long }) => long === `--${key}`);
  if (option === undefined || notInFile.has(key)) {
    problems.push(`${key}: there is no such setting${nearest(key)}`);
    return null;
  }
  const takesValue = option.required || option.optional;
  if (!takesValue) {
    if (typeof value === 'boolean') return value ? [`--${key}`] : [];
    problems.push(`${key}: true or false is wanted`);
    return null;
  }
  const values = (Array.isArray(value) ? value : [value]).map(textOf);
  if (values.some((text) => text === null)) {
    problems.push(`${key}: a value is wanted`);
    return null;
  }
  return values.flatMap((text) => [`--${key}`, text ?? '']);
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.entries(value)
    .map(([name, one]) => `${name}=${String(one)}`)
    .join(',');
}

/** What the option itself says to a value; null: it is good. */
function whyNot(words: readonly string[]): string | null {
  try {
    serveOptions()
      .configureOutput({ writeErr: () => undefined })
      .action(() => undefined)
      .parse([...words], { from: 'user' });
    return null;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return text.replace(/^error: (?:option '[^']*' argument '[^']*' is invalid\. )?/, '');
  }
}

/** The setting that has most in common with a mistyped one. */
function nearest(key: string): string {
  const names = serveOptions()
    .options.map(({ long }) => (long ?? '').slice(2))
    .filter((name) => !notInFile.has(name));
  const plain = key.replaceAll('_', '-').replaceAll(/([A-Z])/g, (letter) => `-${letter.toLowerCase()}`);
  const found = names.find((name) => name === plain || name.startsWith(plain) || plain.startsWith(name));
  return found === undefined ? ' (`ferry serve --help` has all of them)' : `; is ${found} meant?`;
}

/**
 * The command line of `ferry serve` with the settings of its file put before what it says itself: what comes later wins.
 * Throws SettingsError with all that is wrong in the file.
 */
export function withSettings(argv: readonly string[]): readonly string[] {
  const file = fileOf(argv);
  if (file === null) return argv;
  const { settings, problems } = readSettings(file);
  if (problems.length > 0)
    throw new SettingsError(
      `The settings in ${file} are not good:\n${problems.map((one) => `  ${one}`).join('\n')}\nNothing was started. \`ferry config check ${file}\` reads it again.`,
    );
  return [...argv.slice(0, 3), ...settings.flatMap(({ words }) => words), ...argv.slice(3)];
}

function fileOf(argv: readonly string[]): string | null {
  const at = argv.findIndex((word) => word === '--config' || word.startsWith('--config='));
  const word = argv[at];
  if (word === undefined) return process.env['FERRY_CONFIG'] ?? null;
  return word.includes('=') ? word.slice('--config='.length) : (argv[at + 1] ?? null);
}
