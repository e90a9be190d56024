import type { ConfiguredBody } from '@ferry/api';

/** What would be done to each host. */
export function formatConfigured(planned: readonly ConfiguredBody[]): string {
  return planned.map(formatPlan).join('\n\n');
}

function formatPlan({ host, result, plan, peerUri }: ConfiguredBody): string {
  if (result === 'as-wanted') return `${host}: is as it is wanted (others reach it at ${peerUri})`;
  const { because, files, othersAuthorities, settings, restart, ports, notes } = plan;
  const lines = [
    ...(because === null ? [] : [`new certificates, because ${because}:`]),
    ...files.map(
      ({ path, isNew, mode }) => `${isNew ? '+' : '~'} ${path} (${mode.toString(8).padStart(4, '0')})`,
    ),
    ...settings.flatMap(({ path, name, before, after }) => [
      `~ ${path}`,
      ...(before === null ? [] : [`    - ${name} = ${before}`]),
      `    + ${name} = ${after}`,
    ]),
    ...(restart === null ? [] : ['then, which guests survive:']),
    ...(restart?.kind === 'commands' ? restart.commands.map((words) => `  $ ${words.join(' ')}`) : []),
    ...(restart?.kind === 'process'
      ? [
          `  ${restart.program} is ended and started again as it was${restart.program === 'libvirtd' ? ', with --listen' : ''}`,
        ]
      : []),
    `its firewall has to let the others get to ${ports.join(', ')}`,
    ...othersAuthorities.map(
      (path) =>
        `WARNING: ${path} is of an authority that is not this controller's; it is replaced only with --replace-authority`,
    ),
    ...notes.map((note) => `WARNING: ${note}`),
  ];
  return [`${host} (others reach it at ${peerUri} then)`, ...lines.map((line) => `  ${line}`)].join('\n');
}

/** What became of each host, and who believes whom. */
export function formatProofs(done: readonly ConfiguredBody[]): string {
  const words = {
    configured: 'configured, and it answers',
    'as-wanted': 'was as it is wanted',
    planned: 'planned',
  };
  const hosts = done.map(
    ({ host, result, peerUri }) => `${host}: ${words[result]}; others reach it at ${peerUri}`,
  );
  // Of what was tried more than once the last counts.
  const proofs = new Map(
    done.flatMap((one) => one.proofs.map((proof) => [`${proof.from} -> ${proof.to}`, proof.refusal])),
  );
  const told = [...proofs].map(([way, refusal]) =>
    refusal === null ? `${way}: they believe each other` : `${way}: NOT PROVEN: ${refusal}`,
  );
  return [...hosts, ...told, '', 'next: ferry doctor'].join('\n');
}
