import type { DoctorFinding } from '../doctor/doctor-finding.ts';
import { type Check, liveOnly } from './check-input.ts';
import { type Finding, noted, passed, refused, warned } from './finding.ts';

const code = 'way-ready';

/** What the doctor finds that no live move gets through. */
const stopping: ReadonlySet<string> = new Set(['name', 'migration-ports', 'identity', 'cpu']);

/** The way between the hosts, as the doctor found it last: names, ports and what else no other check tries. */
export const wayReadyCheck: Check = {
  code,
  about: 'the doctor found nothing on the way that keeps a live move from getting through',
  kinds: liveOnly,
  judge: ({ way, source, target, plan }) => {
    if (target === null) return [noted(code, 'there is no target to which there would be a way')];
    const again = `ferry doctor --pair ${source.name} ${target.name}`;
    if (way === null)
      return [
        noted(code, `nobody has looked at the way lately: ${again} tries names, ports and certificates`),
      ];
    const compared = { examinedAt: way.examinedAt };
    const errors = way.findings.filter(({ severity }) => severity === 'error');
    if (errors.length === 0)
      return [passed(code, `the doctor found no error on ${way.examinedAt}`, compared)];
    return errors.map((one): Finding => {
      const words = `${one.message} (found on ${way.examinedAt} by the doctor: ${one.code})`;
      const remedy = `${one.remedy} Then have it looked at again: ${again}`;
      const stops = stopping.has(one.code) || isOfPeers(one, plan?.form ?? null);
      return (stops ? refused : warned)(code, words, { ...one.compared, ...compared }, remedy);
    });
  },
};

/** The source's libvirtd dials the target's only where the hosts move a guest among themselves. */
function isOfPeers({ code: found }: DoctorFinding, form: string | null): boolean {
  return found === 'peer-daemon' && form === 'peer-to-peer';
}
