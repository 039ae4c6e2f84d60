double logPrior(double[] h) {
  return suspectLogPrior(h);
}
