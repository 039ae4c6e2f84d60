double[][] gibbs(double[] x, double m0, double s0, double a0, double b0, int draws, SplittableRandom random) {
  double[][] drawn = new double[draws][2];
  double mu = Arrays.stream(x).average().getAsDouble();
  for (double[] pair : drawn) {
    double[] gamma = qTau(x, a0, b0, mu, 0);
    pair[1] = AhrensDieterMarsagliaTsangGammaSampler.of(random::nextLong, gamma[0], 1).sample() / gamma[1];
    double[] normal = qMu(x, m0, s0, pair[1]);
    mu = normal[0] + Math.sqrt(normal[1]) * random.nextGaussian();
    pair[0] = mu;
  }
  return drawn;
}
