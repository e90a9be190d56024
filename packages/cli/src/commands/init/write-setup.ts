import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readSettings } from '../settings-file.ts';
import { type Setup, SetUpError } from './ask-for-setup.ts';

/** Where it is written. */
export interface SetupPlace {
  readonly config: string;
  readonly dataDirectory: string;
  /** Settings that are there may be replaced. */
  readonly force: boolean;
}

/** What was written. */
export interface WrittenSetup {
  readonly config: string;
  readonly dataDirectory: string;
  /** The authority that clients are to believe; null: there is none of its own. */
  readonly authority: string | null;
  readonly url: string;
  readonly told: readonly string[];
}

/** Days for which a server's certificate is good; browsers take none that is longer. */
const certificateDays = 397;

/** Writes settings and certificate, or nothing: all that could be in the way is looked at first. Throws SetUpError. */
export async function writeSetup(setup: Setup, place: SetupPlace): Promise<WrittenSetup> {
  const config = resolve(place.config);
  const folder = dirname(config);
  refuseToReplace(config, place.force);
  const told: string[] = [];
  const tls = await prepareTls(setup, join(folder, 'tls'));
  makeFolder(folder, 0o755);
  const owner = ownerOf();
  for (const { file, text, mode } of tls.files) {
    makeFolder(dirname(file), 0o755);
    writeOwned(file, text, mode, owner);
    told.push(`wrote ${file}`);
  }
  if (existsSync(config)) {
    const former = formerName(config);
    renameSync(config, former);
    told.push(`kept the former settings in ${former}`);
  }
  writeOwned(config, settingsText(setup, resolve(place.dataDirectory), tls), 0o640, owner);
  told.push(`wrote ${config}`);
  const { problems } = readSettings(config);
  if (problems.length > 0)
    throw new SetUpError(`${config} was written, and is not good: ${problems.join('; ')}`);
  return {
    config,
    dataDirectory: resolve(place.dataDirectory),
    authority: tls.authority,
    url: urlOf(setup),
    told,
  };
}

/** The first name that is free: what was kept once is not written over by the next. */
function formerName(config: string): string {
  const free = (count: number): string => (count === 1 ? `${config}.former` : `${config}.former.${count}`);
  let count = 1;
  while (existsSync(free(count))) count += 1;
  return free(count);
}

/** Settings that somebody has made are not written over; those that the package brought say nothing of their own. */
function refuseToReplace(config: string, force: boolean): void {
  if (force || !existsSync(config)) return;
  const { settings, problems } = readSettings(config);
  const usual: Readonly<Record<string, string>> = { 'data-dir': '/var/lib/ferry', listen: '127.0.0.1:8774' };
  const own = settings.filter(({ key, words }) => usual[key] !== words[1]);
  if (problems.length === 0 && own.length === 0) return;
  const what = [...own.map(({ key }) => key), ...problems].join(', ');
  throw new SetUpError(
    `${config} is there already and says more than what is usual (${what}). Nothing was changed: edit it and run \`ferry config check\`, or have it replaced with --force.`,
  );
}

interface PreparedTls {
  readonly certFile: string | null;
  readonly keyFile: string | null;
  readonly authority: string | null;
  readonly files: readonly { readonly file: string; readonly text: string; readonly mode: number }[];
}

async function prepareTls({ tls }: Setup, folder: string): Promise<PreparedTls> {
  const { makeOwnAuthority, readTlsCertificate, StartError } = await import('@ferry/controller/set-up');
  switch (tls.kind) {
    case 'none':
      return { certFile: null, keyFile: null, authority: null, files: [] };
    case 'files': {
      const files = { certFile: resolve(tls.certFile), keyFile: resolve(tls.keyFile) };
      try {
        readTlsCertificate(files);
      } catch (error) {
        throw error instanceof StartError ? new SetUpError(error.message) : error;
      }
      return { ...files, authority: null, files: [] };
    }
    case 'own': {
      const [authority, certFile, keyFile] = ['ca.crt', 'server.crt', 'server.key'].map((name) =>
        join(folder, name),
      ) as [string, string, string];
      const there = [authority, join(folder, 'ca.key'), certFile, keyFile].filter((file) => existsSync(file));
      if (there.length > 0)
        throw new SetUpError(
          `${there.join(', ')} ${there.length === 1 ? 'is' : 'are'} there already, and clients may believe that authority. Nothing was changed: use them with --tls ${certFile},${keyFile}, or move that folder away.`,
        );
      const made = await makeOwnAuthority(tls.names, certificateDays);
      return {
        certFile,
        keyFile,
        authority,
        files: [
          { file: authority, text: made.authority, mode: 0o644 },
          { file: join(folder, 'ca.key'), text: made.authorityKey, mode: 0o600 },
          { file: certFile, text: made.certificate, mode: 0o644 },
          { file: keyFile, text: made.key, mode: 0o640 },
        ],
      };
    }
  }
}

function settingsText({ listen, database }: Setup, dataDirectory: string, tls: PreparedTls): string {
  const lines = [
    '# Settings of the Ferry controller: the options of `ferry serve` without their dashes (`ferry serve --help`).',
    '# `ferry config check` reads this file and says what is wrong in it.',
    '',
    `data-dir: ${JSON.stringify(dataDirectory)}`,
    '',
    '# Address of the APIs.',
    `listen: ${JSON.stringify(listen)}`,
    ...(tls.certFile === null
      ? []
      : [`tls-cert: ${JSON.stringify(tls.certFile)}`, `tls-key: ${JSON.stringify(tls.keyFile)}`]),
    '',
    database === null
      ? '# database: postgres://ferry@db/ferry   for several controllers; a password stands in the environment (FERRY_DATABASE_URL)'
      : `database: ${JSON.stringify(database)}`,
    '',
    '# Powers a host off before its guests are started elsewhere; gets its name, exit code 0 says that it is off.',
    '# fence-hook: /usr/local/sbin/power-off',
  ];
  return `${lines.join('\n')}\n`;
}

/** The address that clients on this machine use. */
function urlOf({ listen, tls }: Setup): string {
  const here = listen.replace(/^(?:0\.0\.0\.0|\[::\])(?=:)/, 'localhost');
  return `${tls.kind === 'none' ? 'http' : 'https'}://${here}`;
}

/** The group of the installed controller's user, where there is one: it must read what root writes. */
function ownerOf(): number | null {
  if (process.getuid?.() !== 0) return null;
  const group = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'ferry');
  return group === undefined ? null : Number(group[2]);
}

function writeOwned(file: string, text: string, mode: number, group: number | null): void {
  writeFileSync(file, text, { mode });
  if (group !== null) chownSync(file, statSync(file).uid, group);
}

function makeFolder(folder: string, mode: number): void {
  try {
    mkdirSync(folder, { recursive: true, mode });
  } catch (error) {
    throw new SetUpError(
      `${folder} cannot be made: ${error instanceof Error ? error.message : String(error)}. Run as root, or name other places with --config and --data-dir.`,
    );
  }
}
