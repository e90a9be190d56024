/** Why a command line was not begun. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}
