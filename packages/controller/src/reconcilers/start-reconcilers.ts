import type { ControllerOptions } from '../controller-options.ts';
import type { LeaseKeeper } from '../operations/lease-keeper.ts';
import type { OperationRunner } from '../operations/operation-runner.ts';
import type { Services } from '../operations/shared/services.ts';
import type { SilentHosts } from '../operations/silent-hosts.ts';
import { askSilentHosts } from './ask-silent-hosts.ts';
import { clearEvacuated } from './clear-evacuated.ts';
import { confirmLate } from './confirm-late.ts';
import { every, type Repeated } from './every.ts';
import { forgetOld, keptOf } from './forget-old.ts';
import { keepDefinitions } from './keep-definitions.ts';
import { profileInstances } from './profile-instances.ts';
import { settleFirewalls } from './settle-firewalls.ts';
import { tidyIdentity } from './tidy-identity.ts';
import { watchHosts } from './watch-hosts.ts';

/** The pauses that hold when nobody says otherwise, milliseconds. */
export const defaultIntervals = {
  watchIntervalMs: 10_000,
  resumeIntervalMs: 15_000,
  returnIntervalMs: 1_000,
  definitionAgeMs: 600_000,
  tidyIntervalMs: 300_000,
} as const;
/** New instances are read after at most so long. */
const longestDefinitionPauseMs = 60_000;
/** Between two rounds of measuring: those that are due wait no longer for their turn. */
const longestMeasurePauseMs = 5_000;
/** So often in each lease it is renewed, and looked for what others let go of. */
const renewalsEachLease = 4;

/** What a controller works with. */
interface Workers {
  readonly services: Services;
  readonly runner: OperationRunner;
  readonly leases: LeaseKeeper;
  readonly silent: SilentHosts;
}

/** Begins all that a controller does again and again by itself; each is to be stopped. */
export function startReconcilers(
  { services, runner, leases, silent }: Workers,
  options: ControllerOptions,
): Repeated[] {
  const { log } = services;
  const renewMs = leases.leaseMs / renewalsEachLease;
  const resumeMs = options.resumeIntervalMs ?? defaultIntervals.resumeIntervalMs;
  const watchMs = options.watchIntervalMs ?? defaultIntervals.watchIntervalMs;
  const returnMs = options.returnIntervalMs ?? defaultIntervals.returnIntervalMs;
  const tidyMs = options.tidyIntervalMs ?? defaultIntervals.tidyIntervalMs;
  const { confirmWindowMs = null, definitionAgeMs = defaultIntervals.definitionAgeMs } = options;
  // What waits for a host is begun anew as soon as that answers again.
  const waitForHosts = [
    every(watchMs, 'the watch over hosts', log, () => watchHosts(services)),
    every(resumeMs, 'telling hosts of security groups', log, () => settleFirewalls(services)),
    every(resumeMs, 'taking up what waits', log, () => runner.resumeWaiting()),
    every(resumeMs, 'clearing evacuated hosts', log, () => clearEvacuated(services)),
  ];
  const repeated = [
    ...waitForHosts,
    every(renewMs, 'renewing leases', log, () => leases.renew()),
    every(renewMs, 'looking for what other controllers let go of', log, () => runner.takeOver()),
    every(returnMs, 'looking for hosts that are back', log, () =>
      askSilentHosts(services, silent, () => {
        for (const one of waitForHosts) one.wake();
      }),
    ),
    every(tidyMs, 'forgetting tokens that have expired', log, () => tidyIdentity(services)),
    every(tidyMs, 'forgetting what is old', log, () => forgetOld(services, keptOf(options))),
  ];
  if (definitionAgeMs !== null) {
    const pauseMs = Math.min(definitionAgeMs, longestDefinitionPauseMs);
    repeated.push(
      every(pauseMs, 'keeping definitions', log, () => keepDefinitions(services, definitionAgeMs)),
    );
  }
  const { measureIntervalMs = null, measureAtOnce = 2 } = options;
  if (measureIntervalMs !== null) {
    const budget = { eachMs: measureIntervalMs, atOnce: measureAtOnce };
    const pauseMs = Math.min(measureIntervalMs, longestMeasurePauseMs);
    repeated.push(every(pauseMs, 'measuring guests', log, () => profileInstances(services, budget)));
  }
  if (confirmWindowMs !== null)
    repeated.push(
      every(resumeMs, 'confirming what is held', log, () => confirmLate(services, runner, confirmWindowMs)),
    );
  return repeated;
}
