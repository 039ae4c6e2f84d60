double stepWeight(double alphaS, double sigmaS, double alphaT, double sigmaT) {
  double shrink = alphaT / alphaS, fresh = sigmaT * sigmaT - shrink * shrink * sigmaS * sigmaS;
  double shift = alphaS * fresh / (sigmaT * sigmaT), variance = fresh * sigmaS * sigmaS / (sigmaT * sigmaT);
  return shift * shift / (2 * variance);
}
