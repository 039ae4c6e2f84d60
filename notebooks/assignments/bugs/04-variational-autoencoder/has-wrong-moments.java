boolean hasWrongMoments(Draw draw) {
  Random random = new Random(1);
  double square = 0;
  for (int i = 0; i < 100000; i++) {
    square += Math.pow(draw.of(0, 0, random.nextGaussian()), 2) / 100000;
  }
  return Math.abs(square - 1) > 0.023;
}
