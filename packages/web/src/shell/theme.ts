/** `system`: as the machine is set. */
export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const kept = 'ferry-theme';

export function keptTheme(): Theme {
  const chosen = localStorage.getItem(kept);
  return themes.find((one) => one === chosen) ?? 'system';
}

/** Colours follow `color-scheme`, which follows this. */
export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
  localStorage.setItem(kept, theme);
}
