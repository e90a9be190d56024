import type { FileEdit } from '@ferry/model';
import type { ConfigurationChange } from '../contract/host-shell.ts';
import type { SimulatedHostState } from './simulated-state.ts';
import type { SimulatedWorld } from './simulated-world.ts';

/** What an edit adds, for people. */
export function showEdit(edit: FileEdit): string[] {
  switch (edit.kind) {
    case 'hosts':
      return [...edit.drop.map((name) => `-127.0.1.1\t${name}`), ...edit.add.map(lineOf)];
    case 'whole':
      return [`+${edit.content.trim()}`];
    case 'append':
      return edit.lines.map((line) => `+${line}`);
    case 'access':
      return [`${edit.path}: ${edit.mode.toString(8).padStart(4, '0')}`];
  }
}

function lineOf({ address, name }: { readonly address: string; readonly name: string }): string {
  return `+${address}\t${name}`;
}

/** Makes of a simulated host what fixes make of a real one, as far as its examiner tells of it; returns what takes it back. */
export function makeFixes(
  world: SimulatedWorld,
  host: SimulatedHostState,
  { edits, commands }: ConfigurationChange,
): () => void {
  const before = {
    examination: host.examination,
    names: new Map(host.namesHere),
    cutOff: [...world.hosts.values()].map((one) => ({ one, from: [...one.cutOffFrom] })),
  };
  for (const edit of edits)
    if (edit.kind === 'hosts') for (const { name, address } of edit.add) host.namesHere.set(name, [address]);
  for (const { run } of commands) {
    const words = run.join(' ');
    if (words.startsWith('sysctl')) host.examination = { ...host.examination, userfaultfd: 'everybody' };
    if (words === 'chronyc makestep')
      host.examination = { ...host.examination, clock: { aheadMs: 0, uncertaintyMs: 1 } };
    if (/^(?:nft|ufw|firewall-cmd) /.test(words))
      for (const one of world.hosts.values()) one.cutOffFrom.delete(host.name);
  }
  return () => {
    host.examination = before.examination;
    for (const [name, addresses] of before.names) host.namesHere.set(name, addresses);
    for (const { one, from } of before.cutOff) for (const name of from) one.cutOffFrom.add(name);
  };
}
