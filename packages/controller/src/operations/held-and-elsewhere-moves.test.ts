import { tortureMoves } from './torture-moves.test-support.ts';

const larger = {
  id: '2',
  name: 'larger',
  vcpus: 2,
  memoryMib: 128,
  rootGib: 1,
  ephemeralGib: 0,
  swapMib: 0,
  extraSpecs: {},
};

tortureMoves([
  { kind: 'cold-migration', directory: '/images', state: 'running', way: 'straight', elsewhere: true },
  {
    kind: 'cold-migration',
    directory: '/images',
    state: 'running',
    way: 'straight',
    hold: true,
    resizeTo: larger,
  },
]);
