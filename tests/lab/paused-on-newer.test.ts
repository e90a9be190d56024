import { testOwnersPause } from './owners-pause.ts';

const newer = { release: 'trixie-backports' } as const;

testOwnersPause('pausednewer', [newer, newer]);
