import type { AddHostBody } from '@ferry/api';
import { hostOfInventory } from './host-of-inventory.ts';
import { readIniInventory } from './read-ini-inventory.ts';
import { readYamlInventory } from './read-yaml-inventory.ts';
import type { Environment, InventoryProblem } from './said-inventory.ts';

/** A host that is to be there. */
export interface InventoryHost {
  readonly line: number;
  readonly body: AddHostBody;
}

/** An inventory, with all that is wrong in it: where something is, nothing of it is to be done. */
export interface Inventory {
  readonly hosts: readonly InventoryHost[];
  readonly problems: readonly InventoryProblem[];
  readonly notes: readonly InventoryProblem[];
}

/** Reads the text of an inventory: YAML, or the INI of Ansible. `name` is that of its file. */
export function readInventory(name: string, text: string, environment: Environment): Inventory {
  const said = isIni(name, text) ? readIniInventory(text) : readYamlInventory(text);
  const judged = said.hosts.map((host) => ({ host, ...hostOfInventory(host, environment) }));
  const hosts = judged.flatMap(({ host, body }) => (body === null ? [] : [{ line: host.line, body }]));
  const nobody = said.hosts.length === 0 && said.problems.length === 0;
  const problems = [
    ...said.problems,
    ...judged.flatMap((one) => one.problems),
    ...saidTwice(hosts),
    ...(nobody ? [{ line: 0, text: 'it names no host' }] : []),
  ];
  return { hosts, problems: problems.toSorted((a, b) => a.line - b.line), notes: said.notes };
}

function isIni(name: string, text: string): boolean {
  if (/\.ya?ml$|\.json$/i.test(name)) return false;
  return /\.(?:ini|cfg)$/i.test(name) || /^\s*\[[\w.-]+(?::\w+)?\]\s*(?:[#;].*)?$/m.test(text);
}

function saidTwice(hosts: readonly InventoryHost[]): InventoryProblem[] {
  const problems: InventoryProblem[] = [];
  for (const field of ['name', 'uri'] as const) {
    const first = new Map<string, number>();
    for (const { line, body } of hosts) {
      const value = body[field];
      if (value === undefined) continue;
      const before = first.get(value);
      if (before !== undefined)
        problems.push({ line, text: `the ${field} "${value}" is that of the host in line ${before}, too` });
      else first.set(value, line);
    }
  }
  return problems;
}
