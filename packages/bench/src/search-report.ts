/** The report of the study of searching: a table for the terminal, and one HTML file. */
import { drawTable } from './benchmarks/result.ts';
import { escapeHtml, significant } from './format.ts';
import { describeMachine, type Machine } from './machine.ts';
import { symbolSvg } from './report/plots/drawing.ts';
import { recallByExamined, recallByRate, searchWays } from './plots/search.ts';
import { reportPage } from './report-page.ts';
import type { SearchPoint } from './search-study.ts';

/** For each corpus and way the fastest setting with a recall of 0.9 or more, or the one with the highest recall. */
export function searchTable(points: readonly SearchPoint[]): string {
  const groups = Map.groupBy(points, ({ corpus, way }) => `${corpus}: ${way}`);
  const rows = [...groups].map(([name, list]) => {
    const enough = list.filter(({ recall }) => recall >= 0.9);
    const chosen = (enough.length > 0 ? enough : list).toSorted((a, b) =>
      enough.length > 0 ? b.queriesPerSecond - a.queriesPerSecond : b.recall - a.recall,
    )[0] as SearchPoint;
    const { setting, recall, examined, queriesPerSecond } = chosen;
    return [
      name,
      setting,
      recall.toFixed(3),
      examined === undefined ? '–' : significant(100 * examined),
      significant(queriesPerSecond),
    ];
  });
  return drawTable(['', 'setting', 'recall at 10', 'scored, %', 'queries a second'], rows);
}

/** The report: both plots, and all points as a table. */
export function renderSearchReport(points: readonly SearchPoint[], machine: Machine): string {
  const legend = searchWays(points)
    .map((way, index) => `<span>${symbolSvg(index)} ${escapeHtml(way)}</span>`)
    .join(' ');
  const rows = points.map(
    ({ corpus, way, setting, recall, examined, queriesPerSecond }) =>
      `<tr><th scope="row">${escapeHtml(`${corpus}: ${way}`)}</th><td>${escapeHtml(setting)}</td><td>${recall.toFixed(3)}</td>` +
      `<td>${examined === undefined ? '–' : significant(100 * examined)}</td><td>${significant(queriesPerSecond)}</td></tr>`,
  );
  return reportPage(
    'Searching for the greatest inner products',
    `<p>${escapeHtml(describeMachine(machine))}</p>
<p>${legend}</p>
<h2>Recall and vectors scored</h2>
${recallByExamined(points)}
<h2>Recall and queries a second</h2>
${recallByRate(points)}
<h2>All points</h2>
<div class="scroll"><table>
<thead><tr><th></th><th>setting</th><th>recall at 10</th><th>scored, %</th><th>queries a second</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`,
    'Searching',
  );
}
