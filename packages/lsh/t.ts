import { chooseBands, shareProbability } from './src/minhash-index/bands.ts';
import { MinHashIndex, shingles, hashText } from './src/index.ts';
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
console.log(hashText('abc').toString(16), hashText('Hello, world!', 0x9747b28c).toString(16), hashText('ππππππππ', 0x9747b28c).toString(16));
for (const w of [[0.5, 0.5], [0.2, 0.8], [0.1, 0.9]]) for (const t of [0.9, 0.8, 0.7, 0.5, 0.3]) {
  const b = chooseBands(t, 128, { falsePositives: w[0], falseNegatives: w[1] });
  const p = (s) => shareProbability(s, b.hashes, b.tables).toFixed(3);
  console.log(w, t, b, p(t), p(t + (1 - t) / 4), 'below', p(t * 0.75), p(t / 2));
}
console.time('choose'); chooseBands(0.7, 128, { falsePositives: 1, falseNegatives: 9 }); console.timeEnd('choose');
const text = brotliDecompressSync(readFileSync('/work/shared/data/wikitext-2/test.txt.br')).toString() + brotliDecompressSync(readFileSync('/work/shared/data/wikitext-2/valid.txt.br')).toString();
const paras = text.split('\n').map((s) => s.trim()).filter((s) => s.length > 100);
console.log(paras.length, paras[5].slice(0, 200));
const sets = paras.map((p) => shingles(p, { unit: 'words', size: 3 }));
console.log('elements', sets.reduce((s, x) => s + x.size, 0) / sets.length);
for (const keep of ['sets', 'signatures'] as const) {
const index = new MinHashIndex({ threshold: 0.5, keep });
for (let r = 0; r < 3; r++) { const t0 = performance.now();
const i2 = new MinHashIndex({ threshold: 0.5, keep }); i2.addAll(sets); console.log(keep, 'addAll sets/s', sets.length / (performance.now() - t0) * 1000); 
const t1 = performance.now(); for (const s of sets) i2.query(s); console.log('query/s', sets.length / (performance.now() - t1) * 1000, i2.memoryUsage() / sets.length, i2.statistics()); 
const t2 = performance.now(); const ps = [...i2.pairs(0.5)]; console.log('pairs', ps.length, performance.now() - t2, i2.clusters(0.5).length); i2.close(); }
}
