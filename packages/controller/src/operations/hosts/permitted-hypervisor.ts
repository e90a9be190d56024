import { type Hypervisor, HypervisorError, type HypervisorHost } from '@ferry/hypervisor';
import { ofTarget, replacing } from '../engine/replacing.ts';
import type { HostUris } from './host-uris.ts';

type Migration = HypervisorHost['migration'];

/**
 * The same hosts, but for those whose URI is not used: such a one is as silent as one that is off, and nothing is dialled
 * or started for it. No host is told to reach another one by a URI that is not used for that. Everything that Ferry asks
 * of hosts goes by here, whatever the database or the log of an operation says.
 */
export function permittedHypervisor(hypervisor: Hypervisor, uris: HostUris): Hypervisor {
  const used = new Set<string>();
  return {
    host: (uri) => {
      const why = uris.whyNot(uri);
      if (why !== null) {
        // Connections that it had when it still was allowed would come back by themselves.
        if (used.delete(uri)) void hypervisor.host(uri).close();
        return silentHost(uri, why);
      }
      const host = withPeers(hypervisor.host(uri), uris);
      used.add(uri);
      return host;
    },
    close: () => hypervisor.close(),
  };
}

function withPeers(host: HypervisorHost, uris: HostUris): HypervisorHost {
  const told =
    (name: 'migrateToPeer' | 'resumePostCopy'): Migration[typeof name] =>
    async (options, call) => {
      const why = uris.whyNotPeer(options.targetPeerUri);
      if (why !== null)
        throw new HypervisorError('refused', host.uri, `The target cannot be reached: ${why}`);
      await host.migration[name](options, call);
    };
  const replaced = { migrateToPeer: told('migrateToPeer'), resumePostCopy: told('resumePostCopy') };
  return new Proxy(host, {
    get: (_, property): unknown =>
      property === 'migration' ? replacing(host.migration, replaced) : ofTarget(host, property),
  });
}

/** A host that nothing is asked of: its calls fail, and a look for a domain there tells that it did not answer. */
function silentHost(uri: string, why: string): HypervisorHost {
  const error = (): HypervisorError => new HypervisorError('unreachable', uri, why);
  const part = new Proxy(
    {},
    {
      get: (_, property): unknown => {
        if (property === 'then') return undefined;
        if (property === 'observe') return () => Promise.resolve({ kind: 'unreachable', reason: why });
        return () => failing(error());
      },
    },
  );
  return new Proxy({} as HypervisorHost, {
    get: (_, property): unknown => {
      if (property === 'then') return undefined;
      if (property === 'uri') return uri;
      if (property === 'shell') return null;
      if (property === 'facts') return () => failing(error());
      if (property === 'close') return () => Promise.resolve();
      return part;
    },
  });
}

/** What fails whether it is awaited or looped over. */
function failing(reason: HypervisorError): Promise<never> {
  const failed: Promise<never> = Promise.reject(reason);
  // Who loops over it never looks at the promise itself.
  failed.catch(() => undefined);
  return Object.assign(failed, { [Symbol.asyncIterator]: () => ({ next: () => failed }) });
}
