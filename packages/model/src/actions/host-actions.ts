import type { Host } from '../host/host.ts';
import { type ActionVerdict, verdictOf } from './action-verdict.ts';

/** What may be asked for of a host. */
export type HostAction = 'set' | 'disable' | 'enable' | 'maintain' | 'end-maintenance' | 'fence' | 'remove';

/** What is recorded on a host: instances, and migrations from or to it that are not over. */
export interface HostUse {
  readonly instances: number;
  readonly migrations: number;
}

/** What may be done to a host now, and why not, by the records alone: no host is asked. */
export function hostActions(host: Host, use: HostUse): Readonly<Record<HostAction, ActionVerdict>> {
  const { service, name, maintenance } = host;
  return {
    set: verdictOf(null),
    disable: verdictOf(service.status === 'disabled' ? 'it is disabled already' : null),
    enable: verdictOf(service.status === 'enabled' ? 'it is enabled already' : null),
    maintain: verdictOf(maintenance === null ? null : `it is in maintenance already, says ${maintenance.by}`),
    'end-maintenance': verdictOf(maintenance === null ? 'it is not in maintenance' : null),
    fence: verdictOf(service.state === 'up' ? answersObstacle(name) : null),
    remove: verdictOf(removeObstacle(name, use)),
  };
}

/** A host that answers is not fenced. */
export function answersObstacle(name: string): string {
  return `${name} answers: its instances can be moved from it.`;
}

/** Why a host cannot be removed; null: it can. */
export function removeObstacle(name: string, { instances, migrations }: HostUse): string | null {
  const steps: string[] = [];
  const found: string[] = [];
  if (instances > 0) {
    found.push(counted(instances, 'instance'));
    steps.push(
      `move the instances away, or \`ferry instance forget\` them (\`ferry instance list --host ${name}\`)`,
    );
  }
  if (migrations > 0) {
    found.push(counted(migrations, 'migration'));
    steps.push(`let its migrations end (\`ferry migration list --open --host ${name}\`)`);
  }
  if (found.length === 0) return null;
  return `${name} has ${found.join(' and ')} recorded: ${steps.join('; ')}.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
