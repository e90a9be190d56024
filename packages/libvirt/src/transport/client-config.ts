import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ClientError } from '../errors.ts';
import type { UriDefaults, LibvirtUri } from './libvirt-uri.ts';
import { type ConfEntry, type ConfValue, parseConf } from './parse-conf.ts';
import { parseLibvirtUri } from './uri.ts';

/** What libvirt.conf says to clients. */
export interface ClientConfig {
  readonly aliases: ReadonlyMap<string, string>;
  readonly defaultUri: string | null;
  readonly defaults: UriDefaults;
}

/** Where libvirt looks for it: in /etc for root, and only with the user's own files for everybody else. */
export function clientConfigPath(uid: number, env: Readonly<Record<string, string | undefined>>): string {
  if (uid === 0) return '/etc/libvirt/libvirt.conf';
  const home = env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config');
  return join(home, 'libvirt/libvirt.conf');
}

/** Reads a libvirt.conf; one that is not there says nothing. Rejects with `bad-configuration`. */
async function readClientConfig(file: string): Promise<ClientConfig> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : '';
    if (code === 'ENOENT' || code === 'ENOTDIR') text = '';
    else
      throw bad(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  }
  return clientConfig(text, file);
}

/** What a libvirt.conf means; settings that are not for clients' connections are left alone. */
export function clientConfig(text: string, file: string): ClientConfig {
  const entries = parseConf(text, file);
  const read = <T>(name: string, take: (value: ConfValue) => T | undefined, what: string): T | undefined => {
    const entry = entries.get(name);
    if (entry === undefined) return undefined;
    const taken = take(entry.value);
    if (taken === undefined) throw wrong(file, entry, name, what);
    return taken;
  };
  return {
    aliases:
      read('uri_aliases', aliasesOf, 'a list of "ALIAS=URI"; an alias has letters, digits, _ and -') ??
      new Map(),
    defaultUri: read('uri_default', textOf, 'a text') ?? null,
    defaults: {
      mode: read('remote_mode', oneOf('auto', 'legacy', 'direct'), '"auto", "legacy" or "direct"'),
      proxy: read('remote_proxy', oneOf('auto', 'netcat', 'native'), '"auto", "netcat" or "native"'),
      tlsPriority: read('tls_priority', textOf, 'a text'),
    },
  };
}

function oneOf<T extends string>(...choices: readonly T[]): (value: ConfValue) => T | undefined {
  return (value) => choices.find((choice) => choice === value);
}

function textOf(value: ConfValue): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function aliasesOf(value: ConfValue): ReadonlyMap<string, string> | undefined {
  if (!Array.isArray(value)) return undefined;
  const aliases = new Map<string, string>();
  for (const text of value as readonly ConfValue[]) {
    const [, alias, uri] = (typeof text === 'string' && /^([\w-]*)=(.*)$/s.exec(text)) || [];
    if (alias === undefined || uri === undefined) return undefined;
    if (!aliases.has(alias)) aliases.set(alias, uri);
  }
  return aliases;
}

function wrong(file: string, { line }: ConfEntry, name: string, what: string): ClientError {
  return bad(`${file}:${line}: "${name}" is ${what}`);
}

function bad(message: string, cause?: unknown): ClientError {
  return new ClientError('bad-configuration', message, { mayHaveRun: false, cause });
}

/** Where to look beside the URI. */
export interface FindOptions {
  /** libvirt.conf: libvirt's own place when not given, null for none. */
  readonly configFile?: string | null | undefined;
}

/**
 * Reads a URI, or an alias of libvirt.conf. An empty one is what LIBVIRT_DEFAULT_URI says, else `uri_default` of
 * libvirt.conf, else whatever the local daemon chooses. Rejects with `unsupported-uri` and `bad-configuration`.
 */
export async function findDaemon(
  uri: string,
  { configFile }: FindOptions,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<LibvirtUri> {
  if (configFile === null) return parseLibvirtUri(uri || env['LIBVIRT_DEFAULT_URI'] || '');
  const file = configFile ?? clientConfigPath(process.geteuid?.() ?? 0, env);
  const { aliases, defaultUri, defaults } = await readClientConfig(file);
  const wanted = uri || env['LIBVIRT_DEFAULT_URI'] || defaultUri || '';
  return parseLibvirtUri(aliases.get(wanted) ?? wanted, defaults);
}
