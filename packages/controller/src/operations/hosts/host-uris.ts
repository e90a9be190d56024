import type { Host } from '@ferry/model';
import type { HostsFile } from './hosts-file.ts';

/** A host's URIs, the own one and the one by which other hosts reach it. */
export type UrisOfHost = Pick<Host, 'uri' | 'peerUri'>;

type List = 'uris' | 'peerUris';

const nameOf: Readonly<Record<List, string>> = { uris: 'URI', peerUris: 'peer URI' };

const plainForm =
  'A plain URI is qemu+tls://HOST[:PORT]/system, qemu+tcp://… or qemu+ssh://[USER@]HOST[:PORT]/system, the latter also with mode, proxy and no_tty';

/**
 * Which URIs are used at all: plain ones, and those that stand in the owner's file. Whoever may add hosts by the API is
 * not root on the controller, nor on the hosts, and a URI can name programs and files of whoever uses it: the controller,
 * or the libvirtd of the source, which runs as root.
 */
export class HostUris {
  readonly #file: HostsFile;
  readonly #whyNotPlain: (uri: string) => readonly string[];

  constructor(file: HostsFile, whyNotPlain: (uri: string) => readonly string[]) {
    this.#file = file;
    this.#whyNotPlain = whyNotPlain;
  }

  /** Why the controller does not use a URI; null when it does. */
  whyNot(uri: string): string | null {
    return this.#whyNot(uri, ['uris']);
  }

  /** Why no host is told to reach another one by a URI; null when it is. */
  whyNotPeer(uri: string): string | null {
    return this.#whyNot(uri, ['peerUris']);
  }

  /** All that keeps a host from being used, with what to do; null: nothing. */
  whyNotHost({ uri, peerUri }: UrisOfHost): string | null {
    const reasons =
      uri === peerUri
        ? [this.#whyNot(uri, ['uris', 'peerUris'])]
        : [this.whyNot(uri), this.whyNotPeer(peerUri)];
    const told = reasons.filter((one) => one !== null);
    return told.length === 0 ? null : `${told.join('. ')}. ${plainForm}`;
  }

  #whyNot(uri: string, lists: readonly List[]): string | null {
    const reasons = this.#whyNotPlain(uri);
    if (reasons.length === 0) return null;
    const { path, allowed } = this.#file;
    const missing = lists.filter((list) => allowed.kind !== 'read' || !allowed[list].has(uri));
    if (missing.length === 0) return null;
    const names = missing.map((list) => nameOf[list]).join(' and ');
    const under = missing.map((list) => `"${list}"`).join(' and ');
    const file = allowed.kind === 'bad' ? `, which does not count: ${allowed.why}` : '';
    return `its ${names} ${shown(uri)} is not plain: ${reasons.join('; ')}. Only the owner of the controller allows such a one, letter by letter under ${under} in ${path}${file}`;
  }
}

/** A password that somebody wrote into a URI does not go into messages, nor does a text without end. */
function shown(uri: string): string {
  const hidden = uri
    .replace(/:\/\/([^/?#@:]*):[^/?#@]*@/, '://$1:***@')
    .replace(/([?&][^=&#]*(?:pass|secret|token)[^=&#]*=)[^&#]*/gi, '$1***');
  return hidden.length > 300 ? `${hidden.slice(0, 300)}…` : hidden;
}
