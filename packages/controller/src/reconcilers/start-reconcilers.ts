import type { ControllerOptions } from '../controller-options.ts';
import type { LeaseKeeper } from '../operations/engine/lease-keeper.ts';
import type { OperationRunner } from '../operations/engine/operation-runner.ts';
import type { Services } from '../operations/engine/services.ts';
import type { PlanRunner } from '../operations/plans/plan-runner.ts';
import type { SilentHosts } from '../operations/hosts/silent-hosts.ts';
import type { WebhookRunner } from '../operations/webhooks/webhook-runner.ts';
import { clearEvacuated, forgetOld, keptOf } from './forget-old.ts';
import { every as again, type Repeated } from './every.ts';
import { examineFleet } from './examine-fleet.ts';
import { keepDefinitions } from './keep-definitions.ts';
import { profileInstances, recordLoads } from './record-loads.ts';
import { takeTurns } from '../operations/plans/balancers.ts';
import { watchHosts } from './watch-hosts.ts';
import { submitDecision } from '../operations/cold-migrate/held/held-decision.ts';
import { carryOutAskedDeletes } from '../operations/servers/asked-delete.ts';
import { Refusal } from '../operations/engine/refusal.ts';
import { syncFilters } from '../operations/security-groups/host-filters.ts';
import { knownAddressMs, signInMemoryMs } from '@ferry/model';

/** The pauses that hold when nobody says otherwise, milliseconds. */
export const defaultIntervals = {
  watchIntervalMs: 10_000,
  resumeIntervalMs: 15_000,
  returnIntervalMs: 1_000,
  definitionAgeMs: 600_000,
  tidyIntervalMs: 300_000,
  planIntervalMs: 2_000,
} as const;
/** New instances are read after at most so long. */
const longestDefinitionPauseMs = 60_000;
/** Between two rounds of measuring: those that are due wait no longer for their turn. */
const longestMeasurePauseMs = 5_000;
/** So often in each lease it is renewed, and looked for what others let go of. */
const renewalsEachLease = 4;

/** So often at most plans are looked at in each interval, however much is told meanwhile. */
const looksEachInterval = 10;

/** After a pause a webhook is told at most so much later. */
const webhookIntervalMs = 1_000;
/** What happens at once is told at once. */
const webhookGatherMs = 50;

/** What a controller works with. */
interface Workers {
  readonly services: Services;
  readonly runner: OperationRunner;
  readonly leases: LeaseKeeper;
  readonly silent: SilentHosts;
  readonly plans: PlanRunner;
  readonly webhooks: WebhookRunner;
}

/** Begins all that a controller does again and again by itself; each is to be stopped. */
export function startReconcilers(
  { services, runner, leases, silent, plans, webhooks }: Workers,
  options: ControllerOptions,
): Repeated[] {
  const { log } = services;
  const every = (pauseMs: number, round: string, work: () => Promise<void> | void): Repeated =>
    again(pauseMs, round, log, timed(services, round, work));
  const renewMs = leases.leaseMs / renewalsEachLease;
  const resumeMs = options.resumeIntervalMs ?? defaultIntervals.resumeIntervalMs;
  const watchMs = options.watchIntervalMs ?? defaultIntervals.watchIntervalMs;
  const returnMs = options.returnIntervalMs ?? defaultIntervals.returnIntervalMs;
  const tidyMs = options.tidyIntervalMs ?? defaultIntervals.tidyIntervalMs;
  const { confirmWindowMs = null, definitionAgeMs = defaultIntervals.definitionAgeMs } = options;
  // What waits for a host is begun anew as soon as that answers again.
  const waitForHosts = [
    every(watchMs, 'the watch over hosts', () => watchHosts(services)),
    every(resumeMs, 'telling hosts of security groups', () => syncFirewalls(services)),
    every(resumeMs, 'taking up what waits', () => runner.resumeWaiting()),
    every(resumeMs, 'deleting what was in use', () =>
      carryOutAskedDeletes(services, (id) => runner.start(id)),
    ),
    every(resumeMs, 'clearing evacuated hosts', () => clearEvacuated(services)),
  ];
  const repeated = [
    ...waitForHosts,
    every(renewMs, 'renewing leases', () => leases.renew()),
    every(renewMs, 'looking for what other controllers let go of', () => runner.takeOver()),
    every(returnMs, 'looking for hosts that are back', () =>
      askSilentHosts(services, silent, () => {
        for (const one of waitForHosts) one.wake();
      }),
    ),
    every(tidyMs, 'forgetting tokens that have expired', () => tidyIdentity(services)),
    every(tidyMs, 'forgetting what is old', () => forgetOld(services, keptOf(options))),
  ];
  repeated.push(...tellWebhooks(services, webhooks));
  if (definitionAgeMs !== null) {
    const pauseMs = Math.min(definitionAgeMs, longestDefinitionPauseMs);
    repeated.push(every(pauseMs, 'keeping definitions', () => keepDefinitions(services, definitionAgeMs)));
  }
  const { measureIntervalMs = null, measureAtOnce = 2 } = options;
  if (measureIntervalMs !== null) {
    const budget = { eachMs: measureIntervalMs, atOnce: measureAtOnce };
    const pauseMs = Math.min(measureIntervalMs, longestMeasurePauseMs);
    repeated.push(every(pauseMs, 'measuring guests', () => profileInstances(services, budget)));
  }
  const { loadIntervalMs = null } = options;
  if (loadIntervalMs !== null)
    repeated.push(every(loadIntervalMs, 'recording loads', () => recordLoads(services)));
  const planMs = options.planIntervalMs ?? defaultIntervals.planIntervalMs;
  repeated.push(...carryOutPlans(services, plans, planMs));
  repeated.push(every(planMs, 'evening out loads', () => takeTurns(services)));
  const { doctorIntervalMs = null } = options;
  if (doctorIntervalMs !== null) {
    const pauseMs = Math.min(doctorIntervalMs, longestDefinitionPauseMs);
    repeated.push(every(pauseMs, 'the doctor', () => examineFleet(services, doctorIntervalMs)));
  }
  if (confirmWindowMs !== null)
    repeated.push(
      every(resumeMs, 'confirming what is held', () => confirmLate(services, runner, confirmWindowMs)),
    );
  return repeated;
}

/** Plans are looked at every while, and as soon as anything has become of a migration, a host or a plan. */
function carryOutPlans(services: Services, plans: PlanRunner, intervalMs: number): Repeated[] {
  const round = 'carrying out plans';
  const rounds = again(
    intervalMs,
    round,
    services.log,
    timed(services, round, () => plans.round()),
  );
  const stop = new AbortController();
  let isDue = false;
  // A thousand moves tell much at once: one look sees all of it.
  const wakeSoon = (): void => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      rounds.wake();
    }, intervalMs / looksEachInterval).unref();
  };
  const follow = async (): Promise<void> => {
    for await (const { kind } of services.store.events.follow(null, stop.signal))
      if (kind === 'plan.updated' || plans.isBusy) wakeSoon();
  };
  const following = again(intervalMs, 'following what plans wait for', services.log, follow);
  const stopFollowing = async (): Promise<void> => {
    stop.abort();
    await plans.stop();
    await following.stop();
  };
  return [rounds, { wake: () => rounds.wake(), stop: stopFollowing }];
}

/** Webhooks are told as soon as anything has happened, and after their pauses. */
function tellWebhooks(services: Services, webhooks: WebhookRunner): Repeated[] {
  const round = 'telling webhooks';
  const rounds = again(
    webhookIntervalMs,
    round,
    services.log,
    timed(services, round, () => webhooks.round()),
  );
  const stop = new AbortController();
  let isDue = false;
  const follow = async (): Promise<void> => {
    for await (const _ of services.store.events.follow(null, stop.signal)) {
      if (isDue) continue;
      isDue = true;
      setTimeout(() => {
        isDue = false;
        rounds.wake();
      }, webhookGatherMs).unref();
    }
  };
  const following = again(webhookIntervalMs, 'following what webhooks are told', services.log, follow);
  const stopAll = async (): Promise<void> => {
    stop.abort();
    await Promise.all([following.stop(), webhooks.stop()]);
  };
  return [rounds, { wake: () => rounds.wake(), stop: stopAll }];
}

/** The same work, whose time and failures are counted. */
function timed(
  { metrics, readiness, store }: Services,
  round: string,
  work: () => Promise<void> | void,
): () => Promise<void> {
  metrics?.count('ferry_round_failures_total', { round }, 0);
  return async () => {
    const begun = performance.now();
    try {
      await work();
      readiness?.round(round, true, store.now());
      metrics?.observe('ferry_round_duration_seconds', { round }, (performance.now() - begun) / 1000);
    } catch (error) {
      readiness?.round(round, false, store.now());
      metrics?.count('ferry_round_failures_total', { round });
      throw error;
    }
  };
}

/** Asks the hosts that did not answer whether they do again; `wake` is called for each that does. Touches nothing. */
async function askSilentHosts(services: Services, silent: SilentHosts, wake: () => void): Promise<void> {
  if (!silent.any) return;
  const hosts = await services.store.hosts.list();
  const known = new Set(hosts.map((host) => host.uri));
  silent.ask(services.hypervisor, { known, deadlineMs: services.limits.inspectMs }, (uri) => {
    services.log.info({ uri }, 'a host answers again: what waited for it goes on');
    wake();
  });
}

/** Confirms held migrations on which nobody has decided within the window, as Nova's `resize_confirm_window` does. */
async function confirmLate(services: Services, runner: OperationRunner, windowMs: number): Promise<void> {
  const before = new Date(Date.now() - windowMs).toISOString();
  for (const { id } of await services.store.heldMigrations.waitingSince(before)) {
    try {
      runner.start((await submitDecision(services, id, 'confirm')).operationId);
      services.log.info({ migration: id }, 'nobody decided on a held migration in time: it is confirmed');
    } catch (error) {
      // Somebody has decided meanwhile, here or at another controller.
      if (!(error instanceof Refusal && error.code === 'migration-not-held')) throw error;
    }
  }
}

/** Tells hosts that were away of the changes of security groups that they have missed. */
async function syncFirewalls(services: Services): Promise<void> {
  await syncFilters(services);
}

/** Forgets tokens that have expired, and attempts to sign in that do not count any more. */
async function tidyIdentity({ store, log }: Services): Promise<void> {
  const ago = (ms: number): string => new Date(Date.parse(store.now()) - ms).toISOString();
  await store.signIns.removeOlder({ failures: ago(signInMemoryMs), known: ago(knownAddressMs) });
  await store.consoleTokens.removeExpired();
  const expired = await store.identityTokens.removeExpired();
  if (expired > 0) log.debug({ expired }, 'tokens that had expired are forgotten');
}
