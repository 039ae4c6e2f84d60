double[] stepBack(double z, double guess, double alphaS, double sigmaS, double alphaT, double sigmaT) {
  double shrink = alphaT / alphaS, varianceS = sigmaS * sigmaS, varianceT = sigmaT * sigmaT;
  double fresh = varianceT - shrink * shrink * varianceS;
  return new double[] {(shrink * varianceS * z + alphaS * fresh * guess) / varianceT, fresh};
}
