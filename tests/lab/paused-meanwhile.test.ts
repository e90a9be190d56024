import { testOwnersPause } from './owners-pause.ts';

testOwnersPause('pausedwhile', 2);
