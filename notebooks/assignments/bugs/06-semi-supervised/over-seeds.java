double[] overSeeds(double[] accuracy) {
  double mean = Arrays.stream(accuracy).average().getAsDouble();
  double square = Arrays.stream(accuracy).map(a -> (a - mean) * (a - mean)).sum();
  return new double[] {mean, Math.sqrt(square / accuracy.length)};
}
