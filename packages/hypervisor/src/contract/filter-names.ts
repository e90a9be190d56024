const prefix = 'ferry-';

/** Names of Ferry's filters on hosts: told from all others by their beginning. */
export const filterNames = {
  group: (groupId: string): string => `${prefix}group-${groupId}`,
  instance: (instanceId: string): string => `${prefix}instance-${instanceId}`,
  isOurs: (name: string): boolean => name.startsWith(prefix),
} as const;
