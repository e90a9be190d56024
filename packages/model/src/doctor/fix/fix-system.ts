import type { HostExamination } from '../host-examination.ts';
import { fix, type FixCommand, left, type Mending } from './doctor-fix.ts';
import type { FixPlace } from './fix-place.ts';

const sysctlFile = '/etc/sysctl.d/60-ferry-post-copy.conf';
const setting = 'vm.unprivileged_userfaultfd';

/** Its kernel keeps page faults for root. */
export function mendUserfaultfd({ host }: FixPlace): Mending {
  return fix(host.host.id, 'lets QEMU have page faults handled, which post-copy takes', {
    edits: [{ kind: 'whole', path: sysctlFile, content: `${setting} = 1\n`, mode: 0o644 }],
    commands: [{ run: ['sysctl', '-w', `${setting}=1`], undo: ['sysctl', '-w', `${setting}=0`] }],
  });
}

/** Its clock is not the controller's. A clock that was set is not set back. */
export function mendClock({ host }: FixPlace): Mending {
  if (host.shell.kind !== 'examined') return left('it has no shell');
  const commands = setClock(host.shell.found);
  if (commands === null)
    return left('neither chrony nor systemd-timesyncd is installed there: install one, see the commands');
  return fix(host.host.id, 'has its clock set by its time servers', { commands });
}

function setClock({ units, processes }: HostExamination): FixCommand[] | null {
  const step: FixCommand = { run: ['chronyc', 'makestep'], undo: null };
  if (processes.includes('chronyd')) return [step];
  const isThere = (unit: string): boolean => Object.hasOwn(units ?? {}, unit);
  const chrony = ['chrony.service', 'chronyd.service'].find(isThere);
  if (chrony !== undefined)
    // It asks its servers first: a clock is set by what they say.
    return [enable(chrony, units), { run: ['chronyc', 'waitsync', '5', '0', '0', '5'], undo: null }, step];
  const timesyncd = 'systemd-timesyncd.service';
  if (!isThere(timesyncd)) return null;
  return processes.includes('systemd-timesyn')
    ? [{ run: ['systemctl', 'restart', timesyncd], undo: null }]
    : [enable(timesyncd, units)];
}

function enable(unit: string, units: HostExamination['units']): FixCommand {
  const wasEnabled = units?.[unit]?.enabled === 'enabled';
  const undo = wasEnabled ? ['systemctl', 'stop', unit] : ['systemctl', 'disable', '--now', unit];
  return { run: ['systemctl', 'enable', '--now', unit], undo };
}
