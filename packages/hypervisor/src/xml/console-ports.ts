import type { Element } from '@xmldom/xmldom';
import type { ConsolePorts } from '../contract/host-guests.ts';
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

/** The name of the agent's channel (QEMU's guest agent; libvirt's formatdomain, "Channel"). */
const agentChannel = 'org.qemu.guest_agent.0';

/** Whether a program in the guest has the agent's channel open now, as libvirt tells it of a domain that runs. Throws XmlError. */
export function isAgentConnected(xml: string): boolean {
  const devices = at(rootOf(xml, 'domain'), 'devices');
  if (devices === null) return false;
  return children(devices, 'channel').some((channel) => {
    const target = at(channel, 'target');
    return attribute(target, 'name') === agentChannel && attribute(target, 'state') === 'connected';
  });
}
