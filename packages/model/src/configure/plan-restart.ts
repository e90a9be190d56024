import type { HostExamination } from '../doctor/host-examination.ts';
import type { DaemonFacts, ListeningProgram } from './daemon-facts.ts';

/** How the daemon that others reach is started anew. */
export type RestartPlan =
  | {
      readonly kind: 'commands';
      readonly commands: readonly (readonly string[])[];
      /** What has it run as it did before. */
      readonly undo: readonly (readonly string[])[];
    }
  /** Ended, and started again as it was; libvirtd with `--listen`, which virtproxyd has not. */
  | { readonly kind: 'process'; readonly program: ListeningProgram };

type Units = HostExamination['units'];

/** What restarts the daemon, and has it listen for a transport. Of what runs in parts it is the proxy: guests are not with it. */
export function planRestart(
  daemon: DaemonFacts,
  transport: 'tls' | 'tcp' | 'ssh',
  units: Units,
): RestartPlan {
  const { program } = daemon;
  const service = `${program}.service`;
  if (daemon.kind === 'process') return { kind: 'process', program };
  if (daemon.kind === 'service') {
    const commands = [['systemctl', 'restart', service]];
    return { kind: 'commands', commands, undo: commands };
  }
  const socket = `${program}-${transport}.socket`;
  const active = ['', '-ro', '-admin', '-tcp', '-tls']
    .map((kind) => `${program}${kind}.socket`)
    .filter((unit) => units?.[unit]?.active === 'active');
  // All at once: systemd starts no socket of a service that runs, and a socket that is left would start the service.
  const stop = ['systemctl', 'stop', service, ...new Set([...active, socket])];
  const isEnabled = units?.[socket]?.enabled === 'enabled';
  return {
    kind: 'commands',
    commands: [
      stop,
      ['systemctl', 'enable', socket],
      ['systemctl', 'start', ...new Set([socket, ...active])],
      ['systemctl', 'start', service],
    ],
    undo: [
      stop,
      ...(isEnabled ? [] : [['systemctl', 'disable', socket]]),
      ...(active.length === 0 ? [] : [['systemctl', 'start', ...active]]),
      ['systemctl', 'start', service],
    ],
  };
}
