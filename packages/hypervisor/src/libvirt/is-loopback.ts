/** Whether an address is of a machine's own loopback: nobody else reaches it. */
export function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}
