/** Drivers and releases that procedures are proven on, and the host of a lab where each is. */
export const places = [
  { driver: 'qemu', release: '11.3', name: 'qemu 11.3', host: 'compute11' },
  { driver: 'qemu', release: '9.0', name: 'qemu 9.0', host: 'compute12' },
  { driver: 'test', release: '11.3', name: 'test 11.3', host: 'compute11' },
  { driver: 'test', release: '9.0', name: 'test 9.0', host: 'compute12' },
] as const;
/** Hosts of a lab that has them all. */
export const hosts = [{}, { release: 'bookworm' }] as const;
