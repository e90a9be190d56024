const prefix = 'ferry-';
const ofInstances = `${prefix}instance-`;

/** Names of Ferry's packet filters on hosts: told from all others by their beginning. */
export const filterNames = {
  group: (groupId: string): string => `${prefix}group-${groupId}`,
  instance: (instanceId: string): string => `${ofInstances}${instanceId}`,
  isOurs: (name: string): boolean => name.startsWith(prefix),
  isInstance: (name: string): boolean => name.startsWith(ofInstances),
} as const;
