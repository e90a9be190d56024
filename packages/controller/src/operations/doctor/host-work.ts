import type { ConfigurationPlan, DoctorFix, FileEdit, FixCommand } from '@ferry/model';

/** All that fixes do to one host, each once. */
export interface HostWork {
  readonly hostId: string;
  readonly fixes: readonly DoctorFix[];
  readonly edits: readonly FileEdit[];
  readonly commands: readonly FixCommand[];
  readonly configure: DoctorFix['configure'];
}

/** Fixes by the hosts that they are done on; several findings may be mended by the same. */
export function workByHost(fixes: readonly DoctorFix[]): readonly HostWork[] {
  const ids = [...new Set(fixes.map(({ on }) => on))];
  return ids.map((hostId) => {
    const own = fixes.filter(({ on }) => on === hostId);
    const configures = own.flatMap(({ configure }) => configure ?? []);
    return {
      hostId,
      fixes: own,
      edits: once(own.flatMap(({ edits }) => edits)),
      commands: once(own.flatMap(({ commands }) => commands)),
      configure:
        configures.length === 0
          ? null
          : {
              transport: configures.some(({ transport }) => transport === 'tls') ? 'tls' : 'ssh',
              rotate: configures.some(({ rotate }) => rotate),
            },
    };
  });
}

function once<T>(items: readonly T[]): T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

/** Commands as a shell takes them. */
export function commandLinesOf(commands: readonly FixCommand[]): string[] {
  return commands.map(({ run }) => `$ ${run.map(shellWord).join(' ')}`);
}

/** What `ferry host configure` would change, a line each. */
export function linesOfConfiguration({ files, settings, restart }: ConfigurationPlan): string[] {
  return [
    ...files.map(
      ({ path, mode, isNew }) => `${isNew ? '+' : '~'} ${path} (${mode.toString(8).padStart(4, '0')})`,
    ),
    ...settings.map(
      ({ path, name, before, after }) => `~ ${path}: ${name} = ${before ?? 'not set'} -> ${after}`,
    ),
    ...(restart?.kind === 'commands' ? restart.commands.map((words) => `$ ${words.join(' ')}`) : []),
    ...(restart?.kind === 'process'
      ? [
          `${restart.program} is ended and started again as it was${restart.program === 'libvirtd' ? ', with --listen' : ''}`,
        ]
      : []),
  ];
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
