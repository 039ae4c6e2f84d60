boolean hasOpinion(PictureScore score) {
  double first = score.of(new double[] {0.5}, new double[] {0.5});
  for (int i = 1; i < 100; i++) {
    double[] x = {i / 100.0};
    if (Math.abs(score.of(x, x) - first) > 1e-9) {
      return true;
    }
  }
  return false;
}
