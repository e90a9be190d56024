import type { HostExamination } from '../doctor/host-examination.ts';

/** Daemons of libvirt that are looked for: libvirtd is one for all, virtqemud has the guests where it runs in parts, and virtproxyd listens for it. */
export const daemonPrograms = ['libvirtd', 'virtqemud', 'virtproxyd'] as const;

/** Their command lines, of those that run. */
export type RunningDaemons = Readonly<Partial<Record<(typeof daemonPrograms)[number], readonly string[]>>>;

/** Who listens for the others. */
export type ListeningProgram = 'libvirtd' | 'virtproxyd';

/** How that one runs. */
export type DaemonFacts =
  /** Under systemd, which listens for it and starts it when somebody comes (https://libvirt.org/daemons.html). */
  | { readonly kind: 'sockets'; readonly program: ListeningProgram }
  /** Under systemd, and it listens itself: libvirtd by `--listen` (LIBVIRTD_ARGS), virtproxyd by its settings. Its sockets are masked. */
  | { readonly kind: 'service'; readonly program: ListeningProgram }
  /** By itself, from a script or by hand: its command line. */
  | { readonly kind: 'process'; readonly program: ListeningProgram; readonly argv: readonly string[] };

type Runs = Pick<HostExamination, 'units' | 'processes'>;

/** Whether guests are with virtqemud, of libvirt's parts, and not with libvirtd. */
export function isModular({ units, processes }: Runs): boolean {
  return (
    processes.includes('virtqemud') ||
    isActive(units, 'virtqemud.service') ||
    isActive(units, 'virtqemud.socket')
  );
}

/** Whether a command line has `--listen`, by which a daemon listens itself. */
export function listens(argv: readonly string[]): boolean {
  return argv.some((word) => word === '--listen' || /^-[a-z]*l/.test(word));
}

/** How the daemon runs that others reach; a problem, as a sentence: it is not known how it is started anew. */
export function daemonFactsOf(
  examination: Runs,
  running: RunningDaemons,
): DaemonFacts | { readonly problem: string } {
  const { units, processes } = examination;
  const parts = isModular(examination);
  const isWhole =
    processes.includes('libvirtd') ||
    isActive(units, 'libvirtd.service') ||
    isActive(units, 'libvirtd.socket');
  if (parts && isWhole)
    return {
      problem:
        'both libvirtd and virtqemud run there: which of them has the guests is not known. Stop and disable one (https://libvirt.org/daemons.html)',
    };
  const program = parts ? 'virtproxyd' : 'libvirtd';
  return units === null
    ? byItself(program, running[program] ?? [])
    : underSystemd(program, units, running[program] ?? []);
}

function byItself(
  program: ListeningProgram,
  argv: readonly string[],
): DaemonFacts | { readonly problem: string } {
  if (argv.some((word) => word === '--daemon' || /^-[a-z]*d/.test(word)))
    return { kind: 'process', program, argv };
  const what = argv.length === 0 ? 'none was found' : `it runs as "${argv.join(' ')}"`;
  const more =
    program === 'virtproxyd' && argv.length === 0 ? ' virtqemud runs: start virtproxyd -d beside it' : '';
  return {
    problem: `how ${program} is started anew is not known (no systemd, and ${what}, not with -d).${more}`,
  };
}

function underSystemd(
  program: ListeningProgram,
  units: NonNullable<Runs['units']>,
  argv: readonly string[],
): DaemonFacts | { readonly problem: string } {
  if (listens(argv)) return { kind: 'service', program };
  const socket = units[`${program}-tls.socket`];
  if (socket === undefined)
    return {
      problem: `there is no ${program}-tls.socket: ${program === 'virtproxyd' ? 'install virtproxyd (libvirt-daemon-proxy) beside virtqemud' : 'systemd does not know libvirtd by its sockets, and it runs without --listen'}`,
    };
  const isMasked =
    socket.enabled.startsWith('masked') || units[`${program}.socket`]?.enabled.startsWith('masked') === true;
  if (isMasked && program === 'virtproxyd') return { kind: 'service', program };
  if (isMasked)
    return {
      problem: `its sockets are masked, and ${program} runs without --listen: unmask ${program}.socket and ${program}-tls.socket, or give it --listen (LIBVIRTD_ARGS in /etc/default or /etc/sysconfig)`,
    };
  return { kind: 'sockets', program };
}

function isActive(units: Runs['units'], unit: string): boolean {
  return units?.[unit]?.active === 'active';
}
