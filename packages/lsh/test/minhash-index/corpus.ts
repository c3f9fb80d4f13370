/** Texts with near-duplicates planted: paragraphs, and copies of them in which some words are others. */
import type { RandomStream } from '@hashgrad/kernels';

/** Paragraphs that are always at hand. */
export const PARAGRAPHS: readonly string[] = [
  `The ferry leaves the northern harbour at six in the morning, when the fishing boats come back and the gulls follow them in. It takes two hours to the outer islands if the sea is calm, and nobody knows how long if it is not, so the captain sells no return tickets.`,
  `A good loaf needs flour, water, salt and time. Of these time is the one that beginners leave out, because the dough looks ready long before it is; a night in a cold room does more for the crust than any oven, and costs nothing but patience.`,
  `Every spring the river moves its bed a little to the west. Farmers on the eastern bank have gained a field in a hundred years, those on the other side have lost a barn, an orchard and a road, and the maps of the county office show neither.`,
  `The clock in the tower has two faces that never agree. One is driven from above and one from below, and the long shaft between them twists in warm weather, so that the square to the south is always a minute ahead of the market to the north.`,
  `To find a leak in a long pipe, close it at both ends and listen. The hiss is loudest where the water escapes, but a bend near by can sound louder still, which is why the old plumbers walk along the whole pipe before they open anything.`,
  `Maps of the night sky were drawn from the outside for centuries, as though one looked down on a globe of stars. Whoever wanted to find a constellation had to turn the picture around, and a good many engravers forgot to do it for one page or another.`,
  `The library lends tools as well as books. Drills are out most of the year, ladders in autumn, and a machine that presses apples has a waiting list which people are said to leave to their children; the books, meanwhile, are hardly ever late.`,
  `When two glaciers meet, each keeps its own rubble in a dark stripe that runs down the middle of the ice. Count the stripes at the foot of the valley and you know how many branches there are above, even if clouds hide every one of them.`,
  `A queue moves faster when nobody can see its end. The post office found this out by accident, when a cupboard was put in the middle of the hall, and has since moved the cupboard twice, each time against the wishes of the customers and to their benefit.`,
  `Salt was carried over the pass on mules, twelve bars to an animal and forty animals to a driver. The inns along the way still have doors that are wide at the height of a mule's load and narrow below, as though houses had shoulders.`,
];

/** Words that replace others. */
const OTHERS =
  'stone lamp window garden silver paper winter bridge copper letter forest candle ribbon anchor meadow'.split(
    ' ',
  );

/** All texts, then `copies` of each in which a share of the words, up to `most`, are others; in an order at random. */
export function plantDuplicates(
  texts: readonly string[],
  copies: number,
  most: number,
  random: RandomStream,
): string[] {
  const planted = texts.flatMap((text) => [
    text,
    ...Array.from({ length: copies }, () => changed(text, most * random.uniform(), random)),
  ]);
  for (let i = planted.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [planted[i], planted[j]] = [planted[j] as string, planted[i] as string];
  }
  return planted;
}

function changed(text: string, share: number, random: RandomStream): string {
  const words = text.split(' ');
  return words
    .map((word) => (random.uniform() < share ? (OTHERS[random.integer(OTHERS.length)] as string) : word))
    .join(' ');
}
