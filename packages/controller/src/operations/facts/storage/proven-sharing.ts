import { randomUUID } from 'node:crypto';
import type { Call } from '@ferry/hypervisor';
import type { DomainFacts, ImageSharing } from '@ferry/model';
import { compareBase } from '../base-images/compare-base.ts';
import { inspectDevices } from '../devices/inspect-devices.ts';
import { inspectDisks } from '../inspect-disks.ts';
import type { Services } from '../../engine/services.ts';
import type { Places } from './places-of.ts';

/** What is proven of each file and each device, by its own means. */
export async function provenSharing(
  services: Services,
  sites: Parameters<typeof compareBase>[1],
  disks: DomainFacts['disks'],
  places: Places,
  sharedDevices: readonly string[],
  call: Call,
): Promise<ImageSharing[]> {
  const [source, target] = [sites.source.host, sites.target.host];
  const files = await inspectDisks(
    source,
    target,
    disks,
    places,
    `.ferry-probe-${randomUUID()}`,
    (path, targetPath) => compareBase(services, sites, path, targetPath, call),
    call,
  );
  const devices = await inspectDevices({ source, target, disks, places, sharedDevices }, call);
  return [...files, ...devices];
}
