double klOfLevel(double[] meanQ, double[] deviationQ, double[] meanP, double[] deviationP) {
  double kl = 0;
  for (int j = 0; j < meanQ.length; j++) {
    double off = meanQ[j] - meanP[j];
    kl += 0.5 * (off * off + deviationQ[j] * deviationQ[j] - 1) - Math.log(deviationQ[j]);
  }
  return kl;
}
