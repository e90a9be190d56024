import { type DoctorFinding, Findings } from './doctor-finding.ts';
import type { DoctorHost, DoctorInput } from './doctor-input.ts';

/** The processor that guests may have to run on all hosts. Of the fleet: told at the first host that answers. */
export function judgeBaseline({ hosts, baseline }: DoctorInput): DoctorFinding[] {
  const [first] = hosts.filter(({ host }) => host.service.state === 'up');
  if (first === undefined || hosts.length < 2) return [];
  const found = new Findings('cpu-baseline', first.host.name);
  const models = modelsOf(hosts);
  if (baseline === null || 'problem' in baseline) {
    const why = baseline === null ? 'no host was asked' : baseline.problem;
    return [
      found.unknown(
        `which processor all hosts can give was not told: ${why}`,
        'Ask libvirt yourself: virsh domcapabilities on each host, and virsh hypervisor-cpu-baseline with all of them.',
      ),
    ];
  }
  const text = baseline.xml.trim();
  const message =
    models.size === 1
      ? `all hosts have the processor ${[...models.keys()][0] ?? ''}. What all of them can give:`
      : `the hosts have ${models.size} kinds of processors. Guests that are to move among all of them take, in their definition:`;
  return [found.noted(`${message}\n${text}`, Object.fromEntries(models))];
}

function modelsOf(hosts: readonly DoctorHost[]): Map<string, string> {
  const models = new Map<string, string[]>();
  for (const { host, cpu } of hosts) {
    const model = cpu?.model ?? host.facts?.cpuModel ?? 'not told';
    models.set(model, [...(models.get(model) ?? []), host.name]);
  }
  return new Map([...models].map(([model, names]) => [model, names.join(', ')]));
}

/** Whether guests with a host's own processor could run on the other. */
export function judgePairOfProcessors(from: DoctorHost, to: DoctorHost): DoctorFinding[] {
  const found = new Findings('cpu', from.host.name, to.host.name);
  const [arch, otherArch] = [from.host.facts?.arch ?? null, to.host.facts?.arch ?? null];
  if (arch !== null && otherArch !== null && arch !== otherArch)
    return [
      found.error(
        `${arch} here and ${otherArch} there: no guest moves live`,
        { here: arch, there: otherArch },
        'Move guests among hosts of one architecture.',
      ),
    ];
  const [here, there] = [from.cpu, to.cpu];
  if (here === null || there === null)
    return [found.unknown('a host did not tell its processor', 'See that both answer, then look again.')];
  const compared = { here: here.model, there: there.model };
  const missing = here.features.filter((feature) => !there.features.includes(feature));
  if (here.vendor !== there.vendor)
    return [
      found.warning(
        `processors of ${here.vendor} here and of ${there.vendor} there: guests with host-model or host-passthrough do not move`,
        compared,
        'Give guests that are to move a model that both can give: see cpu-baseline.',
      ),
    ];
  if (here.model === there.model && missing.length === 0)
    return [found.ok(`${there.model} there has all that ${here.model} here has`, compared)];
  const told =
    missing.slice(0, 12).join(', ') + (missing.length > 12 ? ` and ${missing.length - 12} more` : '');
  const what = missing.length === 0 ? '' : `, without ${told}`;
  return [
    found.warning(
      `${here.model} here, ${there.model} there${what}: guests with host-model or host-passthrough may not move`,
      { ...compared, missing: missing.length },
      'Give guests that are to move a model that both can give: see cpu-baseline.',
    ),
  ];
}

/** Whether machine types of the one are there at the other. */
export function judgeMachineTypes(from: DoctorHost, to: DoctorHost): DoctorFinding[] {
  const [here, there] = [from.host.facts, to.host.facts];
  if (here === null || there === null) return [];
  const found = new Findings('machine-types', from.host.name, to.host.name);
  const missing = here.machineTypes.filter((one) => !there.machineTypes.includes(one));
  const common = here.machineTypes.length - missing.length;
  const compared = { here: here.machineTypes.length, there: there.machineTypes.length, common };
  if (missing.length === 0) return [found.ok('every machine type of here is there', compared)];
  const newest = newestOf(here.machineTypes.filter((one) => there.machineTypes.includes(one)));
  return [
    found.warning(
      `${missing.length} machine types of here are not there: ${missing.slice(0, 6).join(', ')}${missing.length > 6 ? ', …' : ''}`,
      compared,
      newest === null
        ? 'Upgrade the older QEMU.'
        : `Start guests with ${newest}, the newest that both have, or upgrade the older QEMU.`,
    ),
  ];
}

/** The newest versioned q35 machine, as QEMU names them. */
function newestOf(types: readonly string[]): string | null {
  const versioned = types.flatMap((type) => {
    const [, major, minor] = /^pc-q35-(\d+)\.(\d+)$/.exec(type) ?? [];
    return major === undefined ? [] : [{ type, rank: Number(major) * 1_000 + Number(minor) }];
  });
  return versioned.toSorted((a, b) => b.rank - a.rank)[0]?.type ?? null;
}
