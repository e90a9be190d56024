import type { SimulatedDomain } from './simulated-state.ts';

let begun = 0;
const lives = new WeakMap<SimulatedDomain, string>();

/** What tells a life of a simulated domain from the next, as libvirt's numbers do; null while it is off. */
export function lifeOf(domain: SimulatedDomain): string | null {
  return domain.state === 'shutoff' ? null : (lives.get(domain) ?? beginLife(domain));
}

/** It was started. */
export function beginLife(domain: SimulatedDomain): string {
  begun += 1;
  const life = String(begun);
  lives.set(domain, life);
  return life;
}
