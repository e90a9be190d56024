import { type Case, write } from '../case.ts';

const running = ['dom.state()[0]', 1] as const;

/** What the guest is asked to do. Its agent does not run: QEMU's refusals are the proof, or the test driver's answers. */
export const domainGuestWrites: readonly Case[] = [
  write('domainInjectNmi', ({ dom }) => ({ dom, flags: 0 }), 'dom.injectNMI(0)', running),
  write(
    'domainSendKey',
    ({ dom }) => ({ dom, codeset: 0, holdtime: 10, keycodes: [30, 48], flags: 0 }),
    'dom.sendKey(0, 10, [30, 48], 2, 0)',
    running,
  ),
  write(
    'domainFsfreeze',
    ({ dom }) => ({ dom, mountpoints: ['/'], flags: 0 }),
    "dom.fsFreeze(['/'], 0)",
    running,
  ),
  write('domainFsthaw', ({ dom }) => ({ dom, mountpoints: [], flags: 0 }), 'dom.fsThaw(None, 0)', running),
  write(
    'domainFstrim',
    ({ dom }) => ({ dom, mountPoint: null, minimum: 0n, flags: 0 }),
    'dom.fSTrim(None, 0, 0)',
    running,
  ),
  write(
    'domainSendProcessSignal',
    ({ dom }) => ({ dom, pidValue: 1n, signum: 15, flags: 0 }),
    'dom.sendProcessSignal(1, 15, 0)',
    running,
  ),
  write(
    'domainSetTime',
    ({ dom }) => ({ dom, seconds: 1_700_000_000n, nseconds: 5, flags: 0 }),
    "dom.setTime({'seconds': 1700000000, 'nseconds': 5}, 0)",
    ['dom.getTime(0)', { seconds: 1_700_000_000, nseconds: 5 }],
  ),
  write(
    'domainSetUserPassword',
    ({ dom }) => ({ dom, user: 'root', password: 'x', flags: 0 }),
    "dom.setUserPassword('root', 'x', 0)",
    running,
  ),
  write(
    'domainSetGuestVcpus',
    ({ dom }) => ({ dom, cpumap: '0', state: true, flags: 0 }),
    "dom.setGuestVcpus('0', 1, 0)",
    running,
  ),
  write(
    'domainAgentSetResponseTimeout',
    ({ dom }) => ({ dom, timeout: 7, flags: 0 }),
    'dom.agentSetResponseTimeout(7, 0)',
    running,
  ),
  write(
    'domainAuthorizedSshKeysSet',
    ({ dom }) => ({ dom, user: 'root', keys: ['ssh-ed25519 AAAA'], flags: 0 }),
    "dom.authorizedSSHKeysSet('root', ['ssh-ed25519 AAAA'], 0)",
    running,
  ),
  write(
    'domainGraphicsReload',
    ({ dom }) => ({ dom, type: 1, flags: 0 }),
    'dom.graphicsReload(1, 0)',
    running,
  ),
  write(
    'qemuDomainAgentCommand',
    ({ dom }) => ({ dom, cmd: '{"execute":"guest-ping"}', timeout: 1, flags: 0 }),
    `libvirt_qemu.qemuAgentCommand(dom, '{"execute":"guest-ping"}', 1, 0)`,
    running,
  ),
  write(
    'qemuDomainAttach',
    () => ({ pidValue: 1, flags: 0 }),
    'libvirt_qemu.qemuAttach(conn, 1, 0)',
    running,
  ),
  write(
    'domainPmSuspendForDuration',
    ({ dom }) => ({ dom, target: 0, duration: 0n, flags: 0 }),
    'dom.pMSuspendForDuration(0, 0, 0)',
    ['dom.state()[0]', 7],
  ),
  write('domainPmWakeup', ({ dom }) => ({ dom, flags: 0 }), 'dom.pMWakeup(0)', running),
  write(
    'domainMigrateSetMaxDowntime',
    ({ dom }) => ({ dom, downtime: 77n, flags: 0 }),
    'dom.migrateSetMaxDowntime(77, 0)',
    ['dom.migrateGetMaxDowntime(0)', 77],
  ),
  write(
    'domainMigrateSetMaxSpeed',
    ({ dom }) => ({ dom, bandwidth: 99n, flags: 0 }),
    'dom.migrateSetMaxSpeed(99, 0)',
    ['dom.migrateGetMaxSpeed(0)', 99],
  ),
  write(
    'domainMigrateSetCompressionCache',
    ({ dom }) => ({ dom, cacheSize: 134_217_728n, flags: 0 }),
    'dom.migrateSetCompressionCache(134217728, 0)',
    ['dom.migrateGetCompressionCache(0)', 134_217_728],
  ),
  write(
    'domainMigrateStartPostCopy',
    ({ dom }) => ({ dom, flags: 0 }),
    'dom.migrateStartPostCopy(0)',
    running,
  ),
  write(
    'domainStartDirtyRateCalc',
    ({ dom }) => ({ dom, seconds: 1, flags: 0 }),
    'dom.startDirtyRateCalc(1, 0)',
    ["conn.domainListGetStats([dom], 512, 0)[0][1]['dirtyrate.calc_status']", 2],
  ),
];
