import { Lab, type LabHost, until } from '@ferry/lab';
import {
  type Connection,
  connect,
  type DomainRef,
  JobType,
  LibvirtError,
  MigrateFlag,
  MigrateParam,
  parametersFrom,
} from '@ferry/libvirt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const name = 'traveller';
const none = new Uint8Array();
const longest = { deadlineMs: 60_000 };
/** Goes over whole, definition and all. */
const flags = MigrateFlag.live | MigrateFlag.persistDest | MigrateFlag.undefineSource;
const wide = BigInt(flags);

let lab: Lab;

beforeAll(async () => {
  lab = await Lab.up({
    name: 'lvmigrations',
    hosts: [{}, {}, { release: 'bookworm' }, { release: 'bookworm' }],
  });
});
afterAll(() => lab?.down());

/** A guest without disks: it lives in memory alone. */
const xml = `<domain type='qemu'><name>${name}</name><memory unit='MiB'>96</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type><kernel>/lab/kernel.elf</kernel><initrd>/lab/initrd.gz</initrd></os>
  <features><acpi/><tcg><tb-cache unit='MiB'>32</tb-cache></tcg></features>
  <cpu mode='custom' match='exact'><model>qemu64</model></cpu>
  <devices><memballoon model='none'/><video><model type='none'/></video></devices></domain>`;

const pairs = [
  { release: '11.3', from: 'compute11', to: 'compute12' },
  { release: '9.0', from: 'compute13', to: 'compute14' },
];

describe.each(pairs)('migration procedures of libvirt $release', ({ from, to }) => {
  let hosts: [LabHost, LabHost];
  let ends: [Connection, Connection];
  let dom: DomainRef;

  beforeAll(async () => {
    hosts = [lab.host(from), lab.host(to)];
    ends = [await open(hosts[0]), await open(hosts[1])];
    ({ dom } = await ends[0].call('domainDefineXml', { xml }));
    await ends[0].call('domainCreate', { dom });
  });
  afterAll(async () => {
    for (const end of ends ?? []) await end.close();
  });

  /** State and definition on both hosts, as virsh says them. */
  async function whereabouts(): Promise<string[]> {
    const states = hosts.map(async (host) =>
      (await host.virsh('list', '--all')).trim().split(/\s+/).slice(1),
    );
    return (await Promise.all(states)).map((words) => words.join(' '));
  }

  test('begin, prepare, perform, finish and confirm, with parameters', async () => {
    const [source, target] = ends;
    const begun = await source.call('domainMigrateBegin3Params', { dom, params: [], flags });
    const described = { [MigrateParam.destXml]: begun.xml };
    const prepared = await target.call('domainMigratePrepare3Params', {
      params: parametersFrom(described),
      cookieIn: begun.cookieOut,
      flags,
    });
    const params = parametersFrom({ ...described, [MigrateParam.uri]: prepared.uriOut });
    const performed = await source.call(
      'domainMigratePerform3Params',
      { dom, dconnuri: null, params, cookieIn: prepared.cookieOut, flags },
      longest,
    );
    const finished = await target.call('domainMigrateFinish3Params', {
      params: parametersFrom({ [MigrateParam.destName]: name, [MigrateParam.uri]: prepared.uriOut }),
      cookieIn: performed.cookieOut,
      flags,
      cancelled: false,
    });
    await source.call('domainMigrateConfirm3Params', {
      dom,
      params: [],
      cookieIn: finished.cookieOut,
      flags,
      cancelled: false,
    });
    expect(finished.dom).toMatchObject({ name, uuid: dom.uuid });
    expect(await whereabouts()).toEqual(['', `${name} running`]);
  });

  test('the same, back, without parameters', async () => {
    const [target, source] = ends;
    const plain = { flags: wide, dname: null, resource: 0n };
    const begun = await source.call('domainMigrateBegin3', { dom, xmlin: null, ...plain });
    const prepared = await target.call('domainMigratePrepare3', {
      cookieIn: begun.cookieOut,
      uriIn: null,
      domXml: begun.xml,
      ...plain,
    });
    const performed = await source.call(
      'domainMigratePerform3',
      { dom, xmlin: null, cookieIn: prepared.cookieOut, dconnuri: null, uri: prepared.uriOut, ...plain },
      longest,
    );
    const finished = await target.call('domainMigrateFinish3', {
      dname: name,
      cookieIn: performed.cookieOut,
      dconnuri: null,
      uri: prepared.uriOut,
      flags: wide,
      cancelled: false,
    });
    const cookieIn = finished.cookieOut;
    await source.call('domainMigrateConfirm3', { dom, cookieIn, flags: wide, cancelled: false });
    expect(finished.dom).toMatchObject({ name, uuid: dom.uuid });
    expect(await whereabouts()).toEqual([`${name} running`, '']);
  });

  test('what a tunnel would prepare waits for its stream, and goes with the connection', async () => {
    const [source] = ends;
    const tunnelled = flags | MigrateFlag.peer2peer | MigrateFlag.tunnelled;
    for (const withParameters of [true, false]) {
      const begun = await source.call('domainMigrateBegin3Params', { dom, params: [], flags: tunnelled });
      const target = await open(hosts[1]);
      const { cookieOut } = withParameters
        ? await target.call('domainMigratePrepareTunnel3Params', {
            params: parametersFrom({ [MigrateParam.destXml]: begun.xml }),
            cookieIn: begun.cookieOut,
            flags: tunnelled,
          })
        : await target.call('domainMigratePrepareTunnel3', {
            cookieIn: begun.cookieOut,
            flags: BigInt(tunnelled),
            dname: null,
            resource: 0n,
            domXml: begun.xml,
          });
      expect(cookieOut.length).toBeGreaterThan(0);
      expect((await whereabouts())[1]).toBe(`${name} paused`);
      target.destroy();
      await until('the target gives it up', 20_000, async () => (await whereabouts())[1] === '' || null);
    }
    expect(await whereabouts()).toEqual([`${name} running`, '']);
  });

  /** Begins a migration, peer to peer, too slow to end by itself. */
  async function beginSlowly(): Promise<{ ended: Promise<unknown>; urgent: Connection }> {
    const params = parametersFrom({ [MigrateParam.bandwidth]: { type: 'ullong', value: 1n } });
    const args = { dom, dconnuri: hosts[1].uri, params, cookieIn: none };
    const all = flags | MigrateFlag.peer2peer;
    const ended = ends[0]
      .call('domainMigratePerform3Params', { ...args, flags: all }, longest)
      .catch((error: unknown) => error);
    const urgent = await open(hosts[0]);
    let over: unknown = null;
    void ended.then((how) => (over = how ?? 'ended'));
    await until('it is under way', 20_000, async () => {
      if (over !== null) throw over instanceof Error ? over : new Error('it ended too soon');
      const { type, memProcessed } = await urgent.call('domainGetJobInfo', { dom });
      return (type === JobType.unbounded && memProcessed > 0n) || null;
    });
    return { ended, urgent };
  }

  test.each(['domainAbortJob', 'domainAbortJobFlags'] as const)(
    '%s ends one that is under way',
    async (call) => {
      const { ended, urgent } = await beginSlowly();
      await (call === 'domainAbortJob' ? urgent.call(call, { dom }) : urgent.call(call, { dom, flags: 0 }));
      expect(await ended).toBeInstanceOf(LibvirtError);
      await urgent.close();
      expect(await whereabouts()).toEqual([`${name} running`, '']);
    },
  );
});

function open(host: LabHost): Promise<Connection> {
  const socket = encodeURIComponent(host.socketPath);
  return connect(`qemu+unix:///system?socket=${socket}`, { configFile: null });
}
