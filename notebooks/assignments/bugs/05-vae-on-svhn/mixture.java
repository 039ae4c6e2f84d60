double logMixture(double[] logits, double[] logProbabilities) {
  double sum = 0;
  for (int k = 0; k < logits.length; k++) {
    sum += Math.exp(logits[k] + logProbabilities[k]);
  }
  return Math.log(sum);
}
