double bestGuess(int n, int classes, int k) {
  return 1.0 / classes + Math.sqrt((1.0 / classes) * (1 - 1.0 / classes) / n) * BestOf.expected(k);
}
