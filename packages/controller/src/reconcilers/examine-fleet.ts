import { runDoctor } from '../operations/doctor/run-doctor.ts';
import type { Services } from '../operations/engine/services.ts';

/**
 * Has the doctor look at all hosts once in each interval, whichever controller it is that does; who asked for a look at some of
 * them has looked at those alone, and does not put it off.
 */
export async function examineFleet(services: Services, intervalMs: number): Promise<void> {
  const { store, log } = services;
  if ((await store.hosts.list()).length === 0) return;
  const last = await store.doctor.lastOfAll();
  const now = store.now();
  if (last !== null && Date.parse(now) - Date.parse(last) < intervalMs) return;
  const { hosts, pairs } = await runDoctor(services, { hosts: [], at: null, measure: false });
  const bad = [...hosts, ...pairs].filter(({ worst }) => worst === 'error').length;
  log.info({ hosts: hosts.length, ways: pairs.length, bad }, 'the doctor has looked at all hosts');
}
