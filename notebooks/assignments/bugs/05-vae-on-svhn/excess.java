double excessMass(LogMass law, double mu, double s) {
  return IntStream.range(1, 255).mapToDouble(k -> Math.exp(law.of(k, mu, s))).sum() - 1;
}
