import { expect, it } from 'vitest';
import { gateFault } from './gate-limit.ts';

it('lets a gate pass that takes what it should', () => {
  expect(gateFault(26, 1)).toBeNull();
  expect(gateFault(35, 1)).toBeNull();
});

it('names what a gate took that is too long, and what was the most', () => {
  expect(gateFault(36, 1)).toContain('took 36.0 processor minutes, and 35.1 are its most here');
});

it('allows a slower machine as much more as it is slower, and asks no more of a faster one', () => {
  expect(gateFault(50, 1.5)).toBeNull();
  expect(gateFault(53, 1.5)).toContain('52.7 are its most here');
  expect(gateFault(35, 0.5)).toBeNull();
});
