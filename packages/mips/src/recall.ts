/**
 * The share of `trueIds` that `foundIds` has, from 0 to 1: recall at k where both are a query's k best. The order does not
 * matter, and an id that comes twice counts once. 1 where there was nothing to find.
 */
export function recall(foundIds: ArrayLike<number>, trueIds: ArrayLike<number>): number {
  const found = new Set(Array.from(foundIds));
  const wanted = [...new Set(Array.from(trueIds))];
  return wanted.length === 0 ? 1 : wanted.filter((id) => found.has(id)).length / wanted.length;
}

/**
 * The mean of found scores over true ones, place by place, both best first: 1 where the best were found (the overall ratio of
 * H2-ALSH, KDD 2018). Places that nothing was found for count 0, and those whose true score is not above 0 do not count.
 */
export function overallRatio(foundScores: ArrayLike<number>, trueScores: ArrayLike<number>): number {
  let [sum, places] = [0, 0];
  for (let i = 0; i < trueScores.length; i++) {
    const score = trueScores[i] as number;
    if (!(score > 0)) continue;
    places++;
    sum += (foundScores[i] ?? 0) / score;
  }
  return places === 0 ? 1 : sum / places;
}
