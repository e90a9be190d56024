import type { LabPaths } from './lab-paths.ts';
import { must } from './run.ts';

/** Addresses are of TEST-NET-3 and exist inside the lab's namespaces only. */
export const hostAddress = (number: number): string => `203.0.113.${number}`;
export const ctlNumber = 1;
/** Where the controller's namespace stands in the guests' network. */
const ctlGuestAddress = '203.0.113.130/25';

/** Makes the namespace that joins all others: one bridge for the hosts, one for their guests. */
export async function makeFabric(paths: LabPaths): Promise<void> {
  const { fabric, ctl } = paths;
  await must(['ip', 'netns', 'add', fabric]);
  for (const bridge of ['br-host', 'br-guest']) {
    await must(['ip', '-n', fabric, 'link', 'add', bridge, 'type', 'bridge']);
    await must(['ip', '-n', fabric, 'link', 'set', bridge, 'up']);
  }
  await must(['ip', 'netns', 'add', ctl]);
  await wire(paths, ctl, ctlNumber);
  await must(['ip', '-n', ctl, 'addr', 'add', ctlGuestAddress, 'dev', 'eth1']);
}

/** Makes a host's network namespace: its own address on eth0, a bridge for its guests on eth1. */
export async function makeHostNetwork(paths: LabPaths, host: string, number: number): Promise<void> {
  const namespace = paths.namespace(host);
  await must(['ip', 'netns', 'add', namespace]);
  await wire(paths, namespace, number);
  await must(['ip', '-n', namespace, 'link', 'add', 'br-ex', 'type', 'bridge']);
  await must(['ip', '-n', namespace, 'link', 'set', 'br-ex', 'up']);
  await must(['ip', '-n', namespace, 'link', 'set', 'eth1', 'master', 'br-ex']);
}

/** Both ends of a cable are made inside namespaces: nothing ever stands in the machine's own. */
async function wire(paths: LabPaths, namespace: string, number: number): Promise<void> {
  const ends = [
    ['eth0', `host${number}`, 'br-host'],
    ['eth1', `guest${number}`, 'br-guest'],
  ] as const;
  for (const [inside, outside, bridge] of ends) {
    await must([
      'ip',
      'link',
      'add',
      outside,
      'netns',
      paths.fabric,
      'type',
      'veth',
      'peer',
      'name',
      inside,
      'netns',
      namespace,
    ]);
    await must(['ip', '-n', paths.fabric, 'link', 'set', outside, 'master', bridge, 'up']);
    await must(['ip', '-n', namespace, 'link', 'set', inside, 'up']);
  }
  await must(['ip', '-n', namespace, 'link', 'set', 'lo', 'up']);
  await must(['ip', '-n', namespace, 'addr', 'add', `${hostAddress(number)}/25`, 'dev', 'eth0']);
}
