import { at, attribute, children, rootOf } from './parse-xml.ts';

/**
 * The file of the host that keeps what a guest writes to its serial console: a log beside it, or the port itself (libvirt's
 * formatdomain, "Consoles, serial & parallel devices"). Null where it is not kept. Throws XmlError.
 */
export function consoleFile(xml: string): string | null {
  const devices = at(rootOf(xml, 'domain'), 'devices');
  if (devices === null) return null;
  for (const port of [...children(devices, 'serial'), ...children(devices, 'console')]) {
    const log = attribute(at(port, 'log'), 'file');
    if (log !== null) return log;
    if (attribute(port, 'type') === 'file') return attribute(at(port, 'source'), 'path');
  }
  return null;
}
