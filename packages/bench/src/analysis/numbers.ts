/** Values, differences and intervals as texts, by their unit. */
import { count, significant } from '../format.ts';
import { halfWidth, type Estimate } from './estimate.ts';
import { isRatio, type MetricInfo } from './metrics.ts';
import { ALPHA } from './paired.ts';

/** A minus that is as wide as a plus. */
const MINUS = '−';

/** What stands behind a number of this unit, with a space before it; nothing where the number says it all. */
export function unitText(unit: string): string {
  const known: Record<string, string> = {
    share: ' %',
    seconds: ' s',
    count: '',
    ratio: '',
    '1/s': ' /s',
    bytes: ' B',
  };
  return known[unit] ?? ` ${unit}`;
}

/** A value without its unit: shares in per cent. `decimals` is of shares and small numbers. */
export function valueText(value: number, unit: string, decimals: number = 1): string {
  if (unit === 'share') return signed((value * 100).toFixed(decimals));
  if (['multiply-adds', 'count', 'bytes', '1/s'].includes(unit)) return signed(count(value));
  if (unit === 'seconds') return signed(significant(value));
  return signed(value.toFixed(Math.max(decimals, 3)));
}

/** A mean with the half width of its interval: `94.1 ± 0.3`, without unit; the mean alone where there is no interval. */
export function estimateText(estimate: Estimate, { unit }: { readonly unit: string }): string {
  const half = halfWidth(estimate);
  // An interval below a tenth of a point would read as none; one below a hundredth is none.
  const fine = unit === 'share' && half !== null && half < 0.00095 && half >= 0.00005;
  const decimals = fine ? 2 : 1;
  const mean = valueText(estimate.mean, unit, decimals);
  if (half === null) return mean;
  // As many decimals as the mean has, where both are plain numbers.
  const places = /^−?\d+(?:\.(\d+))?$/.exec(mean);
  const plain =
    unit === 'share' || places === null
      ? valueText(half, unit, decimals)
      : half.toFixed(places[1]?.length ?? 0);
  return /[1-9]/.test(plain) ? `${mean} ± ${plain}` : mean;
}

/** How far apart two values are: `2.10 points`, `0.031 nats`; for ratios, given as a logarithm, `1.30 times`. */
export function differenceText(difference: number, metric: MetricInfo): string {
  return `${bareDifference(difference, metric)}${differenceUnit(metric)}`;
}

/** The ends of an interval of differences: `1.60 to 2.60`. */
export function intervalText(low: number, high: number, metric: MetricInfo): string {
  return `${bareDifference(low, metric)} to ${bareDifference(high, metric)}`;
}

/** What stands behind a difference. */
export function differenceUnit(metric: MetricInfo): string {
  if (isRatio(metric)) return ' times';
  return metric.unit === 'share' ? ' points' : unitText(metric.unit);
}

/** A difference without its unit. */
export function bareDifference(difference: number, metric: MetricInfo): string {
  if (isRatio(metric)) return significant(Math.exp(difference));
  return metric.unit === 'share' ? signed((difference * 100).toFixed(2)) : signed(difference.toFixed(4));
}

/** A p-value: `0.013`, `<0.001`; with a digit more where it would be rounded up to the level that decides. */
export function pText(p: number): string {
  if (p < 0.001) return '<0.001';
  return p.toFixed(p < ALPHA && Number(p.toFixed(3)) >= ALPHA ? 4 : 3);
}

function signed(text: string): string {
  return text.startsWith('-') ? `${/[1-9]/.test(text) ? MINUS : ''}${text.slice(1)}` : text;
}
