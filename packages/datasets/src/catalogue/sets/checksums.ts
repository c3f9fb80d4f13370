import type { Checksum, ChecksumAlgorithm } from '../download/checksum.ts';

/** Who has published checksums of files that could not be read when the catalogue was made. */
export const SOURCES = {
  tfds: 'https://github.com/tensorflow/datasets/tree/master/tensorflow_datasets/url_checksums',
  torchvision: 'https://github.com/pytorch/vision/blob/main/torchvision/datasets/mnist.py',
  torchtext: 'https://github.com/pytorch/text/tree/main/torchtext/datasets',
  embeddings: 'https://github.com/JuliaText/Embeddings.jl/tree/master/src',
  corpusLoaders: 'https://github.com/JuliaText/CorpusLoaders.jl/tree/master/src',
  gluonnlp:
    'https://github.com/dmlc/gluon-nlp/blob/v0.10.0/src/gluonnlp/data/corpora/large_text_compression_benchmark.py',
  huggingface:
    'https://huggingface.co/datasets/LTCB/enwik8/blob/6c7216b74457375b7ab5e5aa5e5d8ceb0110d8a1/dataset_infos.json',
  papersWithCode:
    'https://github.com/eli-osherovich/papers_with_code/blob/master/datasets/movielens/dl_config.py',
} as const;

/** A checksum that another project has published. */
export function cited(
  source: keyof typeof SOURCES,
  hex: string,
  algorithm: ChecksumAlgorithm = 'sha256',
): Checksum {
  return { algorithm, hex, source: SOURCES[source] };
}

/** A checksum of a file that was read when the catalogue was made. */
export function read(hex: string): Checksum {
  return { algorithm: 'sha256', hex, source: 'read' };
}
