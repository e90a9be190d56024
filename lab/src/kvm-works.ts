import { existsSync, readFileSync } from 'node:fs';

/** A /dev/kvm alone does not tell: some nested kernels have one that runs no stock guest. The processor must say so too. */
export function kvmWorks(): boolean {
  return existsSync('/dev/kvm') && /^flags\s*:.*\b(vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'));
}
