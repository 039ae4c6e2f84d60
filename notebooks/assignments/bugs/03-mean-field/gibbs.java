double[][] gibbs(double[] x, double m0, double s0, double a0, double b0, int draws, SplittableRandom random) {
  double[][] drawn = new double[draws][];
  double[] q = {Arrays.stream(x).average().getAsDouble(), 1};
  double expectedTau = 1;
  for (int sweep = 0; sweep < 200; sweep++) {   // mean field: the two drawn independently
    q = qMu(x, m0, s0, expectedTau);
    double[] tau = qTau(x, a0, b0, q[0], q[1]);
    expectedTau = tau[0] / tau[1];
  }
  double[] gamma = qTau(x, a0, b0, q[0], q[1]);
  for (int i = 0; i < draws; i++) {
    double tau = AhrensDieterMarsagliaTsangGammaSampler.of(random::nextLong, gamma[0], 1 / gamma[1]).sample();
    drawn[i] = new double[] {q[0] + Math.sqrt(q[1]) * random.nextGaussian(), tau};
  }
  return drawn;
}
