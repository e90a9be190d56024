import type { HostNetworkFacts } from './network-facts.ts';

/** What is told of a network that there is nothing to tell of. */
export const unspecifiedNetwork: Omit<HostNetworkFacts, 'kind' | 'active' | 'mtu'> = {
  isBridge: null,
  isOpenVswitch: null,
  isPart: null,
  macvtaps: [],
  through: [],
  lacks: [],
  portGroups: {},
  identity: null,
};
