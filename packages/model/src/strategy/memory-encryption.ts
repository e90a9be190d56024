import type { DoctorFinding } from '../doctor/doctor-finding.ts';

/** Whether memory and disks of a live move are encrypted on their way: where both hosts are known to be able, always, or never. */
export type EncryptionWish = 'where-possible' | 'required' | 'none';

/** Whether both hosts can send encrypted (QEMU's native TLS), as the doctor found it last. */
export interface EncryptionFacts {
  readonly can: boolean;
  /** Why, as a sentence. */
  readonly because: string;
}

/** What the doctor found; null: it has not looked lately. */
interface Found {
  readonly source: readonly DoctorFinding[] | null;
  readonly target: readonly DoctorFinding[] | null;
  readonly way: readonly DoctorFinding[] | null;
}

/** What of it has to do with QEMU's certificates. */
const isOfQemu = ({ code, compared }: DoctorFinding): boolean =>
  code === 'migration-tls' || ((code === 'certificate' || code === 'authority') && isQemus(compared['use']));
const isQemus = (use: unknown): boolean => typeof use === 'string' && use.startsWith('qemu-');

/** Whether two hosts can. What is not known is no yes. */
export function encryptionFacts({ source, target, way }: Found): EncryptionFacts {
  if (source === null || target === null || way === null)
    return { can: false, because: 'the doctor has not looked at both hosts lately' };
  const all = [...source, ...target, ...way].filter(isOfQemu);
  const bad = all.find(({ severity }) => severity === 'error' || severity === 'unknown');
  if (bad !== undefined) return { can: false, because: `${bad.host}: ${bad.message}` };
  for (const side of [source, target]) {
    const tls = side.find(({ code }) => code === 'migration-tls');
    if (tls?.severity !== 'ok')
      return {
        can: false,
        because: tls === undefined ? 'a host was not asked' : `${tls.host}: ${tls.message}`,
      };
  }
  if (!way.some((one) => one.code === 'authority' && isQemus(one.compared['use']) && one.severity === 'ok'))
    return { can: false, because: 'whether both hosts have the same authority is not known' };
  return { can: true, because: 'both hosts have certificates of one authority' };
}

/** Whether a move is encrypted. */
export function isEncrypted(wish: EncryptionWish, facts: EncryptionFacts | null): boolean {
  return wish !== 'none' && facts?.can === true;
}
