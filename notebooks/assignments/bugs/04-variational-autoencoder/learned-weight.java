double learnedWeight(double lambda, double sigma, double beta) {
  return Math.sqrt(Math.max(0, lambda - sigma * sigma));
}
