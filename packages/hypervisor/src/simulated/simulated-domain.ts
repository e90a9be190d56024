import { dirname } from 'node:path';
import type { DomainFacts } from '@ferry/model';
import { readDomainXml } from '../xml/domain-xml.ts';
import type { SimulatedFiles } from './simulated-files.ts';
import type { SimulatedDomain } from './simulated-state.ts';

/** A domain as it stands on a host. */
export function newDomain(xml: string, state: SimulatedDomain['state'], reason: string): SimulatedDomain {
  return {
    xml,
    nextXml: null,
    unreadable: null,
    startPreventedBy: null,
    cannotStart: null,
    state,
    reason,
    persistent: true,
    autostart: false,
    saved: false,
    job: null,
    completed: null,
    vcpuTimeNs: 0n,
    cpusUsed: 0,
    records: { snapshots: [], checkpoints: [] },
    incomingFrom: null,
    arrived: false,
    stood: false,
    keepsDisks: false,
    misses: 0,
    memory: null,
  };
}

/** Whether a guest that is asked so often hears one of the requests; those that it misses are behind it then. */
export function hears(domain: SimulatedDomain, times: number): boolean {
  const heard = times > domain.misses;
  domain.misses = Math.max(0, domain.misses - times);
  return heard;
}

/** Power state as the model names it. */
export function powerOf(state: SimulatedDomain['state']): DomainFacts['power'] {
  return state === 'other' ? 'unknown' : state;
}

/** As libvirt does at each start: where the firmware's variables have no file, one is made that remembers nothing. */
export function makeVariables(files: SimulatedFiles, { xml }: SimulatedDomain): void {
  const path = readDomainXml(xml).extras.nvram?.path ?? null;
  if (path === null || files.file(path) !== null || files.directory(dirname(path)) === null) return;
  const content = 'variables of a new guest';
  files.write(path, { format: 'raw', capacityBytes: 64, backing: null, owner: null, content });
}
