/** The networks with pinned bits that find units by clusters of weights, or hard negatives. */
import { adam, clusters, hidden, momentum, network, retrieve, signatures, softmax } from '../../src/index.ts';
import { sparse, type GoldenNetwork } from './golden-network.ts';

export const CLUSTERED: readonly GoldenNetwork[] = [
  {
    name: 'clusters',
    covers: 'Clusters of weights, and what clusters find beside classes by frequency.',
    spec: network(
      120,
      [
        hidden(61, clusters({ count: 15, probes: 3, refreshEvery: 3 })),
        softmax(
          90,
          retrieve({
            count: 30,
            hard: 8,
            by: clusters({ clusters: 20, probes: 3, refreshEvery: 2 }),
            pad: 'frequency',
            frequencies: Array.from({ length: 90 }, (_, c) => 1 + (c % 7)),
          }),
        ),
      ],
      adam({ rate: 0.003 }),
    ),
    examples: sparse,
    twoThreads: true,
  },
  {
    name: 'retrieved',
    covers: 'Classes that signatures find beside uniform ones that samples share, in a wide layer; momentum.',
    spec: network(
      120,
      [
        hidden(33),
        softmax(700, retrieve({ count: 60, hard: 9, by: signatures({ bits: 64, rehash: 2 }), shared: 4 })),
      ],
      momentum({ rate: 0.02 }),
    ),
    examples: sparse,
  },
];
