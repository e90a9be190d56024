/** Where the kernel of a domain is said to be that is not to be started: nowhere. Who tries reads it in libvirt's own error. */
const guardRoot = '/ferry-is-moving-this-guest/';
/** As libvirt writes a definition: no other <os> stands at the same depth. */
const osPattern = /^ {2}<os(?: [^>]*)?>\n([\s\S]*?)^ {2}<\/os>/m;
const kernelPattern = /<kernel>([^<]*)<\/kernel>/;
const guardPattern = /\/ferry-is-moving-this-guest\/[^/<]*/;

/**
 * A definition as libvirt gives it, of a domain that cannot be started: its kernel is in a place that does not exist and
 * whose name says why (letters, digits and hyphens). Null where the text is not as libvirt writes it.
 */
export function withGuard(xml: string, why: string): string | null {
  const plain = withoutGuard(xml);
  const [os, inner] = osPattern.exec(plain) ?? [];
  if (os === undefined || inner === undefined) return null;
  const guard = `${guardRoot}${why}`;
  const guarded = kernelPattern.test(inner)
    ? os.replace(kernelPattern, (_, kernel: string) => `<kernel>${guard}${kernel}</kernel>`)
    : os.replace(/ {2}<\/os>$/, () => `    <kernel>${guard}</kernel>\n  </os>`);
  return plain.replace(os, () => guarded);
}

/** The same definition of a domain that may be started; one without a guard stays as it is. */
export function withoutGuard(xml: string): string {
  if (!isGuarded(xml)) return xml;
  const [os] = osPattern.exec(xml) ?? [];
  if (os === undefined) return xml;
  const kernel = kernelPattern.exec(os)?.[1]?.replace(guardPattern, '') ?? '';
  const freed = os.replace(/^ *<kernel>[^<]*<\/kernel>\n/m, (line) =>
    kernel === '' ? '' : line.replace(kernelPattern, () => `<kernel>${kernel}</kernel>`),
  );
  return xml.replace(os, () => freed);
}

/** Whether a definition has a guard of Ferry's. */
export function isGuarded(xml: string): boolean {
  const [os = ''] = osPattern.exec(xml) ?? [];
  return kernelPattern.exec(os)?.[1]?.startsWith(guardRoot) === true;
}
