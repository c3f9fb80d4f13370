/** The report's style sheet. Arms' colours are Okabe and Ito's, parts' are Tol's: both are told apart by colour-blind readers. */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --card: #f7f7f6; --ink: #1d1f21; --soft: #5d6369; --grid: #d9dadc; --accent: #0b62a8;
  --arm-0: #4b4f54; --arm-1: #c77f00; --arm-2: #b8538f; --arm-3: #2f8fd3; --arm-4: #008a63; --arm-5: #d4500a; --arm-6: #7a5cc2;
  --part-hashing: #e0576a; --part-choose: #f2a5ae; --part-forward: #3f76ab; --part-backward: #74b6dc;
  --part-optimizer: #b9a83a; --part-rehash: #a33a77;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #17191b; --card: #1f2225; --ink: #e6e7e8; --soft: #a0a6ac; --grid: #3b4045; --accent: #74b9f2;
    --arm-0: #b4b9be; --arm-1: #e69f00; --arm-2: #d98bb8; --arm-3: #56b4e9; --arm-4: #1fb98a; --arm-5: #f0763a; --arm-6: #a98ff0;
    --part-hashing: #ee6677; --part-choose: #f4b3ba; --part-forward: #4f8bc2; --part-backward: #7cc4ea;
    --part-optimizer: #ccbb44; --part-rehash: #c05a95;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main { max-width: 1240px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 16px; }
h2 { font-size: 20px; margin: 40px 0 12px; }
h3 { font-size: 15px; margin: 0 0 4px; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(250px, 1fr)); gap: 8px 24px; margin: 0; }
.facts dt { color: var(--soft); font-size: 13px; }
.facts dd { margin: 0; }
.arms { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 16px 0 0; font-size: 14px; }
.arms dt { font-weight: 600; }
.arms dd { margin: 0; color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 14px; white-space: nowrap; }
#summary { width: 100%; }
th, td { padding: 4px 10px; text-align: right; }
th { font-weight: 600; }
thead th { color: var(--soft); font-size: 13px; vertical-align: bottom; }
thead tr:last-child th { border-bottom: 1px solid var(--ink); }
th.group { text-align: center; padding-bottom: 2px; }
th.group span { display: block; border-bottom: 1px solid var(--grid); padding-bottom: 2px; }
.name { text-align: left; }
#summary th:first-child, #records td:first-child, #records th:first-child { text-align: left; }
tbody tr + tr > * { border-top: 1px solid var(--grid); }
.note, figcaption { color: var(--soft); font-size: 13px; margin: 8px 0 0; }
.note { max-width: 80em; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 16px; }
figure.plot { margin: 0 0 16px; padding: 16px; background: var(--card); border-radius: 8px; min-width: 0; }
.plot > svg { display: block; max-width: 100%; height: auto; margin-top: 8px; }
.plot > svg { --plot-background: var(--card); font-size: 12px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; list-style: none; margin: 4px 0 0; padding: 0; font-size: 13px; }
.legend li { display: flex; align-items: center; gap: 6px; }
.swatch { width: 12px; height: 12px; border-radius: 2px; }
details > summary { cursor: pointer; color: var(--accent); margin-bottom: 8px; }
@media (max-width: 900px) { .pair { grid-template-columns: 1fr; } main { padding: 20px 12px 40px; } }
@media print { details { display: none; } figure.plot { break-inside: avoid; } }
`;
