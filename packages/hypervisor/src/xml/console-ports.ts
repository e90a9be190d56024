import type { Element } from '@xmldom/xmldom';
import type { ConsolePorts } from '../contract/host-consoles.ts';
import { at, attribute, children, rootOf } from './parse-xml.ts';

/** What `virDomainOpenConsole` can open: a pseudo terminal or a unix socket of the host. */
const openable = ['pty', 'unix'] as const;

/**
 * The consoles in the description of a domain that runs (libvirt's formatdomain, "Consoles, serial & parallel devices" and
 * "Graphical framebuffers"). Throws XmlError.
 */
export function consolePorts(xml: string): ConsolePorts {
  const devices = at(rootOf(xml, 'domain'), 'devices');
  if (devices === null) return { serial: null, vnc: null };
  const ports = [...children(devices, 'serial'), ...children(devices, 'console')];
  // A terminal comes first: at the other end of a socket there may be a program.
  const serial = openable
    .flatMap((type) => ports.filter((port) => attribute(port, 'type') === type))
    .map((port) => attribute(at(port, 'alias'), 'name'))
    .find((alias) => alias !== null);
  const screens = children(devices, 'graphics').filter((one) => attribute(one, 'type') === 'vnc');
  return { serial: serial ?? null, vnc: screens.map(vncOf).find((one) => one !== null) ?? null };
}

/** Whether a description is that of a run: libvirt gives a domain a number for as long as it is active. Throws XmlError. */
export function describesRun(xml: string): boolean {
  return attribute(rootOf(xml, 'domain'), 'id') !== null;
}

/** Port -1: not listening yet. A screen on a unix socket has no port. */
function vncOf(graphics: Element): ConsolePorts['vnc'] {
  const port = Number(attribute(graphics, 'port') ?? -1);
  const listen = at(graphics, 'listen');
  if (!Number.isInteger(port) || port <= 0) return null;
  const address = attribute(listen, 'address') ?? attribute(graphics, 'listen');
  return { address: address ?? '127.0.0.1', port };
}
