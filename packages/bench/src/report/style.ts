/** The report's style sheet. Series' colours are Okabe and Ito's, parts' are Tol's: colour-blind readers can tell them apart, and series have a symbol each besides. */

/** The colours on paper, which printing always uses. */
const LIGHT = `
  --paper: #ffffff; --card: #f7f7f6; --ink: #1d1f21; --soft: #5d6369; --grid: #d9dadc; --accent: #0b62a8;
  --arm-0: #4b4f54; --arm-1: #c77f00; --arm-2: #b8538f; --arm-3: #2f8fd3; --arm-4: #008a63; --arm-5: #d4500a; --arm-6: #7a5cc2;
  --part-0: #e0576a; --part-1: #f2a5ae; --part-2: #b9a83a; --part-3: #3f76ab; --part-4: #74b6dc; --part-5: #a33a77;
  --part-6: #3d8f55; --part-7: #8a8f94;`;

const DARK = `
  --paper: #17191b; --card: #1f2225; --ink: #e6e7e8; --soft: #a0a6ac; --grid: #3b4045; --accent: #74b9f2;
  --arm-0: #b4b9be; --arm-1: #e69f00; --arm-2: #d98bb8; --arm-3: #56b4e9; --arm-4: #1fb98a; --arm-5: #f0763a; --arm-6: #a98ff0;
  --part-0: #ee6677; --part-1: #f4b3ba; --part-2: #ccbb44; --part-3: #4f8bc2; --part-4: #7cc4ea; --part-5: #c05a95;
  --part-6: #56ab6e; --part-7: #a5abb1;`;

/** How many colours parts have; more parts begin again. */
export const PART_COLOURS = 8;

/** The colours on paper by the names of their variables, for plots in files of their own. */
export const lightColours: ReadonlyMap<string, string> = new Map(
  Array.from(LIGHT.matchAll(/(--[\w-]+): ([^;]+);/g), ([, name = '', colour = '']) => [name, colour]),
);

/** The whole style sheet. */
export const reportStyle: string = `
:root { color-scheme: light dark;${LIGHT} }
@media screen and (prefers-color-scheme: dark) { :root {${DARK} } }
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main { max-width: 1240px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 8px; }
h2 { font-size: 20px; margin: 40px 0 12px; }
h3 { font-size: 15px; margin: 0 0 4px; }
p, li, dd, figcaption, code { overflow-wrap: anywhere; }
.question { font-size: 17px; color: var(--soft); max-width: 60em; margin: 0; }
.lead { font-size: 17px; max-width: 60em; margin: 0 0 8px; }
.text { max-width: 60em; }
.findings { max-width: 70em; padding-left: 20px; margin: 8px 0; }
.findings li { margin: 4px 0; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(250px, 100%), 1fr)); gap: 8px 24px; margin: 0 0 16px; }
.facts dt { color: var(--soft); font-size: 13px; }
.facts dd { margin: 0; }
.scroll {
  overflow-x: auto;
  background:
    linear-gradient(to right, var(--paper) 24px, transparent 48px) left / 48px 100% no-repeat local,
    linear-gradient(to left, var(--paper) 24px, transparent 48px) right / 48px 100% no-repeat local,
    linear-gradient(to right, var(--grid), transparent) left / 10px 100% no-repeat scroll,
    linear-gradient(to left, var(--grid), transparent) right / 10px 100% no-repeat scroll;
}
.plot .scroll { background: none; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; white-space: nowrap; }
th, td { padding: 4px 10px; text-align: right; }
th { font-weight: 600; }
thead th { white-space: normal; min-width: 4em; color: var(--soft); font-size: 13px; vertical-align: bottom; border-bottom: 1px solid var(--ink); }
.name { text-align: left; }
tbody tr + tr > * { border-top: 1px solid var(--grid); }
.note, figcaption { color: var(--soft); font-size: 13px; margin: 8px 0 0; max-width: 80em; }
pre { background: var(--card); padding: 12px 16px; border-radius: 8px; overflow-x: auto; margin: 0 0 16px; }
figure.plot { margin: 0; padding: 16px; background: var(--card); border-radius: 8px; min-width: 0; }
.plot .scroll > svg { display: block; max-width: 100%; min-width: 500px; height: auto; margin-top: 8px; --plot-background: var(--card); font-size: 12px; }
.plot.wide .scroll > svg { min-width: 960px; }
.figures { display: flex; flex-wrap: wrap; gap: 16px; margin: 0 0 16px; }
.figures > .plot { flex: 1 1 500px; max-width: 640px; }
.figures > .wide { flex-basis: 100%; max-width: none; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; list-style: none; margin: 4px 0 0; padding: 0; font-size: 13px; }
.legend li { display: flex; align-items: center; gap: 6px; }
.swatch { width: 12px; height: 12px; border-radius: 2px; flex: none; }
details { margin: 12px 0; }
details > summary { cursor: pointer; color: var(--accent); margin-bottom: 8px; }
@media (max-width: 900px) { main { padding: 20px 12px 40px; } figure.plot { padding: 12px; } }
@media screen and (max-width: 560px) {
  .plot .scroll::after {
    content: "scroll sideways for the rest →"; position: sticky; left: 0; display: block; width: max-content;
    color: var(--soft); font-size: 12px; margin-top: 4px;
  }
}
@media print {
  main { max-width: none; padding: 0; }
  .scroll { overflow: visible; background: none; }
  .plot .scroll > svg, .plot.wide .scroll > svg { min-width: 0; }
  .figures { display: block; }
  figure.plot { margin-bottom: 16px; }
  table { font-size: 10px; white-space: normal; }
  th, td { padding: 2px 4px; }
  figure.plot, tr { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
`;
