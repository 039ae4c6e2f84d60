double[] reparameterise(double[] mean, double[] logVariance, double[] noise) {
  return IntStream.range(0, mean.length).mapToDouble(j -> Math.sqrt(Math.exp(logVariance[j])) * noise[j] + mean[j]).toArray();
}
