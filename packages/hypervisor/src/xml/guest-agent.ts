import { at, attribute, children, rootOf } from './parse-xml.ts';

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
