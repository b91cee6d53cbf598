// "Did you mean": the nearest of some known names.

/**
 * The candidates closest to `word`, best first, at most `limit`: those within a third of its
 * length in edits (Damerau-Levenshtein, adjacent swap = 1), or with `word` as a part.
 */
export function nearest(word: string, candidates: Iterable<string>, limit = 3): readonly string[] {
  const budget = Math.max(1, Math.floor(word.length / 3));
  const scored: { readonly name: string; readonly distance: number }[] = [];
  for (const name of candidates) {
    if (name === word || Math.abs(name.length - word.length) > budget + 12) continue;
    const distance = editDistance(word, name);
    if (distance <= budget) scored.push({ name, distance });
    else if (word.length >= 3 && name.split(/[.-]/).includes(word)) {
      scored.push({ name, distance: budget + 1 });
    }
  }
  scored.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return scored.slice(0, limit).map((entry) => entry.name);
}

/** "; did you mean `x`?" or "", ready to stand at the end of a message. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const [best] = nearest(word, candidates, 1);
  return best === undefined ? "" : `; did you mean \`${best}\`?`;
}

/** Optimal string alignment distance. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (last[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, substitution);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] as number) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] as number; // rows have b.length + 1 entries
}
