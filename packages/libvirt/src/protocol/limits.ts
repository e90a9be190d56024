/** Limits of libvirt's remote protocol (constants of its protocol definition, the same since 2013). */
export const limits = {
  stringBytes: 4_194_304,
  listLength: 16_384,
  migrateCookieBytes: 4_194_304,
  migrateParams: 64,
  jobStats: 64,
  memoryStats: 1024,
  nodeMemoryStats: 16,
  nodeCpuStats: 16,
  blockStats: 16,
  domainStats: 262_144,
  cpuInfos: 16_384,
  cpuMapsBytes: 8_388_608,
  authTypes: 20,
  saslDataBytes: 65_536,
} as const;
