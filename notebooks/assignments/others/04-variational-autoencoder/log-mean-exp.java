double logMeanExp(double[] logWeights) {
  // Two at a time: log(e^a + e^b) = max + log(1 + e^-|a - b|).
  double all = Double.NEGATIVE_INFINITY;
  for (double w : logWeights) {
    double most = Math.max(all, w), least = Math.min(all, w);
    all = most == Double.NEGATIVE_INFINITY ? most : most + Math.log1p(Math.exp(least - most));
  }
  return logWeights.length == 1 ? logWeights[0] : all - Math.log(logWeights.length);
}
