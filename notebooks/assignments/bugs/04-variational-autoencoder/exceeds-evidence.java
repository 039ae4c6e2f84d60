boolean exceedsEvidence(Draw draw) {
  Random random = new Random(1);
  double x = 1.3, s = 0.1;
  return oneDraw(draw, x, s, x, 0, random.nextGaussian()) > logNormal(x, 0, Math.sqrt(1 + s * s));
}
