import { domainStates, stateReasons } from '@ferry/libvirt';
import { type Case, read } from '../case.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString().replace(/\0$/, '');

/** Domains: look-ups, lists, state and definition. */
export const domainReads: readonly Case[] = [
  read('domainGetXmlDesc', ({ dom }) => ({ dom, flags: 0 }), 'dom.XMLDesc(0)', {
    virsh: ['dumpxml probe', ({ xml }) => xml],
  }),
  read('domainGetXmlDesc', ({ dom }) => ({ dom, flags: 3 }), 'dom.XMLDesc(3)', {
    virsh: ['dumpxml probe --inactive --security-info', ({ xml }) => xml],
  }),
  read('domainGetAutostart', ({ rest: dom }) => ({ dom }), 'rest.autostart()'),
  read('domainGetAutostartOnce', ({ rest: dom }) => ({ dom }), 'rest.autostartOnce()'),
  read('domainGetOsType', ({ dom }) => ({ dom }), 'dom.OSType()'),
  read('domainLookupById', ({ dom: { id } }) => ({ id }), 'conn.lookupByID(dom.ID())', {
    virsh: ['domid probe', ({ dom: { id } }) => `${id}`],
  }),
  read('domainLookupByName', () => ({ name: 'probe' }), "conn.lookupByName('probe')", {
    virsh: ['domuuid probe', ({ dom: { uuid } }) => uuid],
  }),
  read('domainLookupByName', () => ({ name: 'nobody' }), "conn.lookupByName('nobody')", {
    refused: ['qemu', 'test'],
  }),
  read(
    'domainLookupByUuid',
    ({ rest: { uuid } }) => ({ uuid }),
    'conn.lookupByUUIDString(rest.UUIDString())',
  ),
  read('domainIsActive', ({ dom }) => ({ dom }), 'dom.isActive()'),
  read('domainIsActive', ({ rest: dom }) => ({ dom }), 'rest.isActive()'),
  read('domainIsPersistent', ({ dom }) => ({ dom }), 'dom.isPersistent()'),
  read('domainIsUpdated', ({ dom }) => ({ dom }), 'dom.isUpdated()'),
  read('domainGetState', ({ dom }) => ({ dom, flags: 0 }), 'dom.state(0)', {
    as: ({ state, reason }) => [state, reason],
    virsh: [
      'domstate probe --reason',
      ({ state, reason }) => {
        const name = domainStates[state] ?? 'nostate';
        return `${name} (${stateReasons[name]?.[reason]})`;
      },
    ],
  }),
  read('domainGetControlInfo', ({ dom }) => ({ dom, flags: 0 }), 'dom.controlInfo(0)', {
    as: ({ state, details, stateTime }) => [state, details, stateTime],
  }),
  read('domainGetMetadata', ({ dom }) => ({ dom, type: 1, uri: null, flags: 0 }), 'dom.metadata(1, None, 0)'),
  read(
    'domainGetMetadata',
    ({ dom }) => ({ dom, type: 0, uri: null, flags: 0 }),
    'dom.metadata(0, None, 0)',
    {
      refused: ['qemu', 'test'],
    },
  ),
  read('connectListAllDomains', () => ({ needResults: 1, flags: 0 }), 'conn.listAllDomains(0)', {
    unordered: true,
  }),
  read('connectListAllDomains', () => ({ needResults: 1, flags: 2 }), 'conn.listAllDomains(2)', {
    virsh: ['list --inactive --name', ({ domains }) => domains.map(({ name }) => name)],
  }),
  read('connectListAllDomains', () => ({ needResults: 0, flags: 0 }), 'len(conn.listAllDomains(0))', {
    as: ({ ret }) => ret,
  }),
  // Where the driver cannot, libvirt 9.0 says so by a `ret` of -1, which python takes for a refusal.
  read('domainGetSecurityLabelList', ({ dom }) => ({ dom }), 'dom.securityLabelList()', {
    not: ['test 9.0'],
    as: ({ labels }) => labels.map(({ label, enforcing }) => [text(label), enforcing]),
  }),
  read('domainGetMessages', ({ dom }) => ({ dom, flags: 0 }), 'dom.messages(0)'),
  read('domainGetMaxMemory', ({ dom }) => ({ dom }), 'dom.maxMemory()', {
    virsh: ['dominfo probe', ({ memory }) => [`Max memory: ${memory} KiB`]],
  }),
  read('domainGetInfo', ({ dom }) => ({ dom }), 'dom.info()', {
    as: ({ state, maxMem, memory, nrVirtCpu, cpuTime }) => [state, maxMem, memory, nrVirtCpu, cpuTime],
    virsh: [
      'dominfo probe',
      ({ maxMem, memory, nrVirtCpu }) => [
        `Max memory: ${maxMem} KiB`,
        `Used memory: ${memory} KiB`,
        `CPU(s): ${nrVirtCpu}`,
      ],
    ],
  }),
  read(
    'connectGetAllDomainStats',
    ({ dom }) => ({ doms: [dom], stats: 0, flags: 0 }),
    'conn.domainListGetStats([dom], 0, 0)',
    { as: ({ retStats }) => retStats.map((one) => [one.dom, one.params]), drifts: true },
  ),
  read('connectGetAllDomainStats', () => ({ doms: [], stats: 1, flags: 0 }), 'conn.getAllDomainStats(1, 0)', {
    as: ({ retStats }) => retStats.map((one) => [one.dom, one.params]),
    unordered: true,
    virsh: [
      'domstats --state',
      ({ retStats }) =>
        retStats.flatMap(({ dom, params }) => [
          `Domain: '${dom.name}'`,
          ...params.map(({ field, value }) => `${field}=${value}`),
        ]),
    ],
  }),
];
