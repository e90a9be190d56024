import type { Host, HostBefore, HostFacts, StepRecord } from '@ferry/model';
import { readHost } from '../facts/read-host.ts';
import { runHook } from '../hooks/run-hook.ts';
import type { PlanBoard } from './plan-board.ts';
import type { HookEntry, PlanContext } from './plan-context.ts';

type UpgradeStep = StepRecord & { readonly action: { readonly kind: 'upgrade-host' } };

/** Whether a step upgrades a host. */
export function isUpgrade(step: StepRecord): step is UpgradeStep {
  return step.action.kind === 'upgrade-host';
}

/**
 * Why a host cannot be worked at now; null: it can. Asked of the host itself, right before: what runs there and is none of
 * Ferry's is named, and nothing is done to it.
 */
async function whyNotEmpty({ services }: PlanContext, hostId: string): Promise<string | null> {
  const host = await services.store.hosts.byId(hostId);
  if (host === null) return `there is no host ${hostId}`;
  const call = { deadlineMs: services.limits.inspectMs };
  const reading = await readHost(services, host, call);
  if (reading.kind !== 'answers') return `${host.name} does not answer: ${reading.reason}`;
  const domains = await reading.hypervisor.domains.list(call);
  const running = domains.filter(({ power }) => power !== 'shutoff');
  if (running.length === 0) return null;
  const known = new Map(
    (await services.store.instances.byIds(running.map(({ id }) => id))).map((one) => [one.id, one]),
  );
  const named = running.map(({ id, name }) => (known.has(id) ? name : `${name} (not Ferry's)`)).toSorted();
  return `${named.join(', ')} ${named.length === 1 ? 'runs' : 'run'} on ${host.name}`;
}

/** Begins the operator's hook on an empty host, or waits for a person's word where there is none. */
export async function beginUpgrade(context: PlanContext, board: PlanBoard, step: UpgradeStep): Promise<void> {
  const { services } = context;
  const hostId = hostOf(step);
  const host = await services.store.hosts.byId(hostId);
  const busy = await whyNotEmpty(context, hostId);
  if (host === null || busy !== null) {
    board.set(step, { kind: 'waiting', because: `waits until nothing runs there: ${busy}`, since: board.at });
    return;
  }
  if (board.course.hostsBefore[hostId] === undefined && host.facts !== null)
    board.courseIs({ hostsBefore: { ...board.course.hostsBefore, [hostId]: before(host.facts) } });
  if ((services.upgradeHook ?? null) !== null) {
    board.set(step, { kind: 'running', work: { kind: 'hook' }, since: board.at });
    return;
  }
  if (!board.course.words.includes(step.number)) {
    const because = `${host.name} is empty: upgrade it, then say \`ferry plan continue ${board.id}\``;
    board.set(step, { kind: 'held', because, since: board.at });
    return;
  }
  board.set(step, { kind: 'running', work: { kind: 'return' }, since: board.at });
}

/** Runs the hook in the background, once among all controllers, and takes up how it ended. */
export function followHook(context: PlanContext, board: PlanBoard, step: StepRecord): void {
  const key = `${board.id} ${step.number}`;
  const known = context.hooks.get(key);
  if (known === undefined) {
    launch(context, board.id, step, key);
    return;
  }
  if (known.ended === null) return;
  context.hooks.delete(key);
  const { why } = known.ended;
  if (why === null) {
    board.set(step, { kind: 'running', work: { kind: 'return' }, since: board.at });
    return;
  }
  stopRule(board, step, `the hook of step ${step.number} ${why}`);
}

function launch(context: PlanContext, planId: string, step: StepRecord, key: string): void {
  const { services, locks, hooks, settings, signal } = context;
  const entry: HookEntry = { ended: null };
  hooks.set(key, entry);
  const work = async (): Promise<string | null> => {
    const host = await services.store.hosts.byId(hostOf(step));
    const hook = services.upgradeHook ?? null;
    // Another controller may have seen it to its end while this one waited.
    const now = (await services.store.plans.steps(planId)).find(({ number }) => number === step.number);
    if (now?.state.kind !== 'running' || now.state.work.kind !== 'hook') return null;
    if (host === null || hook === null) return 'cannot be run: the host or the hook is not there any more';
    const variables = { FERRY_HOST: host.name, FERRY_HOST_ID: host.id, FERRY_HOST_URI: host.uri };
    const call = { program: hook, args: [host.name], variables, limitMs: settings.hookMs, signal };
    const { kind, why, says } = await runHook(call);
    if (kind === 'done') return null;
    return says === '' ? why : `${why}. It says: ${says}`;
  };
  locks.with(`hook ${key}`, work, { signal }).then(
    (why) => {
      // What was stopped with its controller is run again by whoever goes on.
      if (signal.aborted) hooks.delete(key);
      else entry.ended = { why };
    },
    (error: unknown) => {
      hooks.delete(key);
      if (!signal.aborted) services.log.error({ err: error, plan: planId }, 'a hook could not be run');
    },
  );
}

/** The host is back when it answers as the machine that it was, with nothing of it gone back. */
export async function followReturn(
  { services, settings }: PlanContext,
  board: PlanBoard,
  step: StepRecord,
  since: string,
): Promise<void> {
  const hostId = hostOf(step);
  const host = await services.store.hosts.byId(hostId);
  if (host === null) {
    stopRule(board, step, `there is no host ${hostId} any more`);
    return;
  }
  const reading = await readHost(services, host, { deadlineMs: services.limits.inspectMs });
  if (reading.kind !== 'answers') {
    if (Date.parse(board.at) - Date.parse(since) > settings.returnMs)
      stopRule(
        board,
        step,
        `${host.name} is not back after ${settings.returnMs / 1000} s: ${reading.reason}`,
      );
    return;
  }
  const lost = regressions(host, board.course.hostsBefore[hostId] ?? null, reading.facts);
  if (lost.length > 0) {
    stopRule(board, step, `${host.name} came back with less than it had: ${lost.join('; ')}`);
    return;
  }
  await services.store.hosts.saw(hostId, { state: 'up', reason: '', at: board.at, facts: reading.facts });
  const { hypervisorVersion, libvirtVersion } = reading.facts;
  const because = `${host.name} is back: hypervisor ${version(hypervisorVersion)}, libvirt ${version(libvirtVersion)}`;
  board.set(step, { kind: 'done', because, at: board.at });
}

/** The first host that comes out worse than it went in stops the plan: the others are left as they are. */
function stopRule(board: PlanBoard, step: StepRecord, because: string): void {
  // Tried again, from the look whether it is empty on, when a person resumes the plan.
  board.courseIs({ words: board.course.words.filter((number) => number !== step.number) });
  board.set(step, { kind: 'waiting', because, since: board.at });
  if (board.state.kind === 'running') board.stateIs({ kind: 'paused', because }, `paused: ${because}`);
}

function before({ hypervisorVersion, libvirtVersion, machineTypes }: HostFacts): HostBefore {
  return { hypervisorVersion, libvirtVersion, machineTypes };
}

function older(what: string, then: number, now: number): string[] {
  return now < then ? [`${what} ${version(now)}, which was ${version(then)}`] : [];
}

function regressions(host: Host, was: HostBefore | null, is: HostFacts): string[] {
  if (was === null) return [];
  const types = was.machineTypes.filter((type) => !is.machineTypes.includes(type));
  return [
    ...older('hypervisor', was.hypervisorVersion, is.hypervisorVersion),
    ...older('libvirt', was.libvirtVersion, is.libvirtVersion),
    ...(types.length === 0 ? [] : [`${host.name} lacks the machine types ${types.slice(0, 5).join(', ')}`]),
  ];
}

/** libvirt's number as people write it. */
function version(number: number): string {
  return `${Math.floor(number / 1_000_000)}.${Math.floor(number / 1_000) % 1_000}.${number % 1_000}`;
}

function hostOf({ action }: StepRecord): string {
  return 'hostId' in action ? action.hostId : '';
}
