/** The frame of a report: one HTML file that needs neither scripts nor the network. */
import { escapeHtml } from './format.ts';
import { describeMachine } from './machine.ts';
import { reportStyle } from './report-style.ts';
import type { StudyContext } from './machine.ts';

/** A whole document: `heading` is plain text, `body` is HTML, and `title` (the heading, unless given) names the window. */
export function reportPage(heading: string, body: string, title: string = heading): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} – hashgrad</title>
<link rel="icon" href="data:,">
<style>${reportStyle}</style>
</head>
<body>
<main>
<h1>${escapeHtml(heading)}</h1>
${body}
</main>
</body>
</html>
`;
}

/** What a report says of a study before its figures: names and plain texts. */
export function factList(facts: readonly (readonly [name: string, text: string])[]): string {
  const items = facts.map(([name, text]) => `<div><dt>${name}</dt><dd>${escapeHtml(text)}</dd></div>`);
  return `<dl class="facts">\n${items.join('\n')}\n</dl>`;
}

/** The facts that say on what machine a study was made, and when. */
export function contextFacts({ machine, started }: StudyContext): [name: string, text: string][] {
  return [
    ['Machine', describeMachine(machine)],
    ['Date', started.replace('T', ' ').replace(/(:\d\d)(\.\d+)?Z$/, '$1 UTC')],
  ];
}
