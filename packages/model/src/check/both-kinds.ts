import type { MigrationKind } from '../migration/migration.ts';

/** For checks that apply to every move. */
export const bothKinds: readonly MigrationKind[] = ['live-migration', 'cold-migration'];
/** For checks of a guest that runs while it moves. */
export const liveOnly: readonly MigrationKind[] = ['live-migration'];
/** For checks of a guest that is off while it moves. */
export const coldOnly: readonly MigrationKind[] = ['cold-migration'];
