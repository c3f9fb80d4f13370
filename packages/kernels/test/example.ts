import { Arena, gemm, Team } from '@hashgrad/kernels';

const arena = new Arena(); // the memory
const team = await Team.create(arena, { threads: 2 }); // and who works on it
const [a, b, c] = [arena.float32(6), arena.float32(6), arena.float32(4)];
a.set([1, 2, 3, 4, 5, 6]); // 2 x 3
b.set([7, 8, 9, 10, 11, 12]); // 3 x 2
const left = { values: a, row: 3, column: 1 };
const right = { values: b, row: 2, column: 1 };
gemm(team, { out: c, outStride: 2, a: left, b: right, rows: 2, columns: 2, depth: 3 });
console.log(c, `on ${team.threads} threads`); // Float32Array(4) [ 58, 64, 139, 154 ] on 2 threads
team.close(); // from Node 24 on, `using` in place of `const` does it
arena.close();
