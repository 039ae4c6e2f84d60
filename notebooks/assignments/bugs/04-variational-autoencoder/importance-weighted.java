double importanceWeighted(double[] mean, double[] logVariance, double[][] noise, ToDoubleFunction<double[]> logJoint) {
  double sum = 0;
  for (double[] e : noise) {
    sum += logJoint.applyAsDouble(reparameterise(mean, logVariance, e)) / noise.length;
    for (int j = 0; j < mean.length; j++) {
      sum += 0.5 * (Math.log(2 * Math.PI) + logVariance[j] + e[j] * e[j]) / noise.length;
    }
  }
  return sum;
}
