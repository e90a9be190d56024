import type { ActionVerdictBody, HostBody, HostDetailBody, InstanceBody, MigrationBody } from '@ferry/api';
import { formatFindings } from './findings.ts';
import { formatCopy, formatProgress, rehearsalFields } from './migration-fields.ts';
import { forecastFields } from './forecast-views.ts';
import { formatFields, formatTable } from './table.ts';
import { formatBytes, formatDuration, formatVersion } from './units.ts';

/** Hosts, a line each. */
export function formatHosts(
  hosts: readonly HostBody[],
  none = 'No hosts yet: add one with `ferry host add qemu+tcp://HOST/system`.',
): string {
  if (hosts.length === 0) return none;
  return formatTable(
    [
      { heading: 'NAME' },
      { heading: 'STATE' },
      { heading: 'TAKES INSTANCES' },
      { heading: 'MEMORY', align: 'right' },
      { heading: 'FREE', align: 'right' },
      { heading: 'CPUS', align: 'right' },
      { heading: 'IN USE', align: 'right' },
      { heading: 'HYPERVISOR' },
      { heading: 'URI' },
    ],
    hosts.map((host) => [
      host.name,
      host.service.state,
      admissionWord(host),
      host.facts === null ? '-' : formatBytes(host.facts.memoryBytes),
      host.facts === null ? '-' : formatBytes(host.facts.memoryAvailableBytes),
      host.facts === null ? '-' : String(host.facts.cpus),
      host.load === null ? '-' : host.load.cpus.toFixed(1),
      host.facts === null
        ? '-'
        : `${host.facts.hypervisorType} ${formatVersion(host.facts.hypervisorVersion)}`,
      host.uri,
    ]),
  );
}

/** The compute service of each host: whether it answers and takes instances. */
export function formatServices(hosts: readonly HostBody[]): string {
  return formatTable(
    [
      { heading: 'HOST' },
      { heading: 'STATUS' },
      { heading: 'STATE' },
      { heading: 'LAST SEEN' },
      { heading: 'REASON' },
    ],
    hosts.map((host) => {
      const { name, service } = host;
      return [
        name,
        host.maintenance === null ? service.status : 'disabled',
        service.state,
        service.lastSeenAt ?? 'never',
        [service.reason, maintenanceText(host)].filter((one) => one !== '').join('; '),
      ];
    }),
  );
}

/** Whether it takes instances, in a word or two. */
function admissionWord({ maintenance, service }: HostBody): string {
  if (maintenance !== null) return 'no: maintenance';
  return service.status === 'disabled' ? 'no: disabled' : 'yes';
}

/** Empty where it is not in maintenance. */
function maintenanceText({ maintenance }: HostBody): string {
  if (maintenance === null) return '';
  const { since, by, reason } = maintenance;
  return `in maintenance since ${since}, says ${by}${reason === '' ? '' : `: ${reason}`}`;
}

/** One host and what runs there. */
export function formatHost({ host, domains, unread, problem }: HostDetailBody): string {
  const { facts } = host;
  const fields: [string, string][] = [
    ['name', host.name],
    ['id', host.id],
    ['uri', host.uri],
    ['peer uri', host.peerUri],
    [
      'copies to it',
      host.trustedCopyAddress === null ? 'encrypted' : `unencrypted, to ${host.trustedCopyAddress}`,
    ],
    ['service', `${host.service.state}${host.service.reason === '' ? '' : ` (${host.service.reason})`}`],
  ];
  const labels = Object.entries(host.labels).map(([name, value]) => `${name}=${value}`);
  if (labels.length > 0) fields.push(['labels', labels.join(', ')]);
  if (host.maintenance !== null) fields.push(['takes instances', `no: ${maintenanceText(host)}`]);
  if (host.fence !== null) fields.push(['off', `since ${host.fence.at}, says ${host.fence.by}`]);
  const names = Object.entries(host.networks.map).map(([from, to]) => `${from} is ${to} here`);
  const missing = host.networks.define ? ['missing ones are defined'] : [];
  if (names.length + missing.length > 0) fields.push(['networks set', [...names, ...missing].join(', ')]);
  if (host.removeUnusedImages)
    fields.push(['base images', 'those that Ferry brought go when nothing uses them']);
  if (host.imageDirectory !== null) fields.push(['new instances', `disks in ${host.imageDirectory}`]);
  if (host.screenAddress !== null)
    fields.push(['screens', `listen on ${host.screenAddress}${host.screenTls ? ', by TLS' : ''}`]);
  if (host.allowedDirectories.length > 0)
    fields.push(['allowed there', `files of guests in ${host.allowedDirectories.join(', ')}`]);
  const places = Object.entries({ ...host.storage.pools, ...host.storage.paths });
  const storage = [
    ...places.map(([from, to]) => `${from} is ${to} here`),
    ...(host.storage.define ? ['missing pools are defined'] : []),
  ];
  if (storage.length > 0) fields.push(['storage set', storage.join(', ')]);
  if (facts !== null) {
    fields.push(
      [
        'hypervisor',
        `${facts.hypervisorType} ${formatVersion(facts.hypervisorVersion)}, libvirt ${formatVersion(facts.libvirtVersion)}`,
      ],
      ['cpu', `${facts.cpus} x ${facts.cpuModel} (${facts.arch})`],
      ['memory', `${formatBytes(facts.memoryAvailableBytes)} available of ${formatBytes(facts.memoryBytes)}`],
      [
        'networks',
        facts.networks.map((one) => `${one.name}${one.active ? '' : ' (inactive)'}`).join(', ') || '-',
      ],
      [
        'qemu runs as',
        facts.qemuOwner === null ? 'unknown' : `${facts.qemuOwner.uid}:${facts.qemuOwner.gid}`,
      ],
    );
  }
  fields.push(...actionFields(host.actions));
  const list = formatTable(
    [
      { heading: 'DOMAIN' },
      { heading: 'ID' },
      { heading: 'POWER' },
      { heading: 'MEMORY', align: 'right' },
      { heading: 'ADOPTED' },
    ],
    domains.map((one) => [
      one.name,
      one.id,
      one.power,
      formatBytes(one.memoryBytes),
      one.adopted ? 'yes' : 'no',
    ]),
  );
  const bad = unread.map(
    ({ name, id, why }) => `cannot be read: ${JSON.stringify(name)} (${id})\n  -> ${why}`,
  );
  const none = problem === null ? 'No domains.' : `NOT KNOWN: the host did not tell its domains: ${problem}`;
  const lines = domains.length > 0 ? [list] : unread.length > 0 ? [] : [none];
  return [formatFields(fields), '', ...lines, ...bad].join('\n');
}

/** Instances, a line each. */
export function formatInstances(
  instances: readonly InstanceBody[],
  none = 'No instances yet: take one in with `ferry instance adopt HOST DOMAIN`.',
): string {
  if (instances.length === 0) return none;
  return formatTable(
    [
      { heading: 'NAME' },
      { heading: 'ID' },
      { heading: 'HOST' },
      { heading: 'STATE' },
      { heading: 'TASK' },
      { heading: 'POWER' },
      { heading: 'MEMORY', align: 'right' },
      { heading: 'FAULT' },
    ],
    instances.map((one) => [
      one.name,
      one.id,
      one.host,
      one.vmState,
      one.taskState ?? '-',
      one.powerState,
      formatBytes(one.memoryBytes),
      one.fault?.kind ?? '-',
    ]),
  );
}

/** One instance, and what is wrong with it. */
export function formatInstance(one: InstanceBody): string {
  return formatFields([
    ['name', one.name],
    ['id', one.id],
    ['host', one.host],
    ['state', one.vmState],
    ['task', one.taskState ?? '-'],
    ['power', one.powerState],
    ['memory', formatBytes(one.memoryBytes)],
    ['vcpus', String(one.vcpus)],
    ['migration', one.migrationId ?? '-'],
    ...faultFields(one.fault),
    ...actionFields(one.actions),
  ]);
}

/** What may be done now, in a line; what may not, each with its reason. A controller of before does not tell. */
function actionFields(actions: Readonly<Record<string, ActionVerdictBody>> | undefined): [string, string][] {
  if (actions === undefined) return [];
  const all = Object.entries(actions);
  const allowed = all.filter(([, one]) => one.allowed).map(([action]) => action);
  const reasons = Map.groupBy(
    all.filter(([, one]) => !one.allowed),
    ([, one]) => one.because ?? '',
  );
  return [
    ['can be asked', allowed.join(', ') || 'nothing'],
    ...[...reasons].map(([because, ones]): [string, string] => [
      'not now',
      `${ones.map(([action]) => action).join(', ')}: ${because}`,
    ]),
  ];
}

function faultFields(fault: InstanceBody['fault']): [string, string][] {
  if (fault === null) return [];
  const { kind, message, remedy, withoutGap, keep, since } = fault;
  const fields: [string, string][] = [['fault', `${kind}: ${message}`]];
  if (since !== null) fields.push(['since', since]);
  if (withoutGap !== null) fields.push(['ran without a gap', withoutGap]);
  if (keep !== null) fields.push(['to go on', `the copy on ${keep}, as soon as the hosts allow it`]);
  return [...fields, ['remedy', remedy]];
}

/** Migrations, a line each. */
export function formatMigrations(migrations: readonly MigrationBody[], none = 'No migrations yet.'): string {
  if (migrations.length === 0) return none;
  return formatTable(
    [
      { heading: 'ID' },
      { heading: 'INSTANCE' },
      { heading: 'KIND' },
      { heading: 'FROM' },
      { heading: 'TO' },
      { heading: 'STATUS' },
      { heading: 'TIME', align: 'right' },
      { heading: 'BYTES', align: 'right' },
      { heading: 'DOWNTIME', align: 'right' },
    ],
    migrations.map((one) => [
      one.id,
      one.instanceName,
      kindOf(one),
      one.sourceHost,
      one.targetHost,
      one.status,
      one.result === null ? '-' : formatDuration(one.result.elapsedMs),
      one.result === null ? '-' : formatBytes(one.result.memoryBytes + one.result.diskBytes),
      one.result === null || one.result.downtimeMs === null ? '-' : formatDuration(one.result.downtimeMs),
    ]),
  );
}

/** One migration with its findings and, when it ended badly, why and what to do. */
export function formatMigration(one: MigrationBody): string {
  const fields: [string, string][] = [
    ['id', one.id],
    ['instance', `${one.instanceName} (${one.instanceId})`],
    ['kind', `${one.kind}${one.plan === null ? '' : `, ${formOf(one.plan)}`}`],
    ['from', one.sourceHost],
    ['to', one.targetHost],
    ['status', one.status],
    ['phase', one.phase],
    ['created', one.createdAt],
    ['finished', one.finishedAt ?? '-'],
  ];
  const secrecy = one.findings.find(({ code }) => code === 'transfer-encrypted');
  if (secrecy !== undefined) fields.push(['on the way', secrecy.message]);
  if (one.progress !== null) fields.push(['progress', formatProgress(one)]);
  fields.push(...forecastFields(one.forecast));
  for (const copy of one.copies) fields.push(['file', formatCopy(copy)]);
  for (const { host, path, because } of one.kept) fields.push(['kept', `${path} on ${host}: ${because}`]);
  if (one.result !== null) {
    fields.push(
      ['time', formatDuration(one.result.elapsedMs)],
      ['memory sent', formatBytes(one.result.memoryBytes)],
      ['disk sent', formatBytes(one.result.diskBytes)],
      ['downtime', one.result.downtimeMs === null ? '-' : formatDuration(one.result.downtimeMs)],
      ...warmFields(one.result.warm),
      ['guest', one.result.guestSeenAlive ?? '-'],
      ...connectivityFields(one.result.connectivity),
    );
  }
  fields.push(...rehearsalFields(one));
  if (one.error !== null) fields.push(['error', one.error.message], ['remedy', one.error.remedy]);
  fields.push(...actionFields(one.actions));
  // What was only unclear before the move is of no interest once it went well.
  const troubles = one.error === null ? [] : one.findings.filter((finding) => finding.severity !== 'ok');
  return `${formatFields(fields)}${troubles.length === 0 ? '' : `\n\n${formatFindings(troubles)}`}`;
}

/** In a word or two. */
function kindOf({ kind, plan }: MigrationBody): string {
  if (kind === 'live-migration') return `live ${plan?.form ?? ''}`;
  return kind === 'rehearsal' ? kind : 'cold';
}

/** The form of a plan; of a cold one that copies while the guest runs, that. */
function formOf({ form, warm }: NonNullable<MigrationBody['plan']>): string {
  return warm === null ? form : 'warm';
}

/** How little was left for the time when the guest was off. */
function warmFields(report: NonNullable<MigrationBody['result']>['warm']): [string, string][] {
  if (report === null) return [];
  const { rounds, bytesWhileRunning, bytesWhileOff } = report;
  const often = rounds === 1 ? 'in one round' : `in ${rounds} rounds`;
  const text = `${formatBytes(bytesWhileRunning)} while it ran (${often}), ${formatBytes(bytesWhileOff)} while it was off`;
  return [['copied', text]];
}

/** How the guest answered from outside; loud where it does not answer any more. */
function connectivityFields(
  report: NonNullable<MigrationBody['result']>['connectivity'],
): [string, string][] {
  if (report === null) return [];
  const { address, answeredBefore, answeredAfter, sent, answered, longestGapMs } = report;
  const count = `${answered} of ${sent} answered`;
  if (!answeredAfter) {
    const before = answeredBefore === true ? 'it answered before' : 'it is not known to have answered before';
    return [['WARNING', `NO ANSWER from ${address} since the move; ${before} (${count})`]];
  }
  const gap = longestGapMs === null ? 'the gap is not known' : `longest gap ${formatDuration(longestGapMs)}`;
  return [['answers', `${address}: ${gap}, ${count}`]];
}
