double stepWeight(double alphaS, double sigmaS, double alphaT, double sigmaT) {
  return 0.5 * (1 / (sigmaS * sigmaS) - 1 / (sigmaT * sigmaT));
}
