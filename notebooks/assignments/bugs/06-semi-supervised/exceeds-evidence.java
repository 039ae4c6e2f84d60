boolean exceedsEvidence(Objective objective) {
  Random random = new Random(1);
  for (int trial = 0; trial < 3000; trial++) {
    double[][] W = anyWeights(random);
    double[] prior = anyLaw(2, random);
    int[] x = {trial & 1, trial >> 1 & 1, trial >> 2 & 1};
    if (objective.of(new double[] {1, 0}, x, W, prior) > logEvidence(x, W, prior) + 1e-9) {
      return true;
    }
  }
  return false;
}
