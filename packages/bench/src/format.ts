/** Numbers and texts as the table, the report and the progress lines show them. */

/** A share as per cent without the sign: `0.0512` gives `5.1`, with more digits below 1 %. */
export function percent(share: number): string {
  const value = share * 100;
  if (value === 0) return '0';
  if (Math.abs(value) >= 99.95) return value.toFixed(0);
  if (Math.abs(value) >= 0.95) return value.toFixed(1);
  return Math.abs(value) < 0.005 ? '<0.01' : value.toFixed(2);
}

/** The fraction of an arm as a label: `0.05` gives `5 %`. */
export function fractionLabel(fraction: number): string {
  return `${Number((fraction * 100).toPrecision(6))} %`;
}

/** A number of seconds with three significant digits, e.g. `0.0123`, `1.23`, `123`. */
export function significant(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 6));
}

/** A duration for people: `8 s`, `2 min 05 s`, `1 h 02 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** A large count with a unit prefix: `1790000` gives `1.79 M`. */
export function count(value: number): string {
  if (value >= 1e9) return `${significant(value / 1e9)} G`;
  if (value >= 1e6) return `${significant(value / 1e6)} M`;
  if (value >= 1e3) return `${significant(value / 1e3)} k`;
  return significant(value);
}

/** A number of things: `1 run`, `2 runs`. */
export function plural(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

/** How many threads something ran on: `one thread`. */
export function threadsLabel(threads: number): string {
  return threads === 1 ? 'one thread' : `${threads === 2 ? 'two' : threads} threads`;
}

/** The text with everything that HTML gives a meaning replaced. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** A whole number with its thousands set off: `64,000`. */
export function thousands(value: number): string {
  return value.toLocaleString('en-US');
}

/** A whole number where names are short: 10000 as `10k`, 1000000 as `1m`. */
export function shortCount(value: number): string {
  if (value % 1e6 === 0) return `${value / 1e6}m`;
  return value % 1e3 === 0 ? `${value / 1e3}k` : String(value);
}
