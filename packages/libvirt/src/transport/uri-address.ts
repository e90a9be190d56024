import type { Address, UriDefaults } from './libvirt-uri.ts';
import type { UriParameters, UriParts } from './split-uri.ts';

/** libvirt's ports, as IANA has them. */
const tcpPort = 16_509;
const tlsPort = 16_514;

/** libvirt's names of ways to prove who one is, in OpenSSH's words. */
const sshMethods: Readonly<Record<string, string>> = {
  agent: 'publickey',
  privkey: 'publickey',
  password: 'password',
  'keyboard-interactive': 'keyboard-interactive',
};

/** What the transport of a URI needs to know; without a host it is this one. */
export function addressOf(
  kind: Address['kind'],
  parts: UriParts & { readonly helperUri: string },
  parameters: UriParameters,
  defaults: UriDefaults,
  refuse: (why: string) => Error,
): Address {
  const { port } = parts;
  const host = parts.host ?? 'localhost';
  switch (kind) {
    case 'unix':
      if (parts.host !== null) throw refuse('a unix socket has no host');
      return { kind, socket: parameters.text('socket') };
    case 'tcp':
      return { kind, host, port: port ?? tcpPort };
    case 'tls':
      refusePriority(parameters.text('tls_priority') ?? defaults.tlsPriority ?? 'NORMAL', refuse);
      return {
        kind,
        host,
        port: port ?? tlsPort,
        pkipath: parameters.text('pkipath'),
        verify: !parameters.flag('no_verify'),
      };
    case 'ssh':
      return {
        kind,
        host,
        port,
        user: parts.user,
        command: parameters.text('command'),
        keyfile: parameters.text('keyfile'),
        socket: parameters.text('socket'),
        netcat: parameters.text('netcat'),
        noTty: parameters.flag('no_tty'),
        knownHosts: parameters.text('known_hosts'),
        hostKeys: hostKeysOf(parameters),
        methods: methodsOf(parameters.text('sshauth'), refuse),
        helperUri: parts.helperUri,
      };
    case 'ext': {
      const command = parameters.text('command');
      if (command === null) throw refuse('+ext needs the parameter "command", a program that leads there');
      return { kind, command };
    }
  }
}

function hostKeysOf(parameters: UriParameters): 'known' | 'accept-new' | 'any' {
  if (parameters.flag('no_verify')) return 'any';
  switch (parameters.choice('known_hosts_verify', ['normal', 'auto', 'ignore'])) {
    case 'auto':
      return 'accept-new';
    case 'ignore':
      return 'any';
    default:
      return 'known';
  }
}

function methodsOf(list: string | null, refuse: (why: string) => Error): readonly string[] | null {
  if (list === null) return null;
  const methods = list.split(',').map((name) => {
    const method = sshMethods[name.trim().toLowerCase()];
    if (method === undefined) {
      throw refuse(`"${name}" in "sshauth" is none of ${Object.keys(sshMethods).join(', ')}`);
    }
    return method;
  });
  return [...new Set(methods)];
}

function refusePriority(priority: string, refuse: (why: string) => Error): void {
  if (priority === 'NORMAL') return;
  throw refuse(
    `"tls_priority" is written for GnuTLS, and OpenSSL cannot honour "${priority}": leave it out, or "NORMAL" (TLS 1.2 and later)`,
  );
}
