double scoreGradient(DoubleUnaryOperator f, double baseline, double m, double sd, double noise) {
  return noise * (f.applyAsDouble(m + sd * noise) - baseline);
}
