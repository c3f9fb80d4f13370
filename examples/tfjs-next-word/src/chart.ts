/** Losses over steps as lines. */

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [700, 250, 40, 20];
const COLORS = { hashed: '#0b6e99', dense: '#b3541e' } as const;

/** What one line shows. */
export interface Line {
  readonly name: keyof typeof COLORS;
  readonly losses: readonly (readonly [step: number, loss: number])[];
}

/** Draws the lines anew, the axes from the least to the most of all. */
export function drawLosses(svg: Element, lines: readonly Line[]): void {
  const points = lines.flatMap(({ losses }) => losses);
  const steps = Math.max(1, ...points.map(([step]) => step));
  const high = Math.ceil(Math.max(...points.map(([, loss]) => loss)));
  const low = Math.floor(Math.min(...points.map(([, loss]) => loss)));
  const x = (step: number): number => LEFT + ((WIDTH - LEFT - 10) * step) / steps;
  const y = (loss: number): number => 10 + ((HEIGHT - BOTTOM - 10) * (high - loss)) / Math.max(1, high - low);
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  svg.innerHTML = [
    ...ticks.map(
      (loss) =>
        `<path d="M${LEFT} ${y(loss)}H${WIDTH}" stroke="#e5e5e5"/>${label(4, y(loss) + 4, `${loss}`)}`,
    ),
    label(LEFT, HEIGHT - 4, 'step 0'),
    label(WIDTH - 60, HEIGHT - 4, String(steps)),
    ...lines.map(
      ({ name, losses }) =>
        `<polyline fill="none" stroke="${COLORS[name]}" stroke-width="2" points="${losses.map(([step, loss]) => `${x(step)},${y(loss)}`).join(' ')}"/>`,
    ),
  ].join('');
}

function label(x: number, y: number, text: string): string {
  return `<text x="${x}" y="${y}" font-size="12" fill="#666">${text}</text>`;
}
