/** The frame of a report: one HTML file that needs neither scripts nor the network. */
import { escapeHtml } from './format.ts';
import { reportStyle } from './report-style.ts';

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
