/** One series of a plot: a dot for each of its values, in a row of the plot. */
export interface Series {
  readonly name: string;
  readonly values: readonly { readonly row: string; readonly value: number; readonly hollow: boolean }[];
}

const colours = [
  '#1b6ca8',
  '#3fa7d6',
  '#59cd90',
  '#2e8b57',
  '#ee6352',
  '#fac05e',
  '#a26769',
  '#6d597a',
] as const;
const left = 190;
const width = 560;
const rowHeight = 26;
const top = 46;
const legendHeight = 20;

/** Values on a logarithmic axis, a row each, a colour for each series; hollow ones did not move. Text alone, no script, no font of its own. */
export function dotPlot(
  title: string,
  unit: string,
  rows: readonly string[],
  series: readonly Series[],
): string {
  const all = series.flatMap(({ values }) => values.map(({ value }) => value)).filter((value) => value > 0);
  const first = 10 ** Math.floor(Math.log10(Math.min(...all, 1_000)));
  const last = 10 ** Math.ceil(Math.log10(Math.max(...all, first * 10)));
  const decades = Math.round(Math.log10(last / first));
  const x = (value: number): number => left + (Math.log10(Math.max(value, first) / first) / decades) * width;
  const bottom = top + rows.length * rowHeight;
  const ticks = Array.from({ length: decades + 1 }, (_, index) => first * 10 ** index);
  const height = bottom + 30 + series.length * legendHeight;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${left + width + 30}" height="${height}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    `<text x="10" y="20" font-size="14" font-weight="bold">${escape(title)}</text>`,
    ...ticks.map(
      (tick) =>
        `<line x1="${x(tick)}" x2="${x(tick)}" y1="${top - 8}" y2="${bottom}" stroke="#dddddd"/><text x="${x(tick)}" y="${bottom + 16}" text-anchor="middle">${tick} ${unit}</text>`,
    ),
    ...rows.map(
      (row, index) =>
        `<text x="${left - 10}" y="${top + index * rowHeight + rowHeight / 2 + 4}" text-anchor="end">${escape(row)}</text>`,
    ),
    ...series.flatMap(({ name, values }, number) => {
      const colour = colours[number % colours.length] ?? '#000000';
      // Dots of one row stand a little apart, so that none hides another.
      const shift = ((number - (series.length - 1) / 2) * (rowHeight - 6)) / series.length;
      const dots = values.map(({ row, value, hollow }) => {
        const y = top + rows.indexOf(row) * rowHeight + rowHeight / 2 + shift;
        return `<circle cx="${x(value).toFixed(1)}" cy="${y.toFixed(1)}" r="4" stroke="${colour}" fill="${hollow ? '#ffffff' : colour}"/>`;
      });
      const y = bottom + 34 + number * legendHeight;
      return [
        ...dots,
        `<circle cx="${left}" cy="${y - 4}" r="4" fill="${colour}"/><text x="${left + 12}" y="${y}">${escape(name)}</text>`,
      ];
    }),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
