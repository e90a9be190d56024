import { type Caller, hasRole } from '@ferry/model';
import type { Logger } from 'pino';
import { Refusal } from './refusal.ts';

/**
 * That no host will do, as the caller may read it: why, host by host, is told to administrators and the log. Names of
 * hosts, what they have free and who else is on them are no business of a project's members.
 */
export function noValidHost(
  log: Pick<Logger, 'info'>,
  caller: Caller,
  what: string,
  because: string,
  shown: Refusal = new Refusal('no-valid-host', `No valid host was found${what}. ${because}`),
): Refusal {
  if (hasRole(caller, 'admin')) return shown;
  log.info(
    { projectId: caller.projectId, userId: caller.userId, because, findings: shown.findings },
    'no valid host was found for a member',
  );
  return new Refusal(
    'no-valid-host',
    `No valid host was found${what}. There are not enough hosts available.`,
    [],
    shown,
  );
}
