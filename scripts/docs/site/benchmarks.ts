/** The site's page of benchmarks: what each measures, and its options. */
import { BENCHMARKS } from '../../../packages/bench/src/benchmarks/index.ts';

/** What is told of an option. */
interface Flag {
  readonly flags: string;
  readonly description: string;
  readonly defaultValue?: unknown;
}

/** A section for each. */
export function benchmarkSections(): string {
  return BENCHMARKS.map(({ name, description, options }) => {
    const flags = Object.values(options as Readonly<Record<string, Flag>>).map(
      (option) => `- \`${option.flags}\`: ${option.description}${byDefault(option.defaultValue)}`,
    );
    return [
      `## ${name}`,
      '',
      `${description.slice(0, 1).toUpperCase()}${description.slice(1)}.`,
      '',
      '```sh',
      `npx @hashgrad/bench bench ${name}`,
      '```',
      ...(flags.length === 0 ? [] : ['', ...flags]),
    ].join('\n');
  }).join('\n\n');
}

/** Defaults that are the same on every machine: folders are not. */
function byDefault(value: unknown): string {
  if (typeof value === 'number') return ` (${value})`;
  return Array.isArray(value) ? ` (${value.join(', ')})` : '';
}
