import { knownBad } from '../host/known-bad-versions.ts';
import { type Check, liveOnly } from './check-input.ts';
import { hostSilent, passed, refused } from './finding.ts';
import { liveFacts, showVersion } from './show-values.ts';

const code = 'guest-memory-safe';

/** The source's QEMU can send an emulated guest's memory without losing pages. */
export const guestMemorySafeCheck: Check = {
  code,
  about: "the source's QEMU does not corrupt the memory of emulated guests",
  kinds: liveOnly,
  judge: ({ domain, source }) => {
    if (domain === null) return [hostSilent(code, 'source', 'the kind of the guest')];
    const version = liveFacts(source)?.hypervisorVersion;
    if (domain.domainType !== 'qemu') {
      return [
        passed(code, `guests of type "${domain.domainType}" are not concerned`, { type: domain.domainType }),
      ];
    }
    if (version === undefined) return [hostSilent(code, 'source', 'its version of QEMU')];
    const compared = {
      type: domain.domainType,
      source: showVersion(version),
    };
    const bad = knownBad('QEMU', version, 'emulated-memory');
    if (bad === null) return [passed(code, `QEMU ${compared.source} sends all pages`, compared)];
    const firstSafe = showVersion(bad.below);
    const remedy = `Migrate it cold, or upgrade QEMU on the source to ${firstSafe} or later and start the guest anew.`;
    return [refused(code, `with QEMU ${compared.source}, ${bad.harm}`, { ...compared, firstSafe }, remedy)];
  },
};
