import { tortureMoves } from './torture-moves.test-support.ts';

tortureMoves([
  { kind: 'live-migration', directory: '/shared', state: 'running' },
  { kind: 'live-migration', directory: '/shared', state: 'running', coordinated: true },
  { kind: 'live-migration', directory: '/images', state: 'running' },
]);
