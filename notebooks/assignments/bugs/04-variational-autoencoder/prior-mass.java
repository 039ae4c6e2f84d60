double priorMass(ToDoubleFunction<double[]> logPrior) {
  return integral(h -> Math.exp(logPrior.applyAsDouble(new double[] {h})), -1, 1);
}
