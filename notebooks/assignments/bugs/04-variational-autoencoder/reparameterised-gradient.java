double reparameterisedGradient(DoubleUnaryOperator slope, double m, double sd, double noise) {
  return slope.applyAsDouble(m);
}
