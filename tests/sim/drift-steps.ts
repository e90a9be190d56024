import { randomUUID } from 'node:crypto';
import type { InstanceBody } from '@ferry/api';
import { Stage, until } from './world.ts';

/** A controller that looks at its hosts all the time. */
export const openStage = (): Promise<Stage> => Stage.open({}, { watchIntervalMs: 10 });

/** Somebody else's tool moves a guest: as `virsh migrate --persistent --undefinesource` leaves it. */
export function moveByHand(stage: Stage, id: string, from: string, to: string): void {
  const domain = stage.world.host(from).domains.get(id);
  if (domain === undefined) throw new Error(`${from} has no ${id}`);
  stage.world.host(to).domains.set(id, { ...domain, reason: 'migrated' });
  stage.world.host(from).domains.delete(id);
}

/** Somebody moves it to another host and back by hand, and Ferry follows: a host that had it is believed to have it again. */
export async function hadBy(stage: Stage, id: string, host: string): Promise<void> {
  moveByHand(stage, id, 'compute11', host);
  await well(stage, host);
  moveByHand(stage, id, host, 'compute11');
  await well(stage, 'compute11');
}

/** A host has a copy of a guest that is on another one. */
export function copyTo(
  stage: Stage,
  id: string,
  to: string,
  state: 'running' | 'paused' | 'shutoff',
  reason: string,
  from = 'compute11',
): void {
  const domain = stage.world.host(from).domains.get(id);
  if (domain === undefined) throw new Error(`${from} has no ${id}`);
  stage.world.host(to).domains.set(id, { ...domain, state, reason });
}

export function instanceWhen(
  stage: Stage,
  what: string,
  when: (instance: InstanceBody) => boolean,
): Promise<InstanceBody> {
  let last: InstanceBody | null = null;
  return until(
    () => `the instance ${what}; it is ${JSON.stringify(last)}`,
    async () => {
      last = await stage.client().instance('web');
      return when(last) ? last : null;
    },
  );
}

export const withFault = (stage: Stage, kind: string): Promise<InstanceBody> =>
  instanceWhen(stage, kind, ({ fault }) => fault?.kind === kind);
export const well = (stage: Stage, host: string): Promise<InstanceBody> =>
  instanceWhen(stage, `well on ${host}`, (one) => one.fault === null && one.host === host);

/** Waits until whole rounds of looks have begun and ended from now on. */
export async function rounds(stage: Stage, count = 3): Promise<void> {
  const looks = () => stage.world.faults.calls.filter((one) => one === 'compute13 domains.powers').length;
  const from = looks();
  await until(`${count} rounds`, () => (looks() > from + count ? true : null));
}

export function stateOn(stage: Stage, host: string, id: string): string {
  return stage.world.host(host).domains.get(id)?.state ?? 'nothing';
}

export const timesPaused = (stage: Stage): number =>
  stage.world.faults.calls.filter((call) => call.endsWith(' domains.ensurePaused')).length;

/** What was told of the instance since the controller began. */
export async function told(stage: Stage, id: string): Promise<string[]> {
  const gone = new AbortController();
  const messages: string[] = [];
  const marker = await stage.client().addSecurityGroup({ name: randomUUID(), rules: [] });
  for await (const event of stage.client().events(0, gone.signal)) {
    if (event.subjectId === id) messages.push(event.message);
    if (event.subjectId === marker.id) break;
  }
  gone.abort();
  return messages;
}
