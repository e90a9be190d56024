import type { PlugFacts } from './plug-facts.ts';

/** What is told of a plug that there is nothing to tell of. */
export const untoldPlug: Omit<PlugFacts, 'kind' | 'active' | 'mtu'> = {
  isBridge: null,
  isOpenVswitch: null,
  isPart: null,
  macvtaps: [],
  through: [],
  lacks: [],
  portGroups: {},
  identity: null,
};
