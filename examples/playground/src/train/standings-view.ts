/** How far the networks are, as a table. */
import { byId, made } from '../common/dom.ts';
import type { Standing } from './messages.ts';
import { activeUnits, BATCH, type Settings } from './settings.ts';

const per = (value: number, unit: number): number => (unit === 0 ? 0 : value / unit);

/** Writes a row for each network; the cells stay the same elements, so that a reader keeps its place. */
export function showStandings(standings: readonly Standing[], settings: Settings): void {
  const body = byId('standings', HTMLTableSectionElement);
  for (const [i, standing] of standings.entries()) {
    const row = body.rows[i] ?? body.insertRow();
    const { name, units, steps, seconds, passes, accuracy } = standing;
    const computed = name === 'hashed' && settings.selector !== 'topK' ? activeUnits(settings) : units;
    const cells = [
      name,
      accuracy === undefined ? '–' : `${(100 * accuracy).toFixed(1)} %`,
      seconds.toFixed(1),
      Math.round(per(steps * BATCH, seconds)).toLocaleString('en'),
      passes.toFixed(1),
      units.toLocaleString('en'),
      computed.toLocaleString('en'),
    ];
    for (const [j, text] of cells.entries()) {
      const cell = row.cells[j] ?? row.appendChild(made(j === 0 ? 'th' : 'td'));
      if (cell.textContent !== text) cell.textContent = text;
      if (j === 0) Object.assign(cell, { scope: 'row', className: name });
    }
  }
}
