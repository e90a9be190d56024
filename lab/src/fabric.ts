import { labEnvironment, type LabPaths } from './lab-paths.ts';
import { must } from './run.ts';

/** Addresses are of TEST-NET-3 and exist inside the lab's namespaces only. */
export const hostAddress = (number: number): string => `203.0.113.${number}`;
export const ctlNumber = 1;
/** Where the controller's namespace stands in the guests' network. */
const ctlGuestAddress = '203.0.113.130/25';

/** Makes the namespace that joins all others, one bridge for the hosts, one for their guests; and the controller's. */
export async function makeFabric(paths: LabPaths): Promise<void> {
  const { fabric, ctl } = paths;
  await ip(paths, ['netns', 'add', fabric]);
  await ip(paths, ['netns', 'add', ctl]);
  for (const bridge of ['br-host', 'br-guest']) {
    await ip(paths, ['-n', fabric, 'link', 'add', bridge, 'type', 'bridge']);
    await ip(paths, ['-n', fabric, 'link', 'set', bridge, 'up']);
  }
  await wire(paths, ctl, ctlNumber);
  await ip(paths, ['-n', ctl, 'addr', 'add', ctlGuestAddress, 'dev', 'eth1']);
}

/** Makes a host's network namespace: its own address on eth0, a bridge for its guests on eth1. */
export async function makeHostNetwork(paths: LabPaths, host: string, number: number): Promise<void> {
  const namespace = paths.namespace(host);
  await ip(paths, ['netns', 'add', namespace]);
  await wire(paths, namespace, number);
  await ip(paths, ['-n', namespace, 'link', 'add', 'br-ex', 'type', 'bridge']);
  await ip(paths, ['-n', namespace, 'link', 'set', 'br-ex', 'up']);
  await ip(paths, ['-n', namespace, 'link', 'set', 'eth1', 'master', 'br-ex']);
}

/** The fabric's ends of a host's two cables. */
export const cablesOf = (number: number): readonly [string, string] => [`host${number}`, `guest${number}`];

/** Both ends of a cable are made inside namespaces: nothing ever stands in the machine's own. */
async function wire(paths: LabPaths, namespace: string, number: number): Promise<void> {
  const { fabric } = paths;
  const [hostCable, guestCable] = cablesOf(number);
  for (const [inside, outside, bridge] of [
    ['eth0', hostCable, 'br-host'],
    ['eth1', guestCable, 'br-guest'],
  ] as const) {
    const peer = ['peer', 'name', inside, 'netns', namespace];
    await ip(paths, ['link', 'add', outside, 'netns', fabric, 'type', 'veth', ...peer]);
    await ip(paths, ['-n', fabric, 'link', 'set', outside, 'master', bridge, 'up']);
    await ip(paths, ['-n', namespace, 'link', 'set', inside, 'up']);
  }
  await ip(paths, ['-n', namespace, 'link', 'set', 'lo', 'up']);
  await ip(paths, ['-n', namespace, 'addr', 'add', `${hostAddress(number)}/25`, 'dev', 'eth0']);
}

/** Marked as the lab's: should the lab be killed now, this command is found and ended before it makes more. */
async function ip(paths: LabPaths, words: readonly string[]): Promise<void> {
  await must(['ip', ...words], { env: labEnvironment(paths) });
}
