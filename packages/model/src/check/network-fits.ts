import type { NetworkComparison, HostNetworkFacts } from '../instance/network-facts.ts';
import { ownValue } from '../own-value.ts';
import { type Finding, refused, unsure, warned } from './finding.ts';

type Compared = Finding['compared'];
type Judge = (
  code: string,
  network: NetworkComparison,
  onTarget: HostNetworkFacts,
  compared: Compared,
) => Finding | null;

/** What the target has under the name is not what the guest can be plugged into; null when it fits. */
export function networkFits(
  code: string,
  network: NetworkComparison,
  onTarget: HostNetworkFacts,
  compared: Compared,
): Finding | null {
  for (const judge of [through, up, bridge, openVswitch, card, portGroup]) {
    const found = judge(code, network, onTarget, compared);
    if (found !== null) return found;
  }
  return null;
}

/** A network of the hypervisor may be started though what it leads through is gone. */
const through: Judge = (code, { name, targetName }, { lacks, through: all }, compared) => {
  if (lacks.length === 0) return null;
  const missing = lacks.join(', ');
  const seen = { ...compared, leadsThrough: all.join(', '), lacks: missing };
  if (lacks.length < all.length) {
    const remedy = `Make ${missing} on the target, or take it out of the network (virsh net-edit ${targetName}): the hypervisor may choose it.`;
    return warned(
      code,
      `the network "${targetName}" leads through ${missing} too, which the target lacks`,
      seen,
      remedy,
    );
  }
  const remedy = `Make ${missing} on the target, or name another network: --map-network ${name}=OTHER.`;
  return refused(
    code,
    `the network "${targetName}" leads through ${missing}, which the target lacks`,
    seen,
    remedy,
  );
};

/** A device that is down carries nothing. Where it is so at the source as well, the guest is no worse off. */
const up: Judge = (code, { targetName, atSource }, onTarget, compared) => {
  if (onTarget.kind === 'network' || onTarget.active) return null;
  if (atSource !== null && atSource !== 'absent' && !atSource.active) return null;
  const remedy =
    onTarget.isOpenVswitch === true
      ? `Start Open vSwitch on the target, and set "${targetName}" up (ip link set ${targetName} up).`
      : `Set it up on the target: ip link set ${targetName} up.`;
  return refused(code, `"${targetName}" of the target is down`, compared, remedy);
};

const bridge: Judge = (code, { kind, name, targetName, virtualPort }, onTarget, compared) => {
  if (kind !== 'bridge' || virtualPort !== null || onTarget.isBridge !== false) return null;
  const remedy = `Make "${targetName}" a bridge on the target, or name another: --map-network ${name}=BRIDGE.`;
  const what =
    onTarget.isOpenVswitch === true ? 'a bridge of Open vSwitch, not a Linux bridge' : 'not a bridge';
  return refused(code, `"${targetName}" of the target is ${what}`, compared, remedy);
};

const openVswitch: Judge = (code, network, onTarget, compared) => {
  const { name, targetName, atSource } = network;
  const leadsThere = atSource !== null && atSource !== 'absent' && atSource.isOpenVswitch === true;
  if (network.virtualPort !== 'openvswitch' && !(network.kind === 'network' && leadsThere)) return null;
  const remedy = `Make "${targetName}" a bridge of Open vSwitch on the target (ovs-vsctl add-br), or name another: --map-network ${name}=BRIDGE.`;
  if (onTarget.isBridge === true)
    return refused(
      code,
      `"${targetName}" of the target is a Linux bridge, not one of Open vSwitch`,
      compared,
      remedy,
    );
  if (onTarget.isOpenVswitch === false)
    return refused(code, `"${targetName}" of the target is no bridge of Open vSwitch`, compared, remedy);
  if (onTarget.isOpenVswitch === true) return null;
  const look = `See whether \`ovs-vsctl br-exists ${targetName}\` succeeds on the target.`;
  return unsure(
    code,
    `it could not be told whether "${targetName}" of the target is a bridge of Open vSwitch`,
    compared,
    look,
  );
};

/** A macvtap device stands on a card that is its own: no port of a bridge; in passthrough mode nobody else's. */
const card: Judge = (code, { kind, mode, name, targetName }, { isPart, macvtaps }, compared) => {
  if (kind !== 'direct') return null;
  const otherwise = `name another card: --map-network ${name}=CARD.`;
  if (isPart === true) {
    const remedy = `Take "${targetName}" out of it on the target (ip link set ${targetName} nomaster), or ${otherwise}`;
    return refused(
      code,
      `"${targetName}" of the target is a part of a bridge or a bond: no macvtap can stand on it`,
      compared,
      remedy,
    );
  }
  if (mode !== 'passthrough' || macvtaps.length === 0) return null;
  const users = macvtaps.join(', ');
  const remedy = `Let the guest that uses it leave it (bridge -d link show; virsh domiflist), or ${otherwise}`;
  return refused(
    code,
    `"${targetName}" of the target is in use (${users}), and passthrough wants it alone`,
    { ...compared, macvtaps: users },
    remedy,
  );
};

/** A port group that the target's network lacks is passed over by libvirt without a word: the guest would be without its VLAN. */
const portGroup: Judge = (code, { kind, portGroup: named, targetName, atSource }, onTarget, compared) => {
  if (kind !== 'network' || atSource === null || atSource === 'absent') return null;
  const group = named ?? '';
  const [here, there] = [atSource, onTarget].map(({ portGroups }) => ownValue(portGroups, group));
  if (here === undefined || here === there) return null;
  const seen = { ...compared, portGroup: named, sourcePort: here, targetPort: there ?? null };
  const remedy = `Give the network "${targetName}" of the target the same ${named === null ? 'VLAN and virtual port' : `port group "${group}"`} (virsh net-edit).`;
  if (there === undefined)
    return refused(
      code,
      `the network "${targetName}" of the target has no port group "${group}"`,
      seen,
      remedy,
    );
  const what = named === null ? 'ports' : `ports of the group "${group}"`;
  return refused(
    code,
    `${what} of the network "${targetName}" are ${there} on the target, ${here} at the source`,
    seen,
    remedy,
  );
};
