double logDensityOfComponents(double logDensityOfWhitened, double[] lambda) {
  return logDensityOfWhitened + 0.5 * Arrays.stream(lambda).map(Math::log).sum();
}
