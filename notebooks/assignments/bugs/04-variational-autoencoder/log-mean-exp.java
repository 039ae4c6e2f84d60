double logMeanExp(double[] w) {
  return Math.log(Arrays.stream(w).map(Math::exp).average().getAsDouble());
}
