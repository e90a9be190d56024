import { isIP } from 'node:net';
import type { AddHostBody } from '@ferry/api';
import type { Environment, InventoryField, InventoryProblem, SaidHost, SaidValue } from './said-inventory.ts';

const transports: readonly string[] = ['ssh', 'tls', 'tcp', 'unix'];
/** libvirt's parameters of a URI (https://libvirt.org/uri.html) that name files of who connects, and by which way they do. */
const references = [
  { field: 'sshIdentity', parameter: 'keyfile', way: 'ssh' },
  { field: 'knownHosts', parameter: 'known_hosts', way: 'ssh' },
  { field: 'pkiPath', parameter: 'pkipath', way: 'tls' },
  { field: 'authFile', parameter: 'authfile', way: null },
] as const;
/** What a URI is made of that is not said as a whole. */
const parts: readonly InventoryField[] = ['address', 'user', 'port', 'transport'];

/** The host as it is to be added, or all that is wrong with it. */
export function hostOfInventory(
  host: SaidHost,
  environment: Environment,
): { readonly body: AddHostBody | null; readonly problems: readonly InventoryProblem[] } {
  const problems: InventoryProblem[] = [];
  const wrong = (line: number, text: string): void => {
    problems.push({ line, text });
  };
  const plain = host.fields.has('uri') ? wholeUri(host, wrong) : madeUri(host, wrong);
  const uri = plain === null ? null : withReferences(plain, host, environment, wrong);
  const labels = labelsOf(host, wrong);
  const peerUri = host.fields.get('peerUri');
  if (peerUri !== undefined && hasPassword(peerUri.text)) wrong(peerUri.line, passwordInUri('peerUri'));
  if (uri === null || problems.length > 0) return { body: null, problems };
  const name = host.fields.get('name')?.text;
  const trusted = host.fields.get('trustedCopyAddress')?.text;
  return {
    body: {
      uri,
      ...(name === undefined ? {} : { name }),
      ...(peerUri === undefined ? {} : { peerUri: peerUri.text }),
      ...(trusted === undefined ? {} : { trustedCopyAddress: trusted }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    },
    problems,
  };
}

type Wrong = (line: number, text: string) => void;

function wholeUri({ fields }: SaidHost, wrong: Wrong): string | null {
  const uri = fields.get('uri');
  if (uri === undefined) return null;
  for (const part of parts) {
    const said = fields.get(part);
    if (said !== undefined && said.inherited !== true)
      wrong(said.line, `${part}: the uri says that already; say one of them`);
  }
  if (hasPassword(uri.text)) {
    wrong(uri.line, passwordInUri('uri'));
    return null;
  }
  if (/^[a-z]+(?:\+[a-z0-9]+)?:\/\//i.test(uri.text)) return uri.text;
  wrong(uri.line, `uri: "${uri.text}" is no URI of libvirt; qemu+ssh://root@compute11/system is one`);
  return null;
}

function madeUri({ fields, line }: SaidHost, wrong: Wrong): string | null {
  const transport = fields.get('transport') ?? { text: 'ssh', line };
  const address = fields.get('address') ?? fields.get('name');
  const user = userOf(fields, transport.text);
  const port = fields.get('port');
  if (!transports.includes(transport.text)) {
    wrong(transport.line, `transport: "${transport.text}" is none of ${transports.join(', ')}`);
    return null;
  }
  if (transport.text === 'unix') return 'qemu:///system';
  if (address === undefined) {
    wrong(line, 'neither a uri nor an address nor a name is said');
    return null;
  }
  const before = fieldsThatFail(fields, transport.text);
  for (const one of before) wrong(one.line, one.text);
  if (before.length > 0) return null;
  const host = isIP(address.text) === 6 ? `[${address.text}]` : address.text;
  const at = user === undefined ? '' : `${user.text}@`;
  const behind = port === undefined ? '' : `:${port.text}`;
  return `qemu+${transport.text}://${at}${host}${behind}/system`;
}

/** Only ssh has a user: what is said for several hosts is left out by the others. */
function userOf(fields: SaidHost['fields'], transport: string): SaidValue | undefined {
  const user = fields.get('user');
  return user?.inherited === true && transport !== 'ssh' ? undefined : user;
}

function fieldsThatFail(fields: SaidHost['fields'], transport: string): InventoryProblem[] {
  const address = fields.get('address') ?? fields.get('name');
  const user = userOf(fields, transport);
  const port = fields.get('port');
  const problems: InventoryProblem[] = [];
  if (address !== undefined && isIP(address.text) === 0 && !/^[\w.-]{1,253}$/.test(address.text))
    problems.push({ line: address.line, text: `address: "${address.text}" is no name or address of a host` });
  if (user !== undefined && !/^\w[\w.-]*$/.test(user.text))
    problems.push({ line: user.line, text: `user: "${user.text}" is no name of a user` });
  if (user !== undefined && transport !== 'ssh')
    problems.push({ line: user.line, text: `user: only ssh has one, and transport is ${transport}` });
  if (
    port !== undefined &&
    !(/^\d{1,5}$/.test(port.text) && Number(port.text) >= 1 && Number(port.text) < 65_536)
  )
    problems.push({ line: port.line, text: `port: "${port.text}" is no port; 1 to 65535 are` });
  return problems;
}

/** Files are named by their path, or by the variable of the environment that has it; what they hold is never read here. */
function withReferences(
  uri: string,
  { fields }: SaidHost,
  environment: Environment,
  wrong: Wrong,
): string | null {
  const way = /^[a-z]+\+([a-z]+)/i.exec(uri)?.[1] ?? 'unix';
  const pairs = references.flatMap((reference) => {
    const said = fields.get(reference.field);
    if (said === undefined) return [];
    const fits = reference.way === null || reference.way === way;
    if (!fits && said.inherited === true) return [];
    if (!fits) wrong(said.line, `${reference.field}: only ${reference.way} takes one, and the way is ${way}`);
    const path = pathOf(said.text, environment);
    if (path === null)
      wrong(said.line, `${reference.field}: ${said.text.slice(4)} is not set in the environment`);
    else if (!/^(?:\/|~\/)/.test(path))
      wrong(
        said.line,
        `${reference.field}: an absolute path is wanted, or env:NAME of a variable that has one`,
      );
    return [`${reference.parameter}=${encodeURIComponent(path ?? '').replaceAll('%2F', '/')}`];
  });
  if (pairs.length === 0) return uri;
  return `${uri}${uri.includes('?') ? '&' : '?'}${pairs.join('&')}`;
}

function pathOf(text: string, environment: Environment): string | null {
  const value = text.startsWith('env:') ? environment[text.slice(4)] : text;
  if (value === undefined || value === '') return null;
  const home = environment['HOME'];
  return value.startsWith('~/') && home !== undefined ? `${home}${value.slice(1)}` : value;
}

function labelsOf({ fields, labels }: SaidHost, wrong: Wrong): Record<string, string> {
  const group = fields.get('group');
  const all = new Map([...(group === undefined ? [] : [['group', group] as const]), ...labels]);
  for (const [label, { text, line }] of all) {
    if (!/^[A-Za-z0-9][\w./-]{0,62}$/.test(label))
      wrong(line, `label "${label}": letters, digits and . _ / - are wanted, 63 at most`);
    if (text.length > 255)
      wrong(line, `label ${label}: its value has ${text.length} letters, 255 are the most`);
  }
  return Object.fromEntries([...all].map(([label, { text }]) => [label, text]));
}

function hasPassword(uri: string): boolean {
  return /:\/\/[^/?#@]*:[^/?#@]*@/.test(uri) || /[?&][^=&#]*(?:pass|secret|token)[^=&#]*=/i.test(uri);
}

function passwordInUri(field: string): string {
  return `${field}: a password stands in it. Take it out; libvirt reads passwords from a file that authFile names`;
}
