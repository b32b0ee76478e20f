export interface McNemarResult {
  /** Two-sided probability of a split at least as uneven if neither were better. */
  readonly pValue: number;
  /** Samples on which exactly one of the two is right. */
  readonly discordant: number;
  readonly test: 'exact binomial';
}

/**
 * McNemar's test (1947) of two classifiers on the same samples. Exact: under the null hypothesis each discordant
 * sample falls to either side with probability one half. The binomial sum is cheap at any size, so the chi-squared
 * approximation, which is wrong below about 25 discordant samples, is never used.
 *
 * @param onlyFirst samples that only the first gets right
 * @param onlySecond samples that only the second gets right
 */
export function mcnemar(onlyFirst: number, onlySecond: number): McNemarResult {
  const discordant = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // in logarithms: 2^-n underflows beyond a thousand discordant samples
  let logTerm = -discordant * Math.LN2;
  let logSum = logTerm;
  for (let k = 0; k < fewer; k++) {
    logTerm += Math.log((discordant - k) / (k + 1));
    logSum = Math.max(logSum, logTerm) + Math.log1p(Math.exp(-Math.abs(logSum - logTerm)));
  }
  return { pValue: Math.min(1, 2 * Math.exp(logSum)), discordant, test: 'exact binomial' };
}
