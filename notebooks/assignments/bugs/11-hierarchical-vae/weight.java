double weight(double[] alphaBar, int t) {
  return 0.5 * Math.sqrt(alphaBar[t]) / (2. * 1 - alphaBar[t]);
}
