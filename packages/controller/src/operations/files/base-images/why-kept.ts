import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { type Call, HypervisorError } from '@ferry/hypervisor';
import type { Host } from '@ferry/model';
import type { Services } from '../../engine/services.ts';
import { HostImages } from '../../facts/base-images/host-images.ts';
import { othersWithBase } from '../../facts/base-images/others-with-base.ts';

/** What does not count as a use. */
export interface Exclusions {
  /** The migration that takes it back, and its instance. */
  readonly migrationId?: string;
  readonly instanceId?: string;
  /** Instances that are being created wait for whoever brings it: half a file they do not need. */
  readonly creations?: 'do-not-count';
  /** Hosts that are known not to see it. */
  readonly hostIds?: readonly string[];
  /** A host that does not answer cannot have begun to use it. */
  readonly silentHosts?: 'cannot-use-it';
}

/**
 * Why a base image stays: who on its host, or on another that sees the same file, stands on it or is about to, or what
 * cannot be told. Null when nothing needs it. All domains are looked at, whether Ferry looks after them or not.
 */
export async function whyKept(
  services: Services,
  host: Host,
  path: string,
  call: Call,
  aside: Exclusions = {},
): Promise<string | null> {
  const { need } = await othersWithBase(services, host.id, path, aside.migrationId ?? null);
  if (need.length > 0) {
    const names = need.map(({ id, instanceName }) => `${id} (${instanceName})`);
    return `it is needed by migration ${names.join(', ')}`;
  }
  const created = await services.store.creations.needing(host.id, path, aside.instanceId ?? null);
  if (created.length > 0 && aside.creations !== 'do-not-count')
    return `it is needed by ${created.join(', ')}, created on ${host.name} now`;
  const here = await neededOn(services, host, path, call, aside);
  if (here !== null) return here;
  for (const other of await services.store.hosts.list()) {
    if (other.id === host.id || aside.hostIds?.includes(other.id) === true) continue;
    const there = await neededElsewhere(services, host, other, path, call, aside);
    if (there !== null) return there;
  }
  return null;
}

async function neededOn(
  services: Services,
  { uri, name }: Host,
  path: string,
  call: Call,
  { instanceId }: Exclusions,
): Promise<string | null> {
  const images = await HostImages.look(services.hypervisor.host(uri), [path], call);
  const users = images.users(path).filter(({ id }) => id !== instanceId);
  if (users.length > 0) return `${users.map((user) => user.name).join(', ')} on ${name} stands on it`;
  const overlays = images.overlays(path);
  if (overlays.length > 0)
    return `${overlays.join(', ')} on ${name} stands on it, though no domain there has that disk`;
  const [unread] = images.unread();
  if (unread !== undefined) return `on ${name} ${unread.what}`;
  const [unseen] = images.unseen();
  if (unseen === undefined) return null;
  return `what ${unseen.disk} of ${unseen.domain} on ${name} stands on cannot be seen`;
}

/** Another host may see the same file: that is proven by a probe file beside it. */
async function neededElsewhere(
  services: Services,
  host: Host,
  other: Host,
  path: string,
  call: Call,
  aside: Exclusions,
): Promise<string | null> {
  const [here, there] = [host, other].map(({ uri }) => services.hypervisor.host(uri).storage);
  const [directory, probe] = [dirname(path), `.ferry-probe-${randomUUID()}`];
  await here?.ensureProbeFile(directory, probe, call);
  try {
    const seen = await there?.seesProbeFile(directory, probe, call);
    return seen === true ? await neededOn(services, other, path, call, aside) : null;
  } catch (error) {
    if (!(error instanceof HypervisorError)) throw error;
    if (aside.silentHosts === 'cannot-use-it') return null;
    return `${other.name} did not tell whether it sees and uses it: ${error.message}`;
  } finally {
    await here?.ensureNoProbeFile(directory, probe, call);
  }
}
