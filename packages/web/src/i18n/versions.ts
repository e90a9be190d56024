/** A version of libvirt or QEMU as they count it: major · 1,000,000 + minor · 1,000 + release. Empty where it is not known. */
export function version(value: number): string {
  if (value === 0) return '';
  return `${Math.floor(value / 1_000_000)}.${Math.floor(value / 1_000) % 1_000}.${value % 1_000}`;
}
